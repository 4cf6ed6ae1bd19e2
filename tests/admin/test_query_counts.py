"""A page of the admin asks the database as often for fifty rows as for five."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.models import (
    Clause,
    ClauseVersion,
    Deadline,
    Delivery,
    Mandate,
    Message,
    Notification,
    Party,
    Transmission,
    User,
)
from notifications.models.registry import Succession
from tests.admin.crowds import crowd, version
from tests.factories import NOW, TODAY, XV_2, Cast, make_cast, make_party

FEW, MANY = 5, 50
Grow = Callable[[int, int], None]


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone: the crowd is made by the test."""
    return make_cast()


def _asked(browser: Client, address: str) -> int:
    """The number of queries of a page that was shown once before."""
    assert browser.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200, address
    return len(queries)


def _lists() -> list[str]:
    lists = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]
    pages = ["admin:index", "admin:mail-health", "admin:heartbeats", "admin:forecast"]
    return [*lists, *(reverse(page) for page in pages)]


def test_every_list_and_its_number_of_rows(cast: Cast, administrator: Client) -> None:
    crowd(cast, 0, FEW)
    few = {address: _asked(administrator, address) for address in _lists()}
    crowd(cast, FEW, MANY)
    many = {address: _asked(administrator, address) for address in _lists()}
    assert many == few


def test_a_search_and_its_number_of_rows(cast: Cast, administrator: Client) -> None:
    addresses = [f"{address}?q=org" for address in _lists()[: len(admin.site._registry)]]
    crowd(cast, 0, FEW)
    few = {address: _asked(administrator, address) for address in addresses}
    crowd(cast, FEW, MANY)
    assert {address: _asked(administrator, address) for address in addresses} == few


def _versions(cast: Cast) -> tuple[str, Grow]:
    deadline = Deadline.objects.latest("pk")

    def grow(first: int, last: int) -> None:
        for no in range(first, last):
            version(deadline, cast.canadian_officer, no + 2)

    return reverse("admin:notifications_deadline_change", args=[deadline.pk]), grow


def _transmissions(cast: Cast) -> tuple[str, Grow]:
    act = Notification.objects.latest("pk")

    def grow(first: int, last: int) -> None:
        for no in range(first, last):
            Transmission.objects.create(
                notification=act,
                party=make_party(f"Y{no:02}"),
                role="issue",
                channel="note",
                at=NOW,
            )

    return reverse("admin:notifications_notification_change", args=[act.pk]), grow


def _mandates(cast: Cast) -> tuple[str, Grow]:
    user = User.objects.latest("pk")

    def grow(first: int, last: int) -> None:
        for no in range(first, last):
            party = make_party(f"Z{no:02}")
            Mandate.objects.create(user=user, party=party, role="observer", from_on=TODAY)

    return reverse("admin:notifications_user_change", args=[user.pk]), grow


def _successions(cast: Cast) -> tuple[str, Grow]:
    old = Party.objects.get(code="FRA")

    def grow(first: int, last: int) -> None:
        for no in range(first, last):
            Succession.objects.create(old=old, new=make_party(f"S{no:02}"), on=TODAY, kind="union")

    return reverse("admin:notifications_party_change", args=[old.pk]), grow


def _attempts(cast: Cast) -> tuple[str, Grow]:
    message = Message.objects.latest("pk")

    def grow(first: int, last: int) -> None:
        for _no in range(first, last):
            Delivery.objects.create(message=message, outcome="deferred", reply="451", at=NOW)

    return reverse("admin:notifications_message_change", args=[message.pk]), grow


def _clauses(cast: Cast) -> tuple[str, Grow]:
    def grow(first: int, last: int) -> None:
        for no in range(first, last):
            Clause.objects.create(treaty=cast.treaty, slug=f"c-{no}")

    return reverse("admin:notifications_treaty_change", args=[cast.treaty.pk]), grow


def _clause_versions(cast: Cast) -> tuple[str, Grow]:
    clause = Clause.objects.latest("pk")

    def grow(first: int, last: int) -> None:
        for no in range(first, last):
            ClauseVersion.objects.create(
                clause=clause, no=no + 2, rule=XV_2, digest="", reason="x", entered_at=NOW
            )

    return reverse("admin:notifications_clause_change", args=[clause.pk]), grow


@pytest.mark.parametrize(
    "page",
    [
        _versions,
        _transmissions,
        _mandates,
        _successions,
        _attempts,
        _clauses,
        _clause_versions,
    ],
)
def test_the_page_of_a_record_and_its_rows(
    cast: Cast, administrator: Client, page: Callable[[Cast], tuple[str, Grow]]
) -> None:
    crowd(cast, 0, 1)
    address, grow = page(cast)
    grow(0, FEW)
    few = _asked(administrator, address)
    grow(FEW, MANY)
    assert _asked(administrator, address) == few
