"""What stands against an act in what it refers to: the wrong one, not its own, ended already."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext

from notifications.acts import ACTS, is_by_depositary
from notifications.errors import RuleBrokenError
from notifications.models import Draft, Notification, TreatyDepositary
from notifications.services.circumstances import Circumstances, givers_of
from notifications.services.findings import CANNOT_BE_TAKEN_BACK, WRONG_REFERENCE, Finding
from notifications.services.fulfilment import refuse_late_rescission

# The acts that end the one they refer to for good; a reservation can be withdrawn in part.
ENDING: Final = Q(act="resumption") | Q(act="reservation-withdrawal", fields__scope="whole")


def reference_findings(draft: Draft, around: Circumstances) -> Iterator[Finding]:
    """What stands against the draft in the act it refers to, or in that it names none."""
    act, target = ACTS[draft.act], draft.refers_to
    title = gettext(act.title)
    if target is None:
        if act.must_refer:
            sentence = gettext("%(act)s: name the notification it refers to.") % {"act": title}
            yield Finding("refuse", "missing-reference", "refers_to", sentence)
        elif draft.act == "correction":
            yield from _of_the_treaty(draft)
        return
    if target.act not in act.refers_to or target.case_id != draft.case_id:
        sentence = gettext("%(act)s: it cannot refer to this notification.") % {"act": title}
        yield Finding("refuse", WRONG_REFERENCE, "refers_to", sentence)
    elif draft.act == "rescission":
        yield from _of_rescission(draft, target, around)
    else:
        yield from _of_giver(draft, target)
        yield from _of_ended(draft, target)
    if draft.act == "conference":
        yield from _of_conference(draft, target)
    if draft.act == "correction":
        yield from _of_passage(draft, target)


def _of_the_treaty(draft: Draft) -> Iterator[Finding]:
    """The text of a treaty that has a depositary is corrected by it (VCLT 79(2))."""
    if is_by_depositary(ACTS[draft.act], draft.fields):
        return
    if TreatyDepositary.objects.filter(treaty=draft.case.treaty_id).exists():
        sentence = gettext(
            "The text of the treaty is corrected by its depositary: name the notification of your "
            "own that is to be corrected."
        )
        yield Finding("refuse", "missing-reference", "refers_to", sentence)


def _of_rescission(draft: Draft, target: Notification, around: Circumstances) -> Iterator[Finding]:
    try:
        refuse_late_rescission(target, givers_of(draft), now=around.at)
    except RuleBrokenError as refusal:
        yield Finding("refuse", CANNOT_BE_TAKEN_BACK, "refers_to", refusal.sentence)


def _of_giver(draft: Draft, target: Notification) -> Iterator[Finding]:
    """Some acts only the givers of the other can give, some only other parties."""
    act = ACTS[draft.act]
    if not (act.by_its_sender or act.by_another):
        return
    said = {"act": gettext(act.title)}
    givers = {party.pk for party in givers_of(draft)}
    given_by = set(target.sender_rows.values_list("party", flat=True))
    if act.by_its_sender and not givers <= given_by:
        sentence = gettext("%(act)s: only who gave that notification can refer to it so.")
        yield Finding("refuse", WRONG_REFERENCE, "refers_to", sentence % said)
    if act.by_another and givers & given_by:
        sentence = gettext("%(act)s: it cannot refer to a notification of one's own.")
        yield Finding("refuse", WRONG_REFERENCE, "refers_to", sentence % said)


def _of_ended(draft: Draft, target: Notification) -> Iterator[Finding]:
    """What was taken back or ended is over: nothing but a correction refers to it any more."""
    if draft.act in ("correction", "conference"):
        return
    given_by = set(target.sender_rows.values_list("party", flat=True))
    back = target.referring.filter(act="rescission").values_list("sender_rows__party", flat=True)
    if given_by <= set(back):
        sentence = gettext("The notification it refers to has been taken back.")
        yield Finding("refuse", WRONG_REFERENCE, "refers_to", sentence)
    elif target.referring.filter(ENDING, sender_rows__party__in=givers_of(draft)).exists():
        sentence = gettext("The notification it refers to has been ended already.")
        yield Finding("refuse", WRONG_REFERENCE, "refers_to", sentence)


def _of_conference(draft: Draft, target: Notification) -> Iterator[Finding]:
    """Not before the note, and not twice for a day: so a second click makes no second act."""
    held = draft.fields.get("held_on", "")
    if not held:
        return
    if date.fromisoformat(held) < target.given_on:
        sentence = gettext("Day of the conference: it lies before the day of the note.")
        yield Finding("refuse", "before-the-note", "held_on", sentence)
    same = Notification.objects.filter(act=draft.act, refers_to=target, fields__held_on=held)
    if same.exists():
        sentence = gettext("A conference has been convened for this day already.")
        yield Finding("refuse", "convened-already", "held_on", sentence)


def _of_passage(draft: Draft, target: Notification) -> Iterator[Finding]:
    """The faulty passage should stand somewhere in what is corrected."""
    passage = draft.fields.get("reads", "")
    said = [target.text, *(value for value in target.fields.values() if isinstance(value, str))]
    if passage and not any(passage in text for text in said):
        sentence = gettext("It reads: this passage does not stand in the text of the notification.")
        yield Finding("warn", "passage-not-found", "reads", sentence)
