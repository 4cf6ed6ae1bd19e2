"""Paper notes: given on paper, entered by the secretariat on behalf of the party that gave them.

What a note says is never refused: it is recorded as it stands, its clocks are computed to the
lawful date, and what stands against it is flagged. Refused is what cannot be: a note given in the
future or before the note it refers to, received before it was given, without its scan, or sent by a
party to itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, BinaryIO, Final

from django.db import transaction
from django.utils.translation import get_language_info, gettext

from notifications import permissions
from notifications.acts import ACTS
from notifications.clauses.instants import start_of_day
from notifications.clauses.sections import FIRST_YEAR
from notifications.emails.words import bare_date
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Case, Draft, Notification, Party, Treaty, User
from notifications.services.calendar import day_in
from notifications.services.circumstances import Circumstances, circumstances
from notifications.services.drafting import narrowed, new_case, refuse_unknown_case
from notifications.services.fields import FILES, clean_fields
from notifications.services.filing import Filing, seal
from notifications.services.locking import close_to_others, lock
from notifications.services.paper_flags import flags_of
from notifications.services.papers import Kept, Upload, keep_files
from notifications.services.receiving import register_receipt

SCAN: Final = "scan"


@transaction.atomic
def enter_paper_note(
    *,
    treaty: Treaty,
    senders: Sequence[Party],
    act: str,
    fields: Mapping[str, Any],
    given_on: date,
    received: Mapping[Party, date],
    scan: BinaryIO | bytes,
    scan_name: str,
    language: str,
    actor: User,
    now: datetime,
    refers_to: Notification | None = None,
    case: Case | None = None,
    files: Sequence[Upload] = (),
    uid: uuid.UUID | None = None,
) -> Notification:
    """Seal a note that was given on paper, with its scan, and register its receipts.

    ``given_on`` and the days in ``received`` (by depositary; without one, by addressee) are days in
    the treaty's zone; ``language`` is that of the note; ``files`` are its enclosures. ``uid`` is
    the token of the form: a second click with it gets the act that the first one entered. Clocks
    that would have run out since are computed all the same; the sweeps settle them at once, each on
    its own day.

    Raises NotPermittedError, or RuleBrokenError naming the field: ``given_on``, ``language``,
    ``received_<code>``, ``scan``, ``files``, or one of the act's.
    """
    today = day_in(treaty.zone, now)
    if not permissions.can_enter_paper_note(actor, today):
        raise NotPermittedError(gettext("Only the secretariat enters notes given on paper."))
    # Two clicks of one person at once come one after the other here.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if uid and (begun := Notification.objects.filter(uid=uid, drafted_by=actor).first()):
        return begun
    case = refers_to.case if refers_to else case
    refuse_unknown_case(case, treaty, refers_to, actor, today)
    note = unsaved_note(
        treaty=treaty, senders=senders, act=act, fields=fields, refers_to=refers_to, case=case
    )
    check_days(given_on, received, today)
    _check_order(given_on, refers_to)
    check_language(language)
    if case is not None:
        close_to_others(case)
    if refers_to is not None:
        lock(refers_to)
    around = surroundings(note, given_on)
    _check_receivers(note, senders, received, around)
    papers = _papers(scan, scan_name, files)
    filing = _filing(note, senders, papers.named, case=case, around=around, actor=actor, now=now)
    entered = seal(replace(filing, dated_on=given_on, language=language, uid=uid), around)
    papers.tell(actor=actor, now=now)
    for party, on in sorted(received.items(), key=lambda item: (item[1], item[0].code)):
        register_receipt(notification=entered, party=party, on=on, actor=actor, now=now)
    return entered


def surroundings(note: Draft, given_on: date) -> Circumstances:
    """What held around the note on the day on which it was given."""
    at = start_of_day(given_on, note.case.treaty.zone)
    return circumstances(note.case, note.act, given_on, now=at)


def _filing(
    note: Draft,
    senders: Sequence[Party],
    papers: list[dict[str, Any]],
    *,
    case: Case | None,
    around: Circumstances,
    actor: User,
    now: datetime,
) -> Filing:
    flags = flags_of(note, senders, around)
    return Filing(
        case=case or new_case(note.case.treaty, senders[0], note.act),
        act=note.act,
        senders=tuple(senders),
        fields={**note.fields, FILES: papers},
        drafted_by=actor,
        approved_by=actor,
        at=now,
        is_dated=True,
        is_paper=True,
        refers_to=note.refers_to,
        flags=flags,
    )


def unsaved_note(
    *,
    treaty: Treaty,
    senders: Sequence[Party],
    act: str,
    fields: Mapping[str, Any],
    refers_to: Notification | None = None,
    case: Case | None = None,
) -> Draft:
    """The note as a draft that is never stored, its fields cleaned: to look at, and to file.

    Raises RuleBrokenError for no act of a party, no sender, a party that sends to itself, and a
    field that cannot be.
    """
    if act not in ACTS or "party" not in ACTS[act].filers:
        raise RuleBrokenError(gettext("“%(act)s” is no act of a party.") % {"act": act})
    if not senders:
        raise RuleBrokenError(gettext("Given by is missing: name a party."), field="party")
    if len({party.pk for party in senders}) < len(senders):
        raise RuleBrokenError(gettext("Given by: a party gives a note once."), field="joint_with")
    cleaned = clean_fields(act, fields)
    own = {party.code for party in senders}
    for name in ("addressees", "against"):
        if own & set(cleaned.get(name, [])):
            raise RuleBrokenError(gettext("A party cannot send a note to itself."), field=name)
    cleaned["joint_with"] = sorted(own - {senders[0].code})
    cleaned = {name: value for name, value in cleaned.items() if value != []}
    note = Draft(case=case or Case(treaty=treaty), party=senders[0], act=act, fields=cleaned)
    note.refers_to = refers_to
    note.fields = narrowed(note)
    return note


def check_days(given_on: date, received: Mapping[Party, date], today: date) -> None:
    """A note is given by today and received on or after that day, by today.

    Raises RuleBrokenError naming ``given_on`` or ``received_<code>``.
    """
    if given_on > today:
        sentence = gettext("Given on: the day is still to come.")
        raise RuleBrokenError(sentence, field="given_on")
    if given_on.year < FIRST_YEAR:
        sentence = gettext("Given on: the year must be %(first)d or later.")
        raise RuleBrokenError(sentence % {"first": FIRST_YEAR}, field="given_on")
    for party, on in received.items():
        field = f"received_{party.code}"
        if on > today:
            raise RuleBrokenError(gettext("Received on: the day is still to come."), field=field)
        if on < given_on:
            sentence = gettext("Received on: the note was given on %(day)s, not before.")
            raise RuleBrokenError(sentence % {"day": bare_date(given_on)}, field=field)


def _check_order(given_on: date, refers_to: Notification | None) -> None:
    """A note cannot refer to one that was given after it."""
    if refers_to is not None and given_on < refers_to.given_on:
        sentence = gettext("Given on: the note it refers to was given on %(day)s, not before.")
        said = {"day": bare_date(refers_to.given_on)}
        raise RuleBrokenError(sentence % said, field="given_on")


def check_language(language: str) -> None:
    """The note is in a language by its code. Raises RuleBrokenError naming ``language``."""
    try:
        get_language_info(language)
    except KeyError:
        sentence = gettext("Language of the note: choose one of the list.")
        raise RuleBrokenError(sentence, field="language") from None


def _check_receivers(
    note: Draft, senders: Sequence[Party], received: Mapping[Party, date], around: Circumstances
) -> None:
    """Who has received it is a depositary it went to or, without one, an addressee."""
    addressees = {party.pk for party in around.addressees(note.act, note.fields, senders)}
    keepers = {party.pk for party in around.depositaries} & addressees
    for party in received:
        if party.pk not in (keepers or addressees):
            sentence = gettext("%(code)s is none of those that receive this note.")
            raise RuleBrokenError(sentence % {"code": party.code}, field=f"received_{party.code}")


def _papers(scan: BinaryIO | bytes, scan_name: str, files: Sequence[Upload]) -> Kept:
    """The scan first, then the enclosures: stored, and named as the act names them."""
    first = keep_files([Upload(scan, scan_name)], field=SCAN, is_scan=True)
    rest = keep_files(files, beside=first.named)
    return Kept(rest.named, first.untold + rest.untold)
