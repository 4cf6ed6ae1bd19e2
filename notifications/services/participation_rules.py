"""What holds for a participation, whoever writes it: a page, a file, an act that took effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.errors import RuleBrokenError
from notifications.models import Participation, Party, Treaty
from notifications.services.changes import check_day, check_prose

PARTICIPATION_FIELDS: Final = (
    "signed_on",
    "consent",
    "consent_on",
    "in_force_on",
    "exit_on",
    "succeeds",
    "source",
)
PARTICIPATION_LABELS: Final = {
    "treaty": _("Treaty"),
    "party": _("Party"),
    "signed_on": _("Signed on"),
    "consent": _("Consent to be bound"),
    "consent_on": _("Consented on"),
    "in_force_on": _("In force for it on"),
    "exit_on": _("No longer a party from"),
    "succeeds": _("Takes over from"),
    "source": _("Source"),
}
_DAYS: Final = ("signed_on", "consent_on", "in_force_on", "exit_on")

# Of the successions on record, the codes of who took the place of whom.
Successions = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Period:
    """When a participation stands: from its entry into force (None: not yet) to its end."""

    in_force_on: date | None
    exit_on: date | None

    def overlaps(self, other: Period) -> bool:
        """Whether both stand for some day, or both without an end."""
        if self.exit_on is None and other.exit_on is None:
            return True
        if self.in_force_on is None or other.in_force_on is None:
            return False
        first, second = sorted((self, other), key=lambda period: period.in_force_on or date.min)
        return first.exit_on is None or first.exit_on > (second.in_force_on or date.min)


def refuse_overlap(
    party: Party,
    treaty: Treaty,
    in_force_on: date | None,
    exit_on: date | None,
    but: Participation | None = None,
) -> None:
    """Refuse a participation that stands beside another of the same party for the same time.

    Locks the participations of the pair until the transaction ends. ``but`` is the one that is
    being changed. Raises RuleBrokenError.
    """
    rows = Participation.objects.select_for_update().filter(party=party, treaty=treaty)
    others = [row for row in rows.order_by("pk") if but is None or row.pk != but.pk]
    refuse_beside(Period(in_force_on, exit_on), others, party=party.code, treaty=str(treaty))


def refuse_beside(
    period: Period, others: Iterable[Participation], *, party: str, treaty: str
) -> None:
    """The same, among participations that are at hand. Raises RuleBrokenError."""
    for other in others:
        if period.overlaps(Period(other.in_force_on, other.exit_on)):
            sentence = gettext(
                "%(party)s is entered in %(treaty)s for this time already: %(period)s."
            )
            values = {"party": party, "treaty": treaty, "period": said_period(other)}
            raise RuleBrokenError(sentence % values, field="in_force_on")


def said_period(row: Participation) -> str:
    """When a participation stands, in words with ISO dates."""
    if row.in_force_on is None:
        return gettext("signed or consented, and not in force for it yet")
    values = {"from": row.in_force_on.isoformat(), "to": row.exit_on and row.exit_on.isoformat()}
    if row.exit_on is None:
        return gettext("from %(from)s on") % values
    return gettext("from %(from)s until %(to)s") % values


def check_participation(
    values: Mapping[str, Any], *, party: Party, treaty: Treaty, successions: Successions
) -> None:
    """The values of a participation's own columns. Raises RuleBrokenError naming the field."""
    for field in _DAYS:
        check_day(values[field], field=field, label=str(PARTICIPATION_LABELS[field]))
    check_prose(values["source"], field="source", label=str(PARTICIPATION_LABELS["source"]))
    if not any(values[field] for field in ("signed_on", "consent_on", "in_force_on")):
        sentence = gettext(
            "In force for it on: say when it signed, when it consented or when the treaty came "
            "into force for it."
        )
        raise RuleBrokenError(sentence, field="in_force_on")
    _check_consent(values)
    _check_entry(values, party, treaty)
    refuse_exit_before_entry(values["in_force_on"], values["exit_on"])
    _check_predecessor(values, party, successions)


def _check_consent(values: Mapping[str, Any]) -> None:
    consent, consent_on, signed_on = values["consent"], values["consent_on"], values["signed_on"]
    if consent and consent not in Participation.Consent.values:
        sentence = gettext("Consent to be bound: choose one of the list.")
        raise RuleBrokenError(sentence, field="consent")
    if consent_on and not consent:
        sentence = gettext("Consent to be bound: say how the party consented on that day.")
        raise RuleBrokenError(sentence, field="consent")
    if consent_on and signed_on and consent_on < signed_on:
        sentence = gettext("Consented on: a party consents on the day it signed or later.")
        raise RuleBrokenError(sentence, field="consent_on")


def _check_entry(values: Mapping[str, Any], party: Party, treaty: Treaty) -> None:
    in_force_on, consent_on = values["in_force_on"], values["consent_on"]
    if in_force_on is None:
        return
    if treaty.in_force_on and in_force_on < treaty.in_force_on:
        sentence = gettext(
            "In force for it on: the treaty itself came into force on %(day)s, not before."
        )
        day = {"day": treaty.in_force_on.isoformat()}
        raise RuleBrokenError(sentence % day, field="in_force_on")
    # A successor is bound from the date of succession, and says so later (VCST 23).
    is_taken_over = values["consent"] == Participation.Consent.SUCCESSION
    if consent_on and in_force_on < consent_on and not is_taken_over:
        sentence = gettext(
            "In force for it on: a treaty is in force for a party once it consented, not before."
        )
        raise RuleBrokenError(sentence, field="in_force_on")
    begins_early = party.exists_from is not None and in_force_on < party.exists_from
    ends_before = party.exists_to is not None and in_force_on >= party.exists_to
    if begins_early or ends_before:
        sentence = gettext("In force for it on: %(code)s did not exist on that day.")
        raise RuleBrokenError(sentence % {"code": party.code}, field="in_force_on")


def refuse_exit_before_entry(in_force_on: date | None, exit_on: date | None) -> None:
    """Refuse an end that is not after the entry into force. Raises RuleBrokenError."""
    if exit_on is None:
        return
    if in_force_on is None:
        sentence = gettext(
            "No longer a party from: it never was one, for the treaty is not in force for it."
        )
        raise RuleBrokenError(sentence, field="exit_on")
    if exit_on <= in_force_on:
        sentence = gettext(
            "No longer a party from: a party leaves after the treaty came into force for it, not "
            "before."
        )
        raise RuleBrokenError(sentence, field="exit_on")


def _check_predecessor(values: Mapping[str, Any], party: Party, successions: Successions) -> None:
    former = values["succeeds"]
    if former is None:
        return
    if values["consent"] not in ("", Participation.Consent.SUCCESSION):
        sentence = gettext("Takes over from: only a participation by succession takes one over.")
        raise RuleBrokenError(sentence, field="succeeds")
    if (former.code, party.code) not in successions:
        sentence = gettext("Takes over from: %(new)s is on record as no successor of %(old)s.")
        codes = {"new": party.code, "old": former.code}
        raise RuleBrokenError(sentence % codes, field="succeeds")
