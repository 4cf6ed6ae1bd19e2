"""Why a date was computed anew, in words: kinds and parameters, told again in every language.

Pure data like the steps of a trace: every text is a msgid of ``CAUSES``, put together after
translation. Days are kept as ISO dates, parties as codes, reasons as they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from notifications.acts import ACTS
from notifications.clauses.explain import full_date, identity


def _(message: str) -> str:
    """Mark a message id for translation at the door."""
    return message


CAUSES: Final[dict[str, str]] = {
    "issued": _("the notification was issued"),
    "received": _("received by %(party)s on %(on)s"),
    "receipt-corrected": _("receipt by %(party)s corrected to %(on)s"),
    "receipt-disputed": _("receipt by %(party)s disputed: %(on)s, as the other side states"),
    "circulated": _("circulated as %(number)s"),
    "act-came-in": _("%(act)s by %(party)s, %(on)s"),
    "act-taken-back": _("taken back: %(act)s by %(party)s, %(on)s"),
    "stop": _("stopped from %(on)s: %(reason)s"),
    "stop-ended": _("stopped from %(on)s to %(until)s: %(reason)s"),
    "extension": _("extended to %(until)s: %(reason)s"),
    "armed-conflict": _("armed conflict from %(on)s: %(reason)s"),
    "armed-conflict-ended": _("armed conflict from %(on)s to %(until)s: %(reason)s"),
    "override": _("the depositary registered %(until)s: %(reason)s"),
    "objection": _("%(party)s objected on %(on)s: %(reason)s"),
    "informed": _("%(party)s was informed on %(on)s: %(reason)s"),
    "registered": _("registered on %(on)s: %(reason)s"),
    "run-began": _("the time runs anew from %(on)s on"),
    "clause-changed": _("the clause was changed, version %(no)s: %(reason)s"),
}


def cause_words(
    told: Mapping[str, str],
    translate: Callable[[str], str] = identity,
    format_date: Callable[[date], str] = full_date,
    party_name: Callable[[str], str] = identity,
) -> str:
    """The cause in one line; ``told`` holds its ``kind`` and the values of its message."""
    values = dict(told)
    for name in ("on", "until"):
        if values.get(name):
            values[name] = format_date(date.fromisoformat(values[name]))
    if "party" in values:
        values["party"] = party_name(values["party"])
    if "act" in values:
        values["act"] = translate(ACTS[values["act"]].title)
    return translate(CAUSES[values["kind"]]) % values
