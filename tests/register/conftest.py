"""Registers with something in them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from notifications.emails.replying import reply_address
from notifications.models import Deadline, Message, Role
from notifications.services.defects import bring_defect
from notifications.services.ledger import stop_clock
from notifications.services.library import SCENARIOS
from notifications.services.outcomes import confirm_outcome
from notifications.services.paper_notes import enter_paper_note
from notifications.services.papers import Upload
from notifications.services.receiving import register_receipt
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.sweeps import send_alerts, track_deadlines
from notifications.services.taking_in import take_in
from tests import paper
from tests.factories import NOW, TODAY, Cast, add_clause, issue_act, make_cast, make_user

SILENCE = {
    "id": "xx-5",
    "article": "XX(5)",
    "governs": "breach-allegation",
    "starts": "given",
    "count": [{"add": "P10D"}],
    "yields": "lapse",
    "silence": "acceptance",
}


@pytest.fixture
def cast(db: None) -> Cast:
    """A case with a row in most sealed tables."""
    cast = make_cast()
    add_clause(cast.treaty, SILENCE)
    notification = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-07-21", "text": "A breach."},
    )
    russia = cast.party("RUS")
    register_receipt(
        notification=notification,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    acknowledge_notification(
        notification=notification, party=russia, actor=cast.russian_drafter, now=NOW
    )
    respond_to_notification(
        notification=notification,
        party=russia,
        position="rejects",
        text="No.",
        actor=cast.russian_drafter,
        now=NOW,
        files=[Upload(paper.png(), "map.png")],
    )
    bring_defect(notification=notification, text="No seal.", actor=cast.canadian_officer, now=NOW)
    _keep_ledger(cast)
    send_alerts(now=NOW)
    _take_in_mail()
    return cast


def _take_in_mail() -> None:
    """An answer by mail of somebody whom nobody knows."""
    message = Message.objects.filter(state="sent", alert__kind="issued", party__code="RUS")[0]
    head = f"From: nobody@example.org\r\nTo: {reply_address(message)}\r\nSubject: Re: notice\r\n"
    mail = take_in(f"{head}Message-ID: <one@example.org>\r\n\r\nNo.\r\n".encode(), now=NOW)
    assert mail.reason == "stranger"


def _enter_paper_note(cast: Cast) -> None:
    """A note given on paper, with its scan."""
    enter_paper_note(
        treaty=cast.treaty,
        senders=[cast.party("USA")],
        act="withdrawal",
        fields={"article": "XV(2)", "text": "A note on paper."},
        given_on=TODAY - timedelta(days=12),
        received={cast.party("CAN"): TODAY},
        scan=paper.pdf(),
        scan_name="note.pdf",
        language="en",
        actor=make_user("Sofia Secretary", "UNO", Role.SECRETARIAT),
        now=NOW,
    )


def _keep_ledger(cast: Cast) -> None:
    """A time-limit that was stopped, and a silence of which the outcome was confirmed."""
    clock = Deadline.objects.get(clause__slug="xx-5")
    stop_clock(
        deadline=clock,
        on=TODAY - timedelta(days=1),
        until=TODAY,
        reason="talks",
        actor=cast.canadian_officer,
        now=NOW,
    )
    over = NOW + timedelta(days=30)
    track_deadlines(now=over)
    clock = Deadline.objects.with_reasons().get(pk=clock.pk)
    confirm_outcome(
        deadline=clock, is_confirmed=True, reason="", actor=cast.canadian_officer, now=over
    )


@pytest.fixture
def everything(cast: Cast) -> Cast:
    """A row in every sealed table: the replay of a scenario besides."""
    call_command("load_library", stdout=StringIO())
    call_command("replay", str(SCENARIOS / "inf-2018-2019.yaml"), stdout=StringIO())
    _enter_paper_note(cast)
    return cast
