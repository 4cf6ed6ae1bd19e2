"""The clauses of a treaty for its page: by the act that they govern, at the end what recurs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from notifications.acts import ACTS
from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause
from notifications.clauses.vocabulary import NONE
from notifications.emails.words import MESSAGE
from notifications.models import ClauseVersion, Treaty
from notifications.web import words
from notifications.web.names import PartyNames
from notifications.web.rule_steps import Around
from notifications.web.rules import RuleInWords, in_words

# As many stand open on a page, and as many of one act unfolded.
MOST_OPEN: Final = 8


@dataclass(frozen=True)
class Group:
    """The clauses on one act, or those that recur; ``anchor`` is its place on the page.

    ``is_open`` says that the group is unfolded, ``is_plain`` that each of its clauses is.
    """

    anchor: str
    title: str
    rules: list[RuleInWords]
    is_open: bool

    @property
    def is_plain(self) -> bool:
        """Whether its clauses stand one below the other, each with all its sentences."""
        return len(self.rules) <= MOST_OPEN


def grouped(
    treaty: Treaty, versions: Sequence[ClauseVersion], names: PartyNames, *, has_depositary: bool
) -> list[Group]:
    """The clauses in groups, in the order of the acts: no query, unless an effect carries over."""
    around = _around(treaty, versions, names, has_depositary=has_depositary)
    told = [in_words(version, around) for version in versions]
    kinds = [kind for kind in (*ACTS, NONE) if any(rule.governs == kind for rule in told)]
    return [
        Group(
            anchor=f"clauses-{kind}",
            title=gettext("Recurring, without an act") if kind == NONE else words.act_title(kind),
            rules=_of_act(told, kind),
            is_open=len(told) <= MOST_OPEN,
        )
        for kind in kinds
    ]


def _of_act(told: Sequence[RuleInWords], kind: str) -> list[RuleInWords]:
    """Those on one act; messages in the order of their formats, under which they are known."""
    found = [rule for rule in told if rule.governs == kind]
    return sorted(found, key=lambda rule: rule.limit) if kind == MESSAGE else found


def _around(
    treaty: Treaty, versions: Sequence[ClauseVersion], names: PartyNames, *, has_depositary: bool
) -> Around:
    rules = tuple(parse_clause(version.rule) for version in versions)
    return Around(
        zone=treaty.zone,
        has_depositary=has_depositary,
        rules=rules,
        lists=treaty.lists,
        party_name=names.said_of_code,
        treaties=_others(rules),
    )


def _others(rules: Sequence[Clause]) -> dict[str, str]:
    """The names of the treaties to which effects carry over."""
    slugs = {slug for rule in rules for slug in rule.cascades}
    found = Treaty.objects.filter(slug__in=slugs) if slugs else ()
    return {treaty.slug: treaty.short_name for treaty in found}
