"""Dates, acts, parties and deadlines in words, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_noop, ngettext, pgettext

from notifications.acts import ACTS, POSITIONS
from notifications.clauses.causes import CAUSES, cause_words
from notifications.clauses.explain import TraceStep, is_numbered, one_sentence
from notifications.clauses.messages import MESSAGES
from notifications.clauses.vocabulary import NONE
from notifications.models import Deadline, DeadlineVersion

NameOf = Callable[[str], str]

# What fulfils a duty without being a notification (clauses.md, duty).
OTHER_ACTS: Final = {
    "response": gettext_noop("Response"),
    "acknowledgement": gettext_noop("Acknowledgement"),
}

# The act of which a treaty can have dozens of clauses.
MESSAGE: Final = "formatted-message"


def full_date(day: date) -> str:
    """A day as "22 November 2020 (Sunday)"; some languages say the first of a month otherwise."""
    if day.day == 1:
        return date_format(day, pgettext("format of the first of a month, weekday", "j F Y (l)"))
    return date_format(day, pgettext("format of a day with its weekday", "j F Y (l)"))


def bare_date(day: date) -> str:
    """A day as "22 November 2020"."""
    if day.day == 1:
        return date_format(day, pgettext("format of the first of a month", "j F Y"))
    return date_format(day, pgettext("format of a day", "j F Y"))


def short_date(day: date) -> str:
    """A day for a narrow column, as "22 Nov 2020"."""
    if day.day == 1:
        return date_format(day, pgettext("short format of the first of a month", "j M Y"))
    return date_format(day, pgettext("short format of a day", "j M Y"))


def clock_words(at: datetime | None, on: date | None, zone: str) -> str:
    """The time of day in the zone at which a date counts: 24:00 where it does with its end."""
    if at is None or on is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return "24:00" if local.date() > on else local.strftime("%H:%M")


def exact(at: datetime, zone: str = "UTC") -> str:
    """An instant to the minute with its zone, as "22 November 2020, 00:00 UTC"."""
    local = at.astimezone(ZoneInfo(zone))
    return gettext("%(date)s, %(time)s %(zone)s") % {
        "date": bare_date(local.date()),
        "time": local.strftime("%H:%M"),
        "zone": zone,
    }


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


def sentence(words: str) -> str:
    """Words as they stand at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def listed(names: Sequence[str]) -> str:
    """Names in running text: "A", "A and B", "A, B and C"."""
    return joined(names, gettext("%(others)s and %(last)s"))


def either(names: Sequence[str]) -> str:
    """One of several in running text: "A", "A or B", "A, B or C"."""
    return joined(names, gettext("%(others)s or %(last)s"))


def joined(names: Sequence[str], pattern: str) -> str:
    """Names in the manner of the language; ``pattern`` joins ``others`` and the ``last`` one."""
    if len(names) < 2:
        return "".join(names)
    return pattern % {"others": enumerated(names[:-1]), "last": names[-1]}


def enumerated(names: Iterable[str]) -> str:
    """Names one after another, as "A, B, C"."""
    return pgettext("between the names of a list", ", ").join(names)


def act_by(kind: str, by: str, held_on: date | None = None) -> str:
    """An act with who gave it, in running text: "withdrawal by Canada"."""
    if kind == "conference" and held_on is not None:
        words = gettext("conference convened by %(by)s for %(day)s")
        return words % {"by": by, "day": bare_date(held_on)}
    if kind == "breach-allegation":
        return gettext("allegation of a breach made by %(by)s") % {"by": by}
    return gettext("%(act)s by %(by)s") % {"act": within(act_title(kind)), "by": by}


def position_title(position: str) -> str:
    """A party's position in words."""
    return gettext(POSITIONS[position]) if position in POSITIONS else position


def yields_of(version: DeadlineVersion) -> str:
    """What happens when the time is over: ``effect``, ``duty``, ``lapse``, or ``answer``."""
    if version.clause_version is None:
        return "answer"
    return str(version.clause_version.rule["yields"])


def bearer_of(deadline: Deadline, name_of: NameOf) -> str:
    """Who bears the clock, in running text: by name where it is one party."""
    if deadline.bearer is not None:
        return name_of(deadline.bearer.code)
    if deadline.owed_by == Deadline.OwedBy.DEPOSITARIES:
        return gettext("the depositaries")
    return gettext("the parties")


def kind_of(deadline: Deadline) -> str:
    """The kind of the act whose clock it is; nothing for what recurs, which no act starts."""
    return deadline.notification.act if deadline.notification else ""


def deadline_title(act_kind: str, version: DeadlineVersion) -> str:
    """What the date is the date of, in a few words; ``act_kind`` is that of its notification."""
    rule = version.clause_version.rule if version.clause_version else None
    return clock_title(rule, act_kind)


def clock_title(rule: Mapping[str, Any] | None, act_kind: str) -> str:
    """The same by the rule of the clause; ``None`` where the sender set the limit.

    A treaty has many clauses on messages and on what recurs: of these the article is named too.
    """
    act = act_title(act_kind)
    if rule is None:
        return gettext("Answer to: %(act)s") % {"act": within(act)}
    if rule.get("yields") == "effect":
        return gettext("%(act)s takes effect") % {"act": act}
    article = rule.get("article", "")
    if duty := rule.get("duty"):
        title = _duty_title(str(duty["act"]))
        is_one_of_many = duty["act"] == MESSAGE or rule.get("governs") == NONE
        if not (is_one_of_many and article):
            return title
        return gettext("%(title)s (%(article)s)") % {"title": title, "article": cited(article)}
    if rule.get("yields") == "right":
        return gettext("Right under %(article)s begins") % {"article": cited(article)}
    return gettext("Time under %(article)s ends") % {"article": cited(article)}


def _duty_title(fulfilled_by: str) -> str:
    is_conference = fulfilled_by == "conference"
    return gettext("Conference of the parties") if is_conference else act_title(fulfilled_by)


def fulfilment_of(version: DeadlineVersion) -> str:
    """The title of the act that a duty asks for."""
    return act_title(str(version.duty.get("act", "response")))


def cited(article: str) -> str:
    """The article as it is cited at the head of a line: "Article XV(2)"."""
    return (
        gettext("Article %(article)s") % {"article": article} if is_numbered(article) else article
    )


def called_for(version: DeadlineVersion) -> str:
    """The title of the act that a lapse calls for, or nothing."""
    act = version.duty.get("on_lapse", "")
    return within(act_title(act)) if act else ""


def article_of(version: DeadlineVersion) -> str:
    """The article of the clause, or nothing where a sender set the limit."""
    return str(version.clause_version.rule["article"]) if version.clause_version else ""


def library_words(text: str) -> str:
    """A text of the library in the language, where the catalogue has it; else as it is kept."""
    return gettext(text) if text else ""


def summary_of(version: DeadlineVersion) -> str:
    """What the clause says."""
    rule = version.clause_version.rule if version.clause_version else {}
    return library_words(str(rule.get("summary", "")))


def reason_of(version: DeadlineVersion, name_of: NameOf) -> str:
    """The way to the date: the fact, the steps, the date and the instant."""
    steps = [TraceStep.from_data(data) for data in version.trace]
    if any(step.kind not in MESSAGES for step in steps):
        # Counted by a later engine: its own English words are kept with every step.
        return " → ".join(step.words for step in steps)
    return one_sentence(steps, gettext, bare_date, name_of, ngettext)


def cause_of(version: DeadlineVersion, name_of: NameOf) -> str:
    """Why the date was computed; a reason that a person gave stands as it was given."""
    told = version.cause_told
    if told.get("kind") not in CAUSES:
        return version.cause
    return cause_words(told, gettext, bare_date, name_of)
