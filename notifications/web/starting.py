"""*What this starts*: every deadline with its reason, who will be told, what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext

from notifications.errors import DomainError
from notifications.models import Case, Draft, Notification, Party, Treaty, User
from notifications.services.drafting import apart
from notifications.services.examining import Finding
from notifications.services.fields import clean_fields
from notifications.services.preview import Foreseen, Preview, preview
from notifications.web.clocks import bearer_words
from notifications.web.names import PartyNames
from notifications.web.tracing import told
from notifications.web.words import awaited, bare_date, clock_title, listed


@dataclass(frozen=True)
class ForeseenClock:
    """One deadline that would start: title, bearer, date or what it awaits, and the steps."""

    title: str
    bearer: str
    foreseen: Foreseen
    awaiting: str
    steps: list[str]
    lawful: str = ""
    carries_over: str = ""


@dataclass(frozen=True)
class Starting:
    """The panel: what an act as typed would start, or why that cannot be said."""

    refusal: str = ""
    clocks: list[ForeseenClock] = field(default_factory=list)
    depositaries: str = ""
    parties: list[str] = field(default_factory=list)
    refused: list[Finding] = field(default_factory=list)
    warned: list[Finding] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether it could be issued as it stands."""
        return not self.refusal and not self.refused

    @property
    def summary(self) -> str:
        """All of it in one line, for those who hear the page."""
        if self.refusal:
            return gettext("Not right yet: %(sentence)s") % {"sentence": self.refusal}
        clocks = ngettext("%(number)d deadline", "%(number)d deadlines", len(self.clocks))
        deadlines = clocks % {"number": len(self.clocks)}
        if self.refused:
            sentence = self.refused[0].sentence
            return gettext("%(deadlines)s. Stands in the way: %(sentence)s") % {
                "deadlines": deadlines,
                "sentence": sentence,
            }
        return gettext("%(deadlines)s. Nothing stands in the way.") % {"deadlines": deadlines}


def starting(draft: Draft, fields: dict[str, Any], today: date, names: PartyNames) -> Starting:
    """The panel for a draft with these fields; nothing is stored."""
    written, kept = apart(fields)
    try:
        draft.fields = {**clean_fields(draft.act, written), **kept}
    except DomainError as error:
        return Starting(refusal=error.sentence)
    found = preview(draft=draft, today=today)
    return Starting(
        clocks=[_clock(item, draft.act, names) for item in found.deadlines],
        depositaries=names.listed(party.pk for party in found.depositaries),
        parties=[named.name for named in names.sort(party.pk for party in found.parties)],
        refused=_findings(found, is_warning=False),
        warned=_findings(found, is_warning=True),
    )


def _clock(item: Foreseen, act: str, names: PartyNames) -> ForeseenClock:
    rule: dict[str, Any] | None = None
    if item.article:
        rule = {"yields": item.yields, "duty": {"act": item.act}, "article": item.article}
    if rule and item.yields != "duty":
        del rule["duty"]
    bearers = names.listed(party.pk for party in item.bearers)
    return ForeseenClock(
        title=clock_title(rule, act),
        bearer=bearer_words(item.owed_by, bearers if len(item.bearers) <= 3 else ""),
        foreseen=item,
        awaiting=awaited(item.awaiting),
        lawful=bare_date(item.lawful_on) if item.lawful_on else "",
        carries_over=listed([treaty.short_name for treaty in item.cascades]),
        steps=told(item.trace, names),
    )


def _findings(found: Preview, *, is_warning: bool) -> list[Finding]:
    return [item for item in found.findings if (item.level == "warn") is is_warning]


def unsaved(
    treaty: Treaty, party: Party, act: str, author: User, target: Notification | None = None
) -> Draft:
    """A draft that exists on the page alone; one on another act stands in that act's matter."""
    case = target.case if target else Case(treaty=treaty)
    draft = Draft(case=case, party=party, act=act, author=author, written_by=author)
    draft.refers_to = target
    return draft


def unstored(draft: Draft) -> Draft:
    """A stored draft once more, for the page to fill otherwise; nothing of it is ever stored."""
    seen = Draft(pk=draft.pk, case=draft.case, party=draft.party, act=draft.act)
    seen.author, seen.written_by, seen.refers_to = draft.author, draft.written_by, draft.refers_to
    return seen
