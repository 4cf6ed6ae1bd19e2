"""*Why this date*: the steps of a count in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext

from notifications.clauses.explain import TraceStep, sentences
from notifications.web.names import PartyNames
from notifications.web.words import bare_date


def told(trace: Iterable[TraceStep], names: PartyNames) -> list[str]:
    """One sentence a step, from the fact taken to the date reached."""
    return sentences(
        trace,
        translate=gettext,
        format_date=bare_date,
        party_name=names.said_of_code,
        translate_plural=ngettext,
    )


def told_again(stored: Iterable[Mapping[str, Any]], names: PartyNames) -> list[str]:
    """The same for a stored trace."""
    return told([TraceStep.from_data(step) for step in stored], names)
