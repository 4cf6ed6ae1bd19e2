"""What the mails on a record say: a defect, a receipt, a fact that moved clocks, a silence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext, gettext_noop

from notifications.emails.records import Move, Records, Silence
from notifications.emails.words import (
    NameOf,
    article_of,
    bare_date,
    cited,
    deadline_title,
    exact,
    full_date,
    listed,
    sentence,
    within,
)
from notifications.models import Alert, DeadlineVersion, Fact, Receipt

_FACTS: Final[dict[str, str]] = {
    Fact.Kind.STOP: gettext_noop("The clock is stopped by agreement from %(on)s."),
    Fact.Kind.EXTENSION: gettext_noop("The time-limit was extended to %(until)s."),
    Fact.Kind.ARMED_CONFLICT: gettext_noop("An armed conflict was recorded from %(on)s."),
    Fact.Kind.OVERRIDE: gettext_noop("The depositary registered another date: %(until)s."),
    Fact.Kind.OBJECTION: gettext_noop(
        "%(party)s objected to the date that the depositary registered."
    ),
    Fact.Kind.INFORMED: gettext_noop("%(party)s was informed by the depositary on %(on)s."),
    Fact.Kind.REGISTERED: gettext_noop("The depositary registered the act on %(on)s."),
}
_OVER: Final[dict[str, str]] = {
    Fact.Kind.STOP: gettext_noop(
        "The clock was stopped by agreement from %(on)s and runs again from %(until)s."
    ),
    Fact.Kind.ARMED_CONFLICT: gettext_noop(
        "An armed conflict was recorded from %(on)s; from %(until)s it is over."
    ),
}
_WITHOUT_DATE: Final = {
    "suspended": gettext_noop("stopped"),
    "open": gettext_noop("open: its end waits for a fact"),
    "premature": gettext_noop("none: the act came too early"),
    "too-late": gettext_noop("none: the act came too late"),
}
_MEANINGS: Final[dict[str, str]] = {
    "acceptance": gettext_noop("those that said nothing are taken to have accepted"),
    "no-consent": gettext_noop("those that said nothing are taken not to have consented"),
}


_SETTLED: Final = ("met", "lapsed", "effective")


@dataclass(frozen=True)
class Moved:
    """One clock that a fact moved: what it is, the date before and the date now.

    What ``is_settled`` shows another date, and nothing of it is undone.
    """

    title: str
    before: str
    after: str
    is_settled: bool


@dataclass(frozen=True)
class Reader:
    """How parties are named to a reader: in running text, and in which order."""

    in_text: NameOf
    sort: Callable[[Iterable[str]], list[str]]


def of_record(alert: Alert, records: Records, reader: Reader) -> dict[str, Any]:
    """The values of the templates of the kinds that tell of a record; nothing for other kinds."""
    if alert.kind == Alert.Kind.DISPUTED:
        return _of_receipt(records.receipts[alert.pk], reader)
    if alert.kind == Alert.Kind.FACT:
        return _of_fact(alert, records.facts.get(alert.pk), records.moves[alert.pk], reader)
    if alert.kind in {Alert.Kind.PROPOSED, Alert.Kind.CONFIRMED}:
        return _of_silence(alert, records.silences[alert.pk], reader)
    if alert.kind == Alert.Kind.UNACKNOWLEDGED:
        return _of_unconfirmed(alert, records.unconfirmed[alert.pk], reader)
    return {}


def quoted(alert: Alert, records: Records) -> str:
    """The words of the record in which it was made, or nothing."""
    if alert.kind == Alert.Kind.DEFECT:
        return records.defects[alert.pk].text
    if alert.kind == Alert.Kind.DISPUTED:
        return records.receipts[alert.pk].reason
    if alert.kind == Alert.Kind.FACT:
        fact = records.facts.get(alert.pk)
        return fact.reason if fact else ""
    if alert.kind == Alert.Kind.CONFIRMED:
        outcome = records.silences[alert.pk].outcome
        return outcome.reason if outcome else ""
    return ""


def _of_unconfirmed(alert: Alert, codes: list[str], reader: Reader) -> dict[str, Any]:
    return {
        "silent": listed([reader.in_text(code) for code in reader.sort(codes)]),
        "silent_count": len(codes),
        "is_to_missions": alert.audience == "unacknowledged",
    }


def _of_receipt(receipt: Receipt, reader: Reader) -> dict[str, Any]:
    before = receipt.supersedes or receipt
    if before.disputed:
        before = before.supersedes or before  # the date that counted, not the one claimed
    return {
        "who": reader.in_text(receipt.party.code),
        "is_disputed": receipt.disputed,
        "received": full_date(receipt.on),
        "received_before": full_date(before.on),
    }


def _of_fact(alert: Alert, fact: Fact | None, moves: list[Move], reader: Reader) -> dict[str, Any]:
    moved = [_moved(alert.act.act, move) for move in moves]
    return {"fact": _fact_words(fact, reader) if fact else "", "moves": moved}


def _fact_words(fact: Fact, reader: Reader) -> str:
    has_ended = fact.until is not None and fact.kind in _OVER
    words = gettext((_OVER if has_ended else _FACTS)[fact.kind]) % {
        "on": bare_date(fact.on),
        "until": bare_date(fact.until) if fact.until else "",
        "party": reader.in_text(fact.party.code) if fact.party else "",
    }
    return sentence(words)


def _moved(act: str, move: Move) -> Moved:
    return Moved(
        title=deadline_title(act, move.version),
        before=_day_of(move.before),
        after=gettext("none: the clause counts no more") if move.is_void else _day_of(move.version),
        is_settled=move.version.deadline.status in _SETTLED,
    )


def _day_of(version: DeadlineVersion | None) -> str:
    if version is not None and version.result in _WITHOUT_DATE:
        return gettext(_WITHOUT_DATE[version.result])
    if version is None or version.due_on is None or version.due_at is None:
        return gettext("no date yet")
    if version.is_exact:
        return exact(version.due_at, version.zone)
    if version.opens_on is None:
        return full_date(version.due_on)
    return gettext("from %(opens)s to %(closes)s") % {
        "opens": full_date(version.opens_on),
        "closes": full_date(version.due_on),
    }


def _of_silence(alert: Alert, silence: Silence, reader: Reader) -> dict[str, Any]:
    version, outcome = silence.deadline.version, silence.outcome
    rule = version.clause_version.rule if version.clause_version else {}
    meaning = outcome.meaning if outcome else str(rule.get("silence", ""))
    names = [reader.in_text(code) for code in reader.sort(silence.silent)]
    title = deadline_title(alert.act.act, version)
    return {
        "title_within": within(title),
        "article": cited(article_of(version)),
        "due": full_date(version.due_on) if version.due_on else "",
        "meaning": gettext(_MEANINGS[meaning]) if meaning in _MEANINGS else meaning,
        "silent": listed(names),
        "silent_count": len(names),
        "is_confirmed": bool(outcome and outcome.is_confirmed),
    }
