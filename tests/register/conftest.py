"""Registers with something in them."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from notifications.services.library import SCENARIOS
from notifications.services.receiving import register_receipt
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, TODAY, Cast, issue_act, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """A case with a row in most sealed tables."""
    cast = make_cast()
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
    )
    send_alerts(now=NOW)
    return cast


@pytest.fixture
def everything(cast: Cast) -> Cast:
    """A row in every sealed table: the replay of a scenario besides."""
    call_command("load_library", stdout=StringIO())
    call_command("replay", str(SCENARIOS / "inf-2018-2019.yaml"), stdout=StringIO())
    return cast
