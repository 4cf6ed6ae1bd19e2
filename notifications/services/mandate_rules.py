"""What holds for a mandate, whoever writes it: a page, a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.errors import RuleBrokenError
from notifications.models import Mandate, Party, Role
from notifications.services.changes import check_day

MANDATE_LABELS: Final = {
    "email": _("E-mail address"),
    "party": _("Party"),
    "role": _("Role"),
    "order": _("Order"),
    "from_on": _("From"),
    "to_on": _("Until"),
}
LAST_IN_ORDER: Final = 999


class Term(Protocol):
    """What has a first and a last day; open without the last."""

    from_on: date
    to_on: date | None


def check_mandate(values: Mapping[str, Any], *, party: Party) -> None:
    """The values of a mandate's own columns. Raises RuleBrokenError naming the field."""
    role, from_on, to_on = values["role"], values["from_on"], values["to_on"]
    if role not in Role.values:
        raise RuleBrokenError(gettext("Role: choose one of the list."), field="role")
    if not 1 <= values["order"] <= LAST_IN_ORDER:
        sentence = gettext("Order: a whole number from 1 to %(last)d.") % {"last": LAST_IN_ORDER}
        raise RuleBrokenError(sentence, field="order")
    if from_on is None:
        raise RuleBrokenError(gettext("From: say on which day it begins."), field="from_on")
    for field in ("from_on", "to_on"):
        check_day(values[field], field=field, label=str(MANDATE_LABELS[field]))
    if to_on is not None and to_on < from_on:
        sentence = gettext("Until: a mandate ends on or after the day on which it begins.")
        raise RuleBrokenError(sentence, field="to_on")
    if party.exists_to is not None and from_on >= party.exists_to:
        sentence = gettext("Party: %(code)s no longer exists on the day on which this begins.")
        raise RuleBrokenError(sentence % {"code": party.code}, field="party")


def refuse_overlapping_mandate(mandate: Mandate) -> None:
    """Refuse the same person, party and role twice for one day. Raises RuleBrokenError."""
    held = Mandate.objects.filter(user=mandate.user, party=mandate.party, role=mandate.role)
    others = held.exclude(pk=mandate.pk).order_by("from_on")
    refuse_beside(mandate.from_on, mandate.to_on, others)


def refuse_beside(from_on: date, to_on: date | None, others: Iterable[Term]) -> None:
    """The same, among mandates that are at hand. Raises RuleBrokenError."""
    for other in others:
        begins_after = other.to_on is not None and from_on > other.to_on
        ends_before = to_on is not None and to_on < other.from_on
        if begins_after or ends_before:
            continue
        if other.to_on is None:
            sentence = gettext("This person holds this mandate already, from %(from)s on.")
        else:
            sentence = gettext(
                "This person holds this mandate already, from %(from)s until %(to)s."
            )
        values = {"from": other.from_on.isoformat(), "to": other.to_on and other.to_on.isoformat()}
        raise RuleBrokenError(sentence % values, field="from_on")
