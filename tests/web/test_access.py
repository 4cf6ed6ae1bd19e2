"""The matrix of roles × pages × records, walked; and that no address stands outside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from notifications.models import Event, Message, Notification, Role
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.sweeps import send_alerts
from tests.factories import (
    NOW,
    WITHDRAWAL_FIELDS,
    Cast,
    issue,
    issue_act,
    make_party,
    make_treaty,
    make_user,
    us_draft,
)
from tests.web.matrix import MATRIX, ROLES, Line

Records = dict[str, dict[str, object]]


@pytest.fixture
def records(cast: Cast) -> Records:
    """One record of each kind, by the name that the matrix gives it."""
    own = issue(cast)
    restricted = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "A note."},
    )
    send_alerts(now=NOW + timedelta(days=100))
    mail = Message.objects.filter(
        user=cast.russian_drafter, alert__notification=own, alert__kind="deadline"
    ).latest("pk")
    return {
        "": {},
        "treaty": {"slug": cast.treaty.slug},
        "own": {"uid": own.uid},
        "restricted": {"uid": restricted.uid},
        "other": {"uid": _other_act().uid},
        "draft": {"uid": us_draft(cast, is_sent=False).uid},
        "awaiting": {"uid": us_draft(cast).uid},
        "mail": {"uid": mail.uid},
    }


def _other_act() -> Notification:
    treaty = make_treaty("bilateral", members=("JPN", "DEU"), depositaries=())
    drafter = make_user("Other Drafter", "JPN", Role.DRAFTER)
    head = make_user("Other Head", "JPN", Role.HEAD_OF_MISSION)
    draft = draft_notification(
        treaty=treaty,
        party=make_party("JPN"),
        act="withdrawal",
        fields=WITHDRAWAL_FIELDS,
        actor=drafter,
        now=NOW,
    )
    draft = send_for_approval(draft=draft, version=1, actor=drafter, now=NOW)
    return issue_notification(draft=draft, actor=head, now=NOW)


def _answer(line: Line, role: str, cast: Cast, records: Records) -> int:
    """The status code; whatever the request did is undone."""
    browser = Client()
    if role != "nobody":
        browser.force_login(getattr(cast, role))
    address = reverse(line.page, kwargs=records[line.record])
    events = Event.objects.count()
    with transaction.atomic():
        ask = browser.post if line.method == "POST" else browser.get
        code = ask(address, line.data).status_code
        if code == 404 or role == "nobody":
            assert Event.objects.count() == events, f"{role} changed something by {line}"
        transaction.set_rollback(True)
    return code


def test_every_role_gets_at_every_page_what_the_matrix_says(cast: Cast, records: Records) -> None:
    wrong = [
        f"{line.method} {line.page} of {line.record or 'nothing'} by {role}: {got}, not {code}"
        for line in MATRIX
        for role, code in line.expected.items()
        if (got := _answer(line, role, cast, records)) != code
    ]
    assert wrong == []


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


def test_no_address_of_the_project_is_missing_from_the_matrix() -> None:
    addresses = {pattern.name or str(pattern.pattern) for pattern in _patterns(get_resolver())}
    assert addresses == {line.page for line in MATRIX}


def test_a_person_whose_mandate_has_ended_reads_nothing_of_the_party(
    cast: Cast, records: Records
) -> None:
    mandate = cast.russian_drafter.mandates.get()
    mandate.to_on = NOW.date() - timedelta(days=1)
    mandate.save()
    browser = Client()
    browser.force_login(cast.russian_drafter)
    for record in ("own", "restricted"):
        assert browser.get(reverse("notification", kwargs=records[record])).status_code == 404


def test_the_matrix_names_every_role_in_every_line() -> None:
    assert all(set(line.expected) == set(ROLES) for line in MATRIX)
