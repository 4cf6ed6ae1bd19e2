"""What an act may refer to, and which acts may refer to one: by their data (acts.py) alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext

from notifications import permissions
from notifications.acts import ACTS, Act
from notifications.models import ACTING_ROLES, Notification, Treaty, User
from notifications.web import words
from notifications.web.names import Named, PartyNames
from notifications.web.thread import SENDERS, title_of

MOST = 100
AS_DEPOSITARY = ":depositary"


@dataclass(frozen=True)
class Filer:
    """For whom a person can file an act: a party, or a depositary as such.

    ``value`` names it in forms and addresses.
    """

    named: Named
    is_depositary: bool = False

    @property
    def value(self) -> str:
        """The party's code, marked where it acts as the depositary."""
        return f"{self.named.code}{AS_DEPOSITARY if self.is_depositary else ''}"

    @property
    def label(self) -> str:
        """The party's name, and in which capacity it acts."""
        if self.is_depositary:
            return gettext("%(party)s, as depositary") % {"party": self.named.name}
        return self.named.name

    @property
    def said(self) -> str:
        """The same in running text."""
        if self.is_depositary:
            return gettext("%(party)s, as depositary") % {"party": self.named.in_text}
        return self.named.in_text


def filers_of(treaty: Treaty, user: User, today: date, names: PartyNames) -> list[Filer]:
    """Everybody for whom the person can file something under the treaty: parties first."""
    parties = names.sort(set(user.party_ids(today, *ACTING_ROLES)))
    offices = names.sort(permissions.offices(user, treaty, today))
    return [
        *(Filer(named) for named in parties),
        *(Filer(named, is_depositary=True) for named in offices),
    ]


def able(act: Act, filers: Iterable[Filer]) -> list[Filer]:
    """Those of them who can file such an act."""
    return [
        filer
        for filer in filers
        if ("depositary" if filer.is_depositary else "party") in act.filers
    ]


def readable_targets(treaty: Treaty, user: User, today: date) -> list[Notification]:
    """The live acts under the treaty that the person may read, the newest first: two queries."""
    visible = Notification.objects.visible_to(user, today).live().filter(treaty=treaty)
    found = visible.with_way().prefetch_related(SENDERS)
    return list(found.order_by("-given_on", "-pk")[:MOST])


def may_refer(act: Act, target: Notification, filers: Iterable[Filer]) -> bool:
    """Whether one of these could give the act on the other act, which some give or others alone."""
    if target.act not in act.refers_to:
        return False
    senders = {row.party_id for row in target.sender_rows.all()}
    own = {filer.named.pk for filer in able(act, filers)}
    if act.by_its_sender:
        return bool(own & senders)
    return bool(own - senders if act.by_another else own)


def targets_of(
    act: Act, filers: list[Filer], readable: Iterable[Notification]
) -> dict[UUID, Notification]:
    """What the act may refer to, by its mark."""
    return {one.uid: one for one in readable if may_refer(act, one, filers)}


def acts_on(target: Notification, filers: list[Filer]) -> list[Act]:
    """The acts that these may file on another one, in the order of the menu."""
    return [act for act in ACTS.values() if may_refer(act, target, filers)]


def named_target(target: Notification, names: PartyNames) -> str:
    """An act in a list to choose from: its title, its number and its day."""
    said = {"act": title_of(target, names), "day": words.bare_date(target.given_on)}
    circulation = getattr(target, "circulation", None)
    if circulation is None:
        return gettext("%(act)s, %(day)s") % said
    return gettext("%(act)s, %(number)s, %(day)s") % {**said, "number": circulation.number}
