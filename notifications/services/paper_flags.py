"""What stands against a note that was given on paper: it refuses nothing, and is flagged."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext

from notifications.models import Deadline, Draft, Party, PartyName, taken_back
from notifications.services.circumstances import Circumstances
from notifications.services.examining import examine
from notifications.services.findings import (
    CANNOT_BE_TAKEN_BACK,
    DOUBTS,
    PARTICIPATION_UNKNOWN,
    Finding,
)

EARLIER = "earlier-than-clause"
JOINT_WITH = "joint_with"
GIVEN_IN_TIME = "given-before-the-effect"


def findings_of(note: Draft, senders: Sequence[Party], around: Circumstances) -> list[Finding]:
    """Everything that would have stood against issuing it on the day on which it was given."""
    found: dict[tuple[str, str, str], Finding] = {}
    alone = {key: value for key, value in note.fields.items() if key != JOINT_WITH}
    for sender in senders:
        seen = Draft(case=note.case, party=sender, act=note.act, fields=alone)
        seen.refers_to = note.refers_to
        for finding in examine(seen, around):
            if finding.level in ("refuse", "confirm"):
                said = _as_flag(finding, seen, senders, around)
                found.setdefault((said.code, said.field, said.sentence), said)
    return list(found.values())


def flags_of(note: Draft, senders: Sequence[Party], around: Circumstances) -> list[dict[str, str]]:
    """The same as the act carries it: in English, whoever enters it."""
    with translation.override(settings.LANGUAGE_CODE):
        found = findings_of(note, senders, around)
    return [
        {"code": finding.code, "field": finding.field, "sentence": finding.sentence}
        for finding in found
    ]


def _as_flag(
    finding: Finding, note: Draft, senders: Sequence[Party], around: Circumstances
) -> Finding:
    """What asks a person to do something before issuing, said as a fact of what was recorded."""
    if finding.code == PARTICIPATION_UNKNOWN:
        sentence = gettext("It is not recorded whether %(party)s is a party to %(treaty)s.")
        name = PartyName.objects.said(note.party, get_language() or "en")
        said = {"party": name, "treaty": note.case.treaty.short_name}
        return Finding(finding.level, finding.code, "", sentence % said)
    if finding.code in DOUBTS:
        return Finding(finding.level, finding.code, "", _said_of_doubt(finding.code))
    if finding.code == EARLIER:
        # Its day is not said here: the receipts, which are registered next, can still move it.
        sentence = gettext(
            "The note names an earlier date than the treaty allows: the lawful date stands instead."
        )
        return Finding(finding.level, finding.code, finding.field, sentence)
    if finding.code == CANNOT_BE_TAKEN_BACK and _was_in_time(note, senders, around):
        sentence = gettext(
            "It was given before the withdrawal took effect, and entered when the register had "
            "recorded the effect: the depositary has to look at it."
        )
        return Finding(finding.level, GIVEN_IN_TIME, finding.field, sentence)
    return finding


def _said_of_doubt(code: str) -> str:
    """A day is not said here: the receipts, which are registered next, can still move it."""
    return {
        "premature": gettext("It was given before the treaty admits such an act."),
        "too-late": gettext("It was given after the time in which the treaty admits such an act."),
        "disputed": gettext(
            "The treaty has no clause on withdrawal: whether it admits one is disputed (VCLT 56)."
        ),
    }[code]


def _was_in_time(note: Draft, senders: Sequence[Party], around: Circumstances) -> bool:
    """Whether only the entry came late: a rescission by who gave the notice, before its effect."""
    target = note.refers_to
    if target is None or around.at is None:
        return False
    own = [party.pk for party in senders]
    givers = set(target.sender_rows.values_list("party_id", flat=True))
    is_taken_back = any(party in own for _act, party in taken_back([target.pk]))
    effects = Deadline.objects.filter(notification=target, status="effective", bearer__in=own)
    is_first = set(own) <= givers and not is_taken_back
    return is_first and effects.exists() and not effects.filter(due_at__lte=around.at).exists()
