"""The matrix of roles × pages × records, walked; and that no address stands outside it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from notifications.emails.replying import reply_address
from notifications.models import (
    Attachment,
    Deadline,
    Draft,
    Event,
    Mandate,
    Message,
    Notification,
    Role,
    User,
)
from notifications.services.convening import convene_conference
from notifications.services.draft_files import add_files
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.paper_notes import enter_paper_note
from notifications.services.papers import Upload
from notifications.services.runs import track_runs
from notifications.services.sweeps import send_alerts
from notifications.services.taking_in import take_in
from tests import paper
from tests.factories import (
    NOW,
    QUARTERS,
    TODAY,
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

HIDDEN = {"addressees": ["RUS"], "visibility": "restricted"}
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
    scan, hidden_scan = (_scan(cast, **limits) for limits in ({}, HIDDEN))
    return {
        "": {},
        "scan": {"uid": scan.uid},
        "hidden-scan": {"uid": hidden_scan.uid},
        "draft-file": _draft_file(cast),
        "treaty": {"slug": cast.treaty.slug},
        "filed": {"slug": cast.treaty.slug, "act": "withdrawal"},
        "kept": {"slug": cast.treaty.slug, "act": "conference"},
        "unknown": {"slug": cast.treaty.slug, "act": "treaty-of-peace"},
        "own": {"uid": own.uid},
        "restricted": {"uid": restricted.uid},
        "other": {"uid": _other_act().uid},
        "draft": {"uid": us_draft(cast, is_sent=False).uid},
        "joint": {"uid": _joint_conference(cast, own).uid},
        "case": {"uid": own.case.uid},
        "clock": {"uid": own.deadlines.get(clause__slug="xv-3").uid},
        **_hidden(cast),
        "awaiting": {"uid": us_draft(cast).uid},
        "mail": {"uid": mail.uid},
        **_answers(own, restricted),
        **_runs(),
    }


def _answers(own: Notification, restricted: Notification) -> Records:
    """Answers that came by mail from Russia, and a mail that is none."""
    taken = {}
    for name, act in (("answer", own), ("hidden-answer", restricted)):
        message = Message.objects.filter(
            alert__notification=act, user__name="Boris Drafter", state="sent"
        )[0]
        raw = f"From: {message.user.email}\r\nTo: {reply_address(message)}\r\n\r\nWe object."
        taken[name] = {"uid": take_in(raw.encode(), now=NOW + timedelta(days=1)).drafted.uid}
    return {**taken, "spam": {"uid": take_in(b"Subject: Buy\r\n\r\nBuy.", now=NOW).uid}}


def _runs() -> Records:
    """A duty of each party to a treaty, and one of its depositary."""
    duty = {"bearer": "depositaries", "act": "conference"}
    joint = {**QUARTERS, "id": "xi", "article": "XI", "duty": duty}
    make_treaty("quarters", members=("USA", "JPN"), depositaries=("CAN",), rules=(QUARTERS, joint))
    track_runs(now=NOW)
    return {
        "run": {"uid": Deadline.objects.get(run_from=TODAY, bearer__code="USA").uid},
        "joint-run": {"uid": Deadline.objects.get(run_from=TODAY, bearer=None).uid},
    }


def _hidden(cast: Cast) -> Records:
    """A matter between the United States and Russia alone, and its clock."""
    act = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-07-21", "text": "A note.", **HIDDEN},
    )
    return {
        "hidden-case": {"uid": act.case.uid},
        "hidden-clock": {"uid": act.deadlines.get().uid},
    }


def _scan(cast: Cast, **limits: object) -> Attachment:
    """The scan of an allegation that the secretariat entered for the United States."""
    secretary, _is_new = User.objects.get_or_create(email="sofia@example.org", name="Sofia")
    Mandate.objects.get_or_create(
        user=secretary, party=make_party("UNO"), role=Role.SECRETARIAT, from_on=NOW.date()
    )
    note = enter_paper_note(
        treaty=cast.treaty,
        senders=[cast.party("USA")],
        act="breach-allegation",
        fields={"against": ["RUS"], "text": "A note.", **limits},
        given_on=NOW.date(),
        received={},
        scan=paper.pdf(),
        scan_name="note.pdf",
        language="en",
        actor=User.objects.get(pk=secretary.pk),
        now=NOW,
    )
    return note.attachments.get()


def _draft_file(cast: Cast) -> dict[str, object]:
    """A file that goes with a draft of the United States."""
    draft = us_draft(cast, is_sent=False)
    uploads = [Upload(paper.png(), "map.png")]
    draft = add_files(draft=draft, uploads=uploads, version=1, actor=cast.us_drafter, now=NOW)
    return {"uid": draft.uid, "sha256": draft.fields["attachments"][0]["sha256"]}


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


def _joint_conference(cast: Cast, act: Notification) -> Draft:
    made = convene_conference(
        notification=act,
        senders=[cast.party("CAN"), cast.party("HUN")],
        held_on=TODAY + timedelta(days=40),
        text="",
        actor=cast.canadian_officer,
        now=NOW,
    )
    assert isinstance(made, Draft)
    return made


def answer(line: Line, role: str, cast: Cast, records: Records) -> int:
    """The status code; whatever the request did is undone."""
    browser = Client()
    if role != "nobody":
        browser.force_login(getattr(cast, role))
    address = reverse(line.page, kwargs=records[line.record])
    events = Event.objects.count()
    with transaction.atomic():
        ask = browser.post if line.method == "POST" else browser.get
        response = ask(address, line.data)
        code = response.status_code
        if response.streaming:
            list(response)  # to its end, so that its file is closed
        if code == 404 or role == "nobody":
            assert Event.objects.count() == events, f"{role} changed something by {line}"
        transaction.set_rollback(True)
    return code


def test_every_role_gets_at_every_page_what_the_matrix_says(cast: Cast, records: Records) -> None:
    wrong = [
        f"{line.method} {line.page} of {line.record or 'nothing'} by {role}: {got}, not {code}"
        for line in MATRIX
        for role, code in line.expected.items()
        if (got := answer(line, role, cast, records)) != code
    ]
    assert wrong == []


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            # The addresses of the admin are walked in tests/admin/test_access.py.
            yield from () if entry.namespace == "admin" else _patterns(entry)
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
