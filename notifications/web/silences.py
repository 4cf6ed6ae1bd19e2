"""What the silence of the parties means at the end of a clock, as a page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from notifications.models import Deadline, Outcome
from notifications.services.silence import is_proposed, meaning_of, outcome_of, silent_parties
from notifications.web.names import PartyNames


def _(message: str) -> str:
    """Mark a message id for translation at the page."""
    return message


MEANINGS = {
    "acceptance": _("Whoever kept silent is deemed to have accepted."),
    "no-consent": _("Whoever kept silent is deemed not to consent."),
}


@dataclass(frozen=True)
class Silence:
    """What the silence of the parties means, who kept it, and what the depositary found.

    ``is_overtaken``: a fact that came later showed that its time was not over when it was found.
    """

    meaning: str
    silent: str
    number: int
    is_proposed: bool
    outcome: Outcome | None

    @property
    def is_overtaken(self) -> bool:
        """Whether something was found, and nothing is proposed any more."""
        return self.outcome is not None and not self.is_proposed


def silence_of(found: Deadline, clocks: Iterable[Deadline], *, names: PartyNames) -> Silence | None:
    """What it means at the end of this clock, if anything; ``clocks`` are those of its clause."""
    meaning = meaning_of(found)
    if not meaning:
        return None
    outcome = outcome_of(found)
    codes = outcome.silent if outcome else silent_parties(found)
    named = sorted(names.by_code[code] for code in codes if code in names.by_code)
    return Silence(
        meaning=gettext(MEANINGS[meaning]),
        silent=names.listed(party.pk for party in named),
        number=len(codes),
        is_proposed=is_proposed(found, clocks),
        outcome=outcome,
    )
