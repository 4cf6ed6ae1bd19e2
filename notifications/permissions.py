"""Who may do what: pure yes and no, one function an act (domain.md, roles).

``today`` is the day, in the treaty's zone where a treaty is concerned, on which mandates are looked
at. A replayed case belongs to the system actor, and the system actor has no other.
"""

from __future__ import annotations

from datetime import date

from notifications.models import (
    ACTING_ROLES,
    Case,
    Draft,
    Notification,
    Party,
    Role,
    Treaty,
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


def can_join(user: User, case: Case, today: date) -> bool:
    """Whoever knows of a live case: by an act that the person reads, or a draft of the mission."""
    if not case.is_live:
        return user.is_system
    acts = Notification.objects.visible_to(user, today).filter(case=case)
    return acts.exists() or Draft.objects.visible_to(user, today).filter(case=case).exists()


def can_edit(user: User, draft: Draft, today: date) -> bool:
    """A drafter or head of mission of the draft's own party."""
    return _acts_for(user, draft.party_id, today, draft.case)


def can_send_for_approval(user: User, draft: Draft, today: date) -> bool:
    """Whoever may edit it."""
    return can_edit(user, draft, today)


def can_approve(user: User, draft: Draft, today: date) -> bool:
    """A head of mission of the draft's party who did not write it: two different persons."""
    if not draft.case.is_live:
        return user.is_system
    heads = user.party_ids(today, Role.HEAD_OF_MISSION)
    return draft.party_id in heads and draft.written_by_id != user.pk


def can_return(user: User, draft: Draft, today: date) -> bool:
    """Every head of mission of the draft's party, its writer included."""
    return draft.party_id in user.party_ids(today, Role.HEAD_OF_MISSION)


def receiving_parties(user: User, notification: Notification, today: date) -> list[Party]:
    """The recipients whose receipt the person may register.

    The depositaries addressed, by their officers; where none is addressed, an addressee, by its own
    mission (domain.md, received). A replay may record the receipt of any party that was sent the
    act: a clause can count from the first of them.
    """
    if not notification.case.is_live:
        return list(notification.addressees()) if user.is_system else []
    is_kept = notification.is_kept_by_depositaries()
    roles = (Role.DEPOSITARY_OFFICER,) if is_kept else ACTING_ROLES
    return list(notification.receivers().filter(pk__in=user.party_ids(today, *roles)))


def can_register_receipt(
    user: User, notification: Notification, today: date, party: Party | None = None
) -> bool:
    """An officer of an addressed depositary; without one, a mission that is addressed."""
    able = receiving_parties(user, notification, today)
    return bool(able) if party is None else party in able


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


def can_appoint(user: User) -> bool:
    """Administrators."""
    return user.is_staff
