"""Many records of every kind that the admin lists, made without the ceremony of their services."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from notifications.models import (
    Attachment,
    Circulation,
    Clause,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Defect,
    Document,
    Fact,
    Mandate,
    Notification,
    Outcome,
    Participation,
    Party,
    PartyName,
    Progress,
    Receipt,
    Response,
    Sender,
    Statement,
    Succession,
    Transmission,
    Treaty,
    User,
)
from notifications.models.alerts import Alert
from notifications.models.outbox import Delivery, Message
from tests.factories import NOW, TODAY, XV_2, Cast


@transaction.atomic
def crowd(cast: Cast, first: int, last: int) -> None:
    """One record of each kind for every number from ``first`` up to ``last``, not included."""
    for number in range(first, last):
        party = _registry(cast, number)
        act = _act(cast, party, number)
        _follow(cast, party, act, number)


def _registry(cast: Cast, number: int) -> Party:
    party = Party.objects.create(code=f"org-{number}", kind="organisation")
    PartyName.objects.create(party=party, language="en", name=f"Org {number}", sort_key="o")
    Succession.objects.create(old=party, new=cast.party("USA"), on=TODAY, kind="union")
    treaty = Treaty.objects.create(slug=f"t-{number}", title="T", short_title=f"T {number}")
    Participation.objects.create(party=party, treaty=treaty, in_force_on=date(2002, 1, 1))
    clause = Clause.objects.create(treaty=treaty, slug="xv-2")
    ClauseVersion.objects.create(
        clause=clause, no=1, governs="withdrawal", rule=XV_2, digest="x", reason="x", entered_at=NOW
    )
    user = User.objects.create_user(f"u{number}@example.org", name=f"U {number}")
    Mandate.objects.create(user=user, party=party, role="observer", from_on=date(1990, 1, 1))
    return party


def _act(cast: Cast, party: Party, number: int) -> Notification:
    treaty = Treaty.objects.get(slug=f"t-{number}")
    case = treaty.cases.create(title=f"Case {number}")
    act = Notification.objects.create(
        case=case,
        act="withdrawal",
        treaty=treaty,
        given_on=TODAY,
        zone="UTC",
        entered_at=NOW,
        text="Text.",
        drafted_by=cast.us_drafter,
        approved_by=cast.us_head,
        canonical="{}",
        digest="x",
    )
    Progress.objects.create(notification=act)
    Sender.objects.create(notification=act, party=party)
    return act


def _follow(cast: Cast, party: Party, act: Notification, number: int) -> None:
    by, common = cast.canadian_officer, {"notification": act, "party": party}
    Receipt.objects.create(**common, on=TODAY, entered_at=NOW, entered_by=by)
    Transmission.objects.create(**common, role="issue", channel="system", at=NOW)
    Circulation.objects.create(
        notification=act, series="X", year=2020, seq=number + 1, number=f"X.{number}", at=NOW, by=by
    )
    Response.objects.create(
        **common, position="regrets", given_at=NOW, entered_at=NOW, by=by, canonical="{}", digest=""
    )
    Statement.objects.create(case=act.case, party=party, on=TODAY, canonical="{}", digest="")
    Defect.objects.create(notification=act, text="No seal.", at=NOW, by=by)
    document = Document.objects.create(sha256=f"{number:064}", size=10, type="image/png")
    Attachment.objects.create(document=document, notification=act, name="a.png", at=NOW, by=by)
    deadline = Deadline.objects.create(
        case=act.case,
        notification=act,
        origin="respond_by",
        owed_by="addressee",
        bearer=party,
        status="running",
    )
    version(deadline, by, 1)
    Fact.objects.create(
        case=act.case, kind="stop", deadline=deadline, on=TODAY, entered_at=NOW, by=by, reason="x"
    )
    Outcome.objects.create(
        deadline=deadline, meaning="acceptance", is_confirmed=True, at=NOW, by=by
    )
    _mail(act, party)


def version(deadline: Deadline, by: User, no: int) -> DeadlineVersion:
    """The next computation of a clock, one day later than the one before."""
    due_on = TODAY + timedelta(days=30 + no)
    return DeadlineVersion.objects.create(
        deadline=deadline,
        no=no,
        result="computed",
        due_on=due_on,
        due_at=NOW + timedelta(days=30 + no),
        zone="UTC",
        cause="x",
        computed_at=NOW,
        computed_by=by,
    )


def _mail(act: Notification, party: Party) -> None:
    alert = Alert.objects.create(
        case=act.case, notification=act, kind="issued", audience="senders", due_at=NOW
    )
    mandate = Mandate.objects.get(party=party)
    message = Message.objects.create(
        alert=alert,
        user=mandate.user,
        mandate=mandate,
        party=party,
        address=mandate.user.email,
        message_id=f"<{act.pk}@x>",
        state="failed",
        next_at=NOW,
        tries=8,
    )
    Delivery.objects.create(message=message, outcome="refused", reply="550 no", at=NOW)
