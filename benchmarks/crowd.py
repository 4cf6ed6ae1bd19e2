"""Records to measure with: a treaty of so many parties, three people each, and what is filed."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count

from django.contrib.auth.hashers import make_password
from django.db import transaction

from notifications.models import (
    Clause,
    ClauseVersion,
    Draft,
    Mandate,
    Notification,
    Participation,
    Party,
    PartyName,
    Role,
    Treaty,
    TreatyDepositary,
    User,
)
from notifications.register import Entry, append, canonical, digest_of
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.issuing import issue_notification

ROLES = (Role.DRAFTER, Role.HEAD_OF_MISSION, Role.OBSERVER)
SINCE = date(2002, 1, 1)
RULE = {
    "id": "xv-2",
    "article": "XV(2)",
    "governs": "withdrawal",
    "summary": "Notice at least six months before the intended withdrawal.",
    "starts": "given",
    "count": [{"add": "P6M"}],
    "minimum": True,
    "yields": "effect",
    "addressees": ["depositaries", "parties"],
}
FIELDS = {
    "article": "XV(2)",
    "signed_by": "Secretary of State",
    "text": "The Government gives notice of its withdrawal.",
}
_numbers = count(1)


@transaction.atomic
def make_treaty(parties: int, *, now: datetime) -> Treaty:
    """A treaty in force for so many parties, the first two of them its depositaries."""
    treaty = Treaty.objects.create(
        slug=f"treaty-{next(_numbers)}",
        title="Treaty on Open Skies",
        short_title="Open Skies",
        in_force_on=SINCE,
        participants_complete=True,
    )
    members = [member(number) for number in range(parties)]
    Participation.objects.bulk_create(
        Participation(party=party, treaty=treaty, in_force_on=SINCE) for party in members
    )
    for party in members[:2]:
        TreatyDepositary.objects.create(treaty=treaty, party=party)
    clause = Clause.objects.create(treaty=treaty, slug=RULE["id"])
    version = ClauseVersion.objects.create(
        clause=clause,
        no=1,
        governs=RULE["governs"],
        rule=RULE,
        digest=digest_of(canonical(RULE)),
        reason="for a benchmark",
        entered_at=now,
    )
    append(Entry("clause-loaded", clause, now, rows=(version,)))
    return treaty


def member(number: int) -> Party:
    """A state with three people: a drafter, a head of mission and an observer."""
    code = f"{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}{chr(65 + number // 676)}"
    party, is_new = Party.objects.get_or_create(code=code, defaults={"kind": "state"})
    if is_new:
        name = f"State {code}"
        PartyName.objects.create(party=party, language="en", name=name, sort_key=name)
        people = User.objects.bulk_create(
            User(
                email=f"{role}@{code.lower()}.example",
                name=f"{role.label} {code}",
                password=make_password(None),
            )
            for role in ROLES
        )
        Mandate.objects.bulk_create(
            Mandate(user=user, party=party, role=role, from_on=SINCE, order=order)
            for order, (user, role) in enumerate(zip(people, ROLES, strict=True), 1)
        )
    return party


def file(treaty: Treaty, number: int, *, now: datetime) -> Notification:
    """The withdrawal of the party of that number, drafted by one person, issued by another."""
    ready = draft(treaty, number, now=now)
    return issue_notification(draft=ready, actor=head_of(number), now=now)


def draft(treaty: Treaty, number: int, *, now: datetime) -> Draft:
    """The draft of it, sent for approval."""
    party, drafter = member(number), _people(number)[0]
    begun = draft_notification(
        treaty=treaty, party=party, act="withdrawal", fields=FIELDS, actor=drafter, now=now
    )
    return send_for_approval(draft=begun, version=begun.version, actor=drafter, now=now)


def head_of(number: int) -> User:
    """Who issues for the party of that number."""
    return _people(number)[1]


def _people(number: int) -> list[User]:
    return list(User.objects.filter(mandates__party=member(number)).order_by("mandates__order"))
