"""The page of a person: how they wish to be reminded is shown there, and changed by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Preference
from tests.factories import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone."""
    return make_cast()


def test_an_administrator_reads_the_wishes_of_a_person_and_cannot_type_over_them(
    cast: Cast, client: Client
) -> None:
    Preference.objects.create(
        user=cast.us_drafter,
        ladder=[45, 7],
        quiet_from=time(22),
        quiet_to=time(6, 30),
        snooze_until=datetime(2020, 5, 29, 9, 0, tzinfo=UTC),
        digest="weekly",
    )
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:notifications_user_change", args=[cast.us_drafter.pk])).text
    assert "<td>45, 7</td>" in page
    assert "<td>22:00–06:30</td>" in page
    assert "Paused until" in page
    assert "<td>in one mail a week</td>" in page
    for name in ("ladder", "quiet_from", "quiet_to", "snooze_until", "digest"):
        assert f'name="preference-0-{name}"' not in page
