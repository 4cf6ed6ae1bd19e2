"""Dates, acts, parties and deadlines in words, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, pgettext

from notifications.acts import ACTS, POSITIONS
from notifications.clauses.explain import MESSAGES, TraceStep, one_sentence
from notifications.models import Deadline, DeadlineVersion

NameOf = Callable[[str], str]

# What fulfils a duty without being a notification (clauses.md, duty).
OTHER_ACTS: Final = {"response": "Response", "acknowledgement": "Acknowledgement"}


def full_date(day: date) -> str:
    """A day as "22 November 2020 (Sunday)"."""
    return date_format(day, pgettext("format of a day with its weekday", "j F Y (l)"))


def bare_date(day: date) -> str:
    """A day as "22 November 2020"."""
    return date_format(day, pgettext("format of a day", "j F Y"))


def distance(days: int) -> str:
    """A number of days from today, in words: "in 41 days", "tomorrow", "today", "3 days ago"."""
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days == -1:
        return gettext("yesterday")
    if days > 0:
        return ngettext("in %(days)d day", "in %(days)d days", days) % {"days": days}
    return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}


def act_title(kind: str) -> str:
    """The title of an act, or of what else fulfils a duty; never its key."""
    if kind in ACTS:
        return gettext(ACTS[kind].title)
    return gettext(OTHER_ACTS[kind]) if kind in OTHER_ACTS else kind.replace("-", " ").capitalize()


def within(title: str) -> str:
    """A title as it stands within a sentence."""
    return title[:1].lower() + title[1:]


def position_title(position: str) -> str:
    """A party's position in words."""
    return gettext(POSITIONS[position]) if position in POSITIONS else position


def yields_of(version: DeadlineVersion) -> str:
    """What happens when the time is over: ``effect``, ``duty``, ``lapse``, or ``answer``."""
    if version.clause_version is None:
        return "answer"
    return str(version.clause_version.rule["yields"])


def bearer_of(deadline: Deadline, name_of: NameOf) -> str:
    """Who bears the clock, by name where it is one party."""
    if deadline.bearer is not None:
        return name_of(deadline.bearer.code)
    if deadline.owed_by == Deadline.OwedBy.DEPOSITARIES:
        return gettext("Depositaries")
    return gettext("Parties")


def deadline_title(act_kind: str, version: DeadlineVersion) -> str:
    """What the date is the date of, in a few words; ``act_kind`` is that of its notification."""
    act = act_title(act_kind)
    match yields_of(version):
        case "effect":
            return gettext("%(act)s takes effect") % {"act": act}
        case "duty":
            return fulfilment_of(version)
        case "answer":
            return gettext("Answer to: %(act)s") % {"act": within(act)}
        case _:
            return gettext("Time under Article %(article)s ends") % {"article": article_of(version)}


def fulfilment_of(version: DeadlineVersion) -> str:
    """The title of the act that a duty asks for."""
    rule = version.clause_version.rule if version.clause_version else {}
    return act_title(str(rule.get("duty", {}).get("act", "response")))


def article_of(version: DeadlineVersion) -> str:
    """The article of the clause, or nothing where a sender set the limit."""
    return str(version.clause_version.rule["article"]) if version.clause_version else ""


def summary_of(version: DeadlineVersion) -> str:
    """What the clause says, in the words of the library."""
    return str(version.clause_version.rule.get("summary", "")) if version.clause_version else ""


def reason_of(version: DeadlineVersion, name_of: NameOf) -> str:
    """The way to the date: the fact, the steps, the date and the instant."""
    steps = [TraceStep.from_data(data) for data in version.trace]
    if any(step.kind not in MESSAGES for step in steps):
        # Counted by a later engine: its own English words are kept with every step.
        return " → ".join(step.words for step in steps)
    return one_sentence(steps, gettext, bare_date, name_of, ngettext)
