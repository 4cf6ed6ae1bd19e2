"""One expectation of a scenario file, read by the key that says which form it has."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from notifications.acts import ACTS
from notifications.clauses.sections import Section
from notifications.services.scenarios import words
from notifications.services.scenarios.content import (
    EACH_PARTY,
    DeadlineExpected,
    Expectation,
    LapseExpected,
    MembershipExpected,
    SilenceExpected,
)
from notifications.services.scenarios.moments import read_day, read_moment

FORMS: Final = {
    "lapsed": ("lapsed", "by", "when"),
    "unanswered": ("unanswered", "by", "when"),
    "party": ("party", "when"),
    "not_party": ("not_party", "when"),
    "clause": ("clause", "of", "opens", "due", "status"),
    "governs": ("governs", "of", "opens", "due", "status"),
}


def read_expectation(
    section: Section,
    *,
    line: int | None,
    notifications: Collection[str],
    parties: Collection[str],
) -> Expectation | None:
    """The expectation, or None where it has no form; faults are noted.

    ``notifications`` are the ids that it may name, ``parties`` the codes.
    """
    form = next((key for key in FORMS if section.has(key)), None)
    if form is None:
        section.fault(f"One of these keys must stand here: {', '.join(FORMS)}.")
        return None
    section.admit_keys(FORMS[form])
    if form in ("clause", "governs"):
        return _deadline(section, line, notifications)
    if form in ("party", "not_party"):
        code, on = _party(section, form, parties), _when(section)
        return MembershipExpected(line, code, is_party=form == "party", on=on)
    of, on = _act(section, form, notifications), _when(section)
    section.require("by")
    if form == "lapsed":
        return LapseExpected(line, of, _party(section, "by", {*parties, EACH_PARTY}), on)
    return SilenceExpected(line, of, _party(section, "by", parties), on)


def _deadline(
    section: Section, line: int | None, notifications: Collection[str]
) -> DeadlineExpected:
    section.require("of")
    if not any(section.has(key) for key in ("opens", "due", "status")):
        section.fault("It says nothing of opens, due or status.")
    return DeadlineExpected(
        line,
        of=_act(section, "of", notifications),
        clause=section.text("clause"),
        governs=section.choice("governs", tuple(ACTS)),
        opens=read_moment(section, "opens"),
        due=read_moment(section, "due"),
        status=section.choice("status", words.STATUSES),
    )


def _act(section: Section, key: str, notifications: Collection[str]) -> str:
    ref = section.text(key)
    if ref and ref not in notifications:
        section.fault(f'No notification has the id "{ref}".', key)
    return ref


def _party(section: Section, key: str, parties: Collection[str]) -> str:
    code = section.text(key)
    if code and code not in parties:
        section.fault(f'The party "{code}" is unknown.', key)
    return code


def _when(section: Section) -> date:
    section.require("when")
    return read_day(section, "when") or date.min
