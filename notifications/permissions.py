"""Who may do what: pure yes and no, one function an act (domain.md, roles).

``today`` is the day, in the treaty's zone where a treaty is concerned, on which mandates are looked
at. A replayed case belongs to the system actor, and the system actor has no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from notifications.acts import ACTS, is_by_depositary
from notifications.lifecycle import UNFINISHED
from notifications.models import (
    ACTING_ROLES,
    Case,
    Deadline,
    Draft,
    Notification,
    Participation,
    Party,
    Receipt,
    Role,
    Sender,
    Transmission,
    Treaty,
    TreatyDepositary,
    User,
)


def _acts_for(user: User, party_id: int, today: date, case: Case | None) -> bool:
    if case is not None and not case.is_live:
        return user.is_system
    return party_id in user.party_ids(today, *ACTING_ROLES)


def offices(user: User, treaty: Treaty, today: date) -> list[int]:
    """The depositaries of the treaty whose officer the person is, by id."""
    held = user.party_ids(today, Role.DEPOSITARY_OFFICER)
    if not held:
        return []
    return list(treaty.depositary_rows.filter(party__in=held).values_list("party_id", flat=True))


def can_draft(user: User, party: Party, today: date, case: Case | None = None) -> bool:
    """A drafter or head of mission of the party."""
    return _acts_for(user, party.pk, today, case)


def can_act_as_depositary(
    user: User, treaty: Treaty, party: Party, today: date, case: Case | None = None
) -> bool:
    """An officer of the party, for a treaty that it keeps."""
    if case is not None and not case.is_live:
        return user.is_system
    return party.pk in offices(user, treaty, today)


def _writes(user: User, draft: Draft, today: date) -> bool:
    """An officer, of what a depositary is to give as such; else the draft's own mission."""
    if is_by_depositary(ACTS[draft.act], draft.fields):
        return can_act_as_depositary(user, draft.case.treaty, draft.party, today, draft.case)
    return _acts_for(user, draft.party_id, today, draft.case)


def can_join(user: User, case: Case, today: date) -> bool:
    """Whoever knows of a live case: by an act that the person reads, or a draft of the mission."""
    if not case.is_live:
        return user.is_system
    acts = Notification.objects.visible_to(user, today).filter(case=case)
    return acts.exists() or Draft.objects.visible_to(user, today).filter(case=case).exists()


def can_edit(user: User, draft: Draft, today: date) -> bool:
    """Whoever may act for the draft's own party, in the capacity in which it is to be given."""
    return _writes(user, draft, today)


def can_discard(user: User, draft: Draft, today: date) -> bool:
    """Whoever may edit it."""
    return can_edit(user, draft, today)


def can_send_for_approval(user: User, draft: Draft, today: date) -> bool:
    """Whoever may edit it."""
    return can_edit(user, draft, today)


def can_approve(user: User, draft: Draft, today: date) -> bool:
    """A head of mission of the draft's party who did not write it: two different persons.

    A depositary's own act needs one officer.
    """
    if not draft.case.is_live:
        return user.is_system
    if is_by_depositary(ACTS[draft.act], draft.fields):
        return _writes(user, draft, today)
    heads = user.party_ids(today, Role.HEAD_OF_MISSION)
    return draft.party_id in heads and draft.written_by_id != user.pk


def can_return(user: User, draft: Draft, today: date) -> bool:
    """Every head of mission of the draft's party, its writer included; a depositary's officer."""
    if is_by_depositary(ACTS[draft.act], draft.fields):
        return _writes(user, draft, today)
    return draft.party_id in user.party_ids(today, Role.HEAD_OF_MISSION)


def can_concur(user: User, draft: Draft, party: Party, today: date) -> bool:
    """A head of mission of a party that is to join in the act; of a depositary an officer."""
    if not draft.concurrences.filter(party=party).exists():
        return False
    if is_by_depositary(ACTS[draft.act], draft.fields):
        return can_act_as_depositary(user, draft.case.treaty, party, today)
    return party.pk in user.party_ids(today, Role.HEAD_OF_MISSION)


def receiving_parties(user: User, notification: Notification, today: date) -> list[Party]:
    """The recipients whose receipt the person may register.

    The depositaries addressed, by their officers; where none is addressed, an addressee, by its own
    mission (domain.md, received); of a paper note, each of them by the secretariat too. A replay
    may record the receipt of any party that was sent the act: a clause can count from the first.
    """
    if not notification.case.is_live:
        return list(notification.addressees()) if user.is_system else []
    if notification.is_paper and is_secretariat(user, today):
        return list(notification.receivers())
    is_kept = notification.is_kept_by_depositaries()
    roles = (Role.DEPOSITARY_OFFICER,) if is_kept else ACTING_ROLES
    return list(notification.receivers().filter(pk__in=user.party_ids(today, *roles)))


def can_register_receipt(
    user: User, notification: Notification, today: date, party: Party | None = None
) -> bool:
    """An officer of an addressed depositary; without one, a mission that is addressed."""
    able = receiving_parties(user, notification, today)
    return bool(able) if party is None else party in able


def is_secretariat(user: User, today: date) -> bool:
    """Whether the person serves in the secretariat on ``today``, for whichever organisation."""
    return bool(user.party_ids(today, Role.SECRETARIAT))


def can_enter_paper_note(user: User, today: date) -> bool:
    """The secretariat, on behalf of any party."""
    return is_secretariat(user, today)


def can_bring_defect(user: User, notification: Notification, today: date) -> bool:
    """An officer of a depositary of the treaty, or the secretariat (VCLT 77(1)(d)); live acts."""
    if not notification.case.is_live:
        return False
    return is_secretariat(user, today) or bool(offices(user, notification.treaty, today))


def can_circulate(user: User, notification: Notification, today: date) -> bool:
    """An officer of either depositary of the treaty."""
    if not notification.case.is_live:
        return user.is_system
    return bool(offices(user, notification.treaty, today))


def can_convene(user: User, notification: Notification, today: date) -> bool:
    """An officer of either depositary of the treaty."""
    return can_circulate(user, notification, today)


def can_acknowledge(user: User, notification: Notification, party: Party, today: date) -> bool:
    """A drafter or head of mission of a party to which it was sent."""
    return can_respond(user, notification, party, today)


def can_respond(user: User, notification: Notification, party: Party, today: date) -> bool:
    """A drafter or head of mission of a party to which it was sent."""
    if not _acts_for(user, party.pk, today, notification.case):
        return False
    return notification.transmissions.filter(party=party).exists()


def can_record_statement(user: User, case: Case, party: Party, today: date) -> bool:
    """The party's own mission, or an officer of a depositary, if the case is known to them."""
    if not can_join(user, case, today):
        return False
    return _acts_for(user, party.pk, today, case) or bool(offices(user, case.treaty, today))


def can_administer(user: User) -> bool:
    """Administrators: the registry, clauses and people; no act, and nothing that is restricted."""
    return user.is_active and user.is_staff


def can_manage_mandates(user: User, today: date) -> bool:
    """Administrators and the secretariat."""
    if can_administer(user):
        return True
    return user.is_active and is_secretariat(user, today)


def can_change_own_settings(user: User) -> bool:
    """Every person whose account is open."""
    return user.is_active and not user.is_system


def can_record_fact(user: User, case: Case, today: date) -> bool:
    """An officer of a depositary; without any, a mission that gave or was sent an act of the case.

    A stop is agreed on, an extension granted: who keeps the treaty records it.
    """
    if not case.is_live:
        return user.is_system
    if case.treaty.depositary_rows.exists():
        return bool(offices(user, case.treaty, today))
    return bool(_concerned(user, case, today))


def can_move_clock(user: User, case: Case, deadline: Deadline | None, today: date) -> bool:
    """Whether whoever records facts may stop or extend this clock, or every clock of the case.

    Without a depositary nobody does it alone for a clock that runs against itself: another party
    concerned does. A clock that is borne by nobody alone is moved by any party concerned.
    """
    if not case.is_live or case.treaty.depositary_rows.exists():
        return can_record_fact(user, case, today)
    clocks = Deadline.objects.filter(case=case, status__in=(*UNFINISHED, "lapsed"))
    bound = [deadline.bearer_id] if deadline else clocks.values_list("bearer", flat=True)
    return bool(_concerned(user, case, today) - set(bound))


def _concerned(user: User, case: Case, today: date) -> set[int]:
    """The person's own parties that gave or were sent an act of the case."""
    own = user.party_ids(today, *ACTING_ROLES)
    rows = (Sender.objects, Transmission.objects)
    found = (row.filter(notification__case=case, party__in=own) for row in rows)
    return {key for known in found for key in known.values_list("party", flat=True)}


def can_override(user: User, deadline: Deadline, today: date) -> bool:
    """An officer of either depositary of the treaty."""
    return can_circulate(user, deadline.act, today)


def can_object_to_date(user: User, deadline: Deadline, party: Party, today: date) -> bool:
    """A drafter or head of mission of a party that gave the notice or was sent it."""
    act = deadline.act
    if not _acts_for(user, party.pk, today, act.case):
        return False
    is_sender = act.sender_rows.filter(party=party).exists()
    return is_sender or act.transmissions.filter(party=party).exists()


def can_fulfil_run(user: User, run: Deadline, today: date) -> bool:
    """A drafter or head of mission of the party that bears it; for a joint one an officer."""
    return run.pk in runs_to_fulfil(user, [run], today)


def runs_to_fulfil(user: User, runs: Sequence[Deadline], today: date) -> set[int]:
    """Which of these runs, by key: two queries at most. Their ``case`` must be joined.

    Where a treaty has no depositary, a mission of any party to it records what is borne jointly.
    """
    acting = set(user.party_ids(today, *ACTING_ROLES))
    held = set(user.party_ids(today, Role.DEPOSITARY_OFFICER))
    joint = {run.case.treaty_id for run in runs if run.bearer_id is None}
    if not (acting or held) or not runs:
        return set()
    rows = TreatyDepositary.objects.filter(treaty__in=joint).values_list("treaty", "party")
    kept = {treaty: party in held for treaty, party in sorted(rows, key=lambda row: row[1] in held)}
    ours = Participation.objects.on(today).filter(treaty__in=joint - set(kept), party__in=acting)
    able = {treaty for treaty, is_ours in kept.items() if is_ours}
    able |= set(ours.values_list("treaty", flat=True))
    return {
        run.pk
        for run in runs
        if (run.bearer_id in acting if run.bearer_id else run.case.treaty_id in able)
    }


def can_correct_receipt(user: User, receipt: Receipt, today: date) -> bool:
    """Whoever may register the receipt by that party."""
    return can_register_receipt(user, receipt.notification, today, receipt.party)


def can_dispute_receipt(user: User, notification: Notification, today: date) -> bool:
    """The other side of a receipt: a drafter or head of mission of a party that gave the note."""
    if not notification.case.is_live:
        return user.is_system
    own = user.party_ids(today, *ACTING_ROLES)
    return notification.sender_rows.filter(party__in=own).exists()


def can_confirm_outcome(user: User, deadline: Deadline, today: date) -> bool:
    """An officer of either depositary of the treaty."""
    return can_circulate(user, deadline.act, today)
