"""What the calculator answers: the date with its instant, the way there, what else to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext, gettext_noop, ngettext

from notifications.clauses.explain import one_sentence, sentences
from notifications.clauses.results import Result
from notifications.clauses.supposing import ANOTHER, THE_ADDRESSEE, THE_PARTY
from notifications.web import words
from notifications.web.names import PartyNames

STATES: Final = {
    "computed": gettext_noop("counted"),
    "disputed": gettext_noop("disputed"),
    "awaiting": gettext_noop("a fact is missing"),
    "open": gettext_noop("open"),
    "premature": gettext_noop("too early"),
    "too-late": gettext_noop("too late"),
    "not-permitted": gettext_noop("not permitted"),
}
# The marks of deadlines that say the same.
MARKS: Final = {"computed": "running", "disputed": "disputed", "open": "open"}
FLAGS: Final = {
    "earlier-than-clause": gettext_noop(
        "The notice names an earlier date than the clause allows: a draft that does is refused."
    ),
    "missing-statement": gettext_noop("The notice must hold a statement of its reasons."),
}


@dataclass(frozen=True)
class Answer:
    """A result for the page: ``mark`` and ``state`` say how it stands, the rest is in words."""

    result: Result
    state: str
    mark: str
    exact: str
    opens_exact: str
    awaiting: str
    steps: list[str]
    sentence: str
    flags: list[str]


def answer(result: Result, names: PartyNames) -> Answer:
    """The result in the reader's language."""
    exact = opens = ""
    if result.due_on is not None and result.due_at is not None:
        exact = words.due_exact(result.due_at, result.due_on, result.zone)
    if result.opens_at is not None:
        opens = words.exact(result.opens_at, result.zone)
    said = _said_by(names)
    return Answer(
        result=result,
        state=gettext(STATES.get(result.status, result.status)),
        mark=MARKS.get(result.status, "waiting"),
        exact=exact,
        opens_exact=opens,
        awaiting=words.awaited(result.awaiting) if result.awaiting else "",
        steps=sentences(result.trace, gettext, words.bare_date, said, ngettext),
        sentence=one_sentence(result.trace, gettext, words.bare_date, said, ngettext),
        flags=[gettext(FLAGS[flag]) for flag in result.flags if flag in FLAGS],
    )


def _said_by(names: PartyNames) -> Callable[[str], str]:
    """Names parties in running text, and those whom nobody named."""

    def said(code: str) -> str:
        if code == THE_PARTY:
            return gettext("the party")
        if code == THE_ADDRESSEE:
            return gettext("the addressee")
        if code.startswith(ANOTHER):
            return gettext("party no. %(number)s") % {"number": code.removeprefix(ANOTHER)}
        return names.said_of_code(code)

    return said
