"""What an administrator does not learn: restricted acts, and whatever is still a draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from notifications.models import (
    Deadline,
    Draft,
    Event,
    Mandate,
    Message,
    Notification,
    Progress,
    Receipt,
    Response,
    Role,
    Transmission,
)
from notifications.services.receiving import register_receipt
from notifications.services.responding import respond_to_notification
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, TODAY, Cast, issue, issue_act, make_cast, us_draft

SECRET = "The words that nobody else may read."


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone."""
    return make_cast()


@pytest.fixture
def restricted(cast: Cast) -> Notification:
    """An allegation to Russia alone, received, answered and told by mail."""
    fields = {
        "against": ["RUS"],
        "addressees": ["RUS", "CAN"],
        "visibility": "restricted",
        "respond_by": (TODAY + timedelta(days=60)).isoformat(),
        "text": SECRET,
    }
    act = issue_act(cast, "breach-allegation", fields)
    register_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    respond_to_notification(
        notification=act,
        party=cast.party("RUS"),
        position="rejects",
        text=SECRET,
        actor=cast.russian_drafter,
        now=NOW,
    )
    send_alerts(now=NOW)
    return act


def records_of(act: Notification) -> Iterator[tuple[str, int]]:
    """The pages that the admin would have of an act and of what came of it."""
    yield "notification", act.pk
    for model, name in (
        (Receipt, "receipt"),
        (Response, "response"),
        (Transmission, "transmission"),
        (Deadline, "deadline"),
    ):
        yield name, model.objects.filter(notification=act).latest("pk").pk  # type: ignore[attr-defined]
    yield "message", Message.objects.filter(alert__notification=act).latest("pk").pk


def test_nothing_of_a_restricted_act_has_a_page(
    restricted: Notification, administrator: Client
) -> None:
    for name, key in records_of(restricted):
        for page in ("change", "history"):
            address = reverse(f"admin:notifications_{name}_{page}", args=[key])
            assert administrator.get(address).status_code == 404, address


def test_nothing_of_a_restricted_act_stands_in_a_list_or_is_found(
    restricted: Notification, administrator: Client
) -> None:
    for model in admin.site._registry:
        address = reverse(f"admin:notifications_{model._meta.model_name}_changelist")
        for query in ("", "?q=nobody+else", "?q=Open"):
            page = administrator.get(address + query)
            assert SECRET not in page.content.decode(), address
        listed = administrator.get(address).context["cl"].result_list
        of_act = [row for row in listed if getattr(row, "notification_id", None) == restricted.pk]
        assert of_act == [], address


def test_a_mandate_besides_opens_the_missions_pages_and_not_the_admin(
    restricted: Notification, cast: Cast, administrator: Client
) -> None:
    Mandate.objects.create(
        user=cast.administrator,
        party=cast.party("RUS"),
        role=Role.DRAFTER,
        from_on=date(1990, 1, 1),
    )
    own = reverse("notification", kwargs={"uid": restricted.uid})
    assert administrator.get(own).status_code == 200
    address = reverse("admin:notifications_notification_change", args=[restricted.pk])
    assert administrator.get(address).status_code == 404


def test_events_of_a_restricted_act_show_ids_alone(
    restricted: Notification, administrator: Client
) -> None:
    event = Event.objects.get(act="notification-issued", record=f"notification:{restricted.pk}")
    address = reverse("admin:notifications_event_change", args=[event.pk])
    told = administrator.get(address).context["told"]
    assert (told.reason, told.changes, told.details) == ("", (), ())
    assert f"notification:{restricted.pk}" in told.rows


def test_events_of_drafts_and_of_mail_show_ids_alone(
    restricted: Notification, cast: Cast, administrator: Client
) -> None:
    us_draft(cast)
    events = Event.objects.exclude(record__startswith="notification:")
    events = events.exclude(record__startswith="clause:")
    kinds = set()
    for event in events:
        address = reverse("admin:notifications_event_change", args=[event.pk])
        told = administrator.get(address).context["told"]
        assert told.details == (), event
        kinds.add(event.record.partition(":")[0])
    assert {"draft", "message"} <= kinds


def test_events_of_an_act_that_may_be_read_show_what_they_say(
    cast: Cast, administrator: Client
) -> None:
    act = issue(cast)
    event = Event.objects.get(act="notification-issued", record=f"notification:{act.pk}")
    address = reverse("admin:notifications_event_change", args=[event.pk])
    assert ("case", str(act.case_id)) in administrator.get(address).context["told"].details


def test_columns_of_sealed_rows_are_never_shown(cast: Cast, administrator: Client) -> None:
    act = issue(cast)
    event = Event.objects.get(act="notification-issued", record=f"notification:{act.pk}")
    page = administrator.get(reverse("admin:notifications_event_change", args=[event.pk]))
    assert act.digest not in page.content.decode()
    assert act.digest in event.body


def test_drafts_are_not_in_the_admin(cast: Cast, administrator: Client) -> None:
    draft = us_draft(cast)
    assert Draft not in admin.site._registry
    assert administrator.get(f"/admin/notifications/draft/{draft.pk}/change/").status_code == 404


def test_an_act_that_refers_to_a_restricted_one_does_not_name_it(
    restricted: Notification, cast: Cast, administrator: Client
) -> None:
    answer = Notification.objects.create(
        case=restricted.case,
        act="rescission",
        treaty=restricted.treaty,
        given_on=TODAY,
        zone="UTC",
        entered_at=NOW,
        refers_to=restricted,
        drafted_by=cast.us_drafter,
        approved_by=cast.us_head,
        canonical="{}",
        digest="x",
    )
    Progress.objects.create(notification=answer)
    address = reverse("admin:notifications_notification_change", args=[answer.pk])
    page = administrator.get(address)
    assert page.status_code == 200
    assert "Allegation" not in page.content.decode()
