"""A page asks the database as often for many rows as for few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications.acts import ACTS
from notifications.models import Draft, Message, Notification, Role, User
from notifications.services.circulating import circulate_notification
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.receiving import register_receipt
from notifications.services.recording import record_statement
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.sweeps import send_alerts
from tests.factories import (
    TODAY,
    Cast,
    filing_page,
    issue,
    issue_act,
    make_cast,
    make_treaty,
    make_user,
    us_draft,
)
from tests.sample_acts import SAMPLES
from tests.web.conftest import LATER

SignIn = Callable[[User], Client]
MANY = [f"X{letter}{other}" for letter in "ABCDE" for other in "ABCDEFGH"]


@contextmanager
def counted() -> Iterator[list[int]]:
    found: list[int] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.append(len(queries))


def asked(browser: Client, address: str) -> int:
    """The number of queries of one page, which was shown once before."""
    assert browser.get(address).status_code == 200
    with counted() as found:
        browser.get(address)
    return found[0]


def everything_happens(cast: Cast, act: Notification, parties: list[str]) -> None:
    """Receipt, circulation, statements, and an acknowledgement and a response of each party."""
    register_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=LATER,
    )
    circulate_notification(notification=act, actor=cast.canadian_officer, now=LATER)
    for code in parties:
        party = cast.party(code)
        user = make_user(f"Drafter {code} {act.pk}", code, Role.DRAFTER)
        acknowledge_notification(notification=act, party=party, actor=user, now=LATER)
        respond_to_notification(
            notification=act, party=party, position="regrets", text="", actor=user, now=LATER
        )
        record_statement(
            case=act.case, party=party, on=TODAY, text="x", source="", actor=user, now=LATER
        )


@pytest.mark.parametrize("act", ["withdrawal", "breach-allegation"])
def test_the_page_of_a_notification_and_its_number_of_parties(
    db: None, sign_in: SignIn, act: str
) -> None:
    cast = make_cast()
    large = make_treaty("large", members=("USA", "RUS", "CAN", "HUN", "DEU", "FRA", *MANY))
    browser, counts = sign_in(cast.russian_drafter), []
    for treaty, parties in ((cast.treaty, ["FRA"]), (large, ["FRA", *MANY])):
        cast.treaty = treaty
        fields = {"against": ["RUS", *parties], "respond_by": "2020-06-30", "text": "x"}
        filed = issue(cast) if act == "withdrawal" else issue_act(cast, act, fields)
        everything_happens(cast, filed, parties)
        counts.append(asked(browser, reverse("notification", kwargs={"uid": filed.uid})))
    assert counts[0] == counts[1]


def test_the_form_its_panel_and_approval_and_their_number_of_parties(
    db: None, sign_in: SignIn
) -> None:
    cast = make_cast()
    large = make_treaty("large", members=("USA", "RUS", "CAN", "HUN", *MANY))
    counts = []
    for treaty in (cast.treaty, large):
        cast.treaty = treaty
        draft = us_draft(cast)
        counts.append(
            [
                asked(sign_in(cast.us_drafter), filing_page(treaty)),
                asked(sign_in(cast.us_drafter), reverse("draft", kwargs={"uid": draft.uid})),
                asked(sign_in(cast.us_head), reverse("draft-approval", kwargs={"uid": draft.uid})),
                asked(sign_in(cast.us_head), reverse("treaty", kwargs={"slug": treaty.slug})),
            ]
        )
    assert counts[0] == counts[1]


LISTS = ("desk", "treaties", "register", "mailbox")


def test_lists_and_their_number_of_rows(cast: Cast, sign_in: SignIn) -> None:
    people = (
        cast.us_head,
        cast.us_drafter,
        cast.russian_drafter,
        cast.canadian_officer,
        cast.administrator,
    )

    def counts() -> dict[str, int]:
        slug = {"slug": cast.treaty.slug}
        return {
            **{
                f"{page} of {person.name}": asked(sign_in(person), reverse(page))
                for person in people
                for page in LISTS
            },
            "treaty": asked(sign_in(cast.us_drafter), reverse("treaty", kwargs=slug)),
        }

    def more(number: int) -> None:
        for round_ in range(number):
            us_draft(cast)
            filed = issue(cast)
            issue(cast)
            issue_act(
                cast,
                "breach-allegation",
                {"against": ["RUS"], "respond_by": "2020-06-30", "text": "x"},
            )
            everything_happens(cast, filed, ["FRA"])
            make_treaty(f"more-{Draft.objects.count()}-{round_}", members=("USA", "RUS"))
        send_alerts(now=LATER + timedelta(minutes=1))

    more(1)
    few = counts()
    more(4)
    assert counts() == few


def test_the_pages_that_act_and_the_cards(cast: Cast, client: Client, sign_in: SignIn) -> None:
    large = make_treaty("large", members=("USA", "RUS", "CAN", "HUN", *MANY))
    few = asked(client, reverse("sign-in"))
    counts = []
    for treaty in (cast.treaty, large):
        cast.treaty = treaty
        act = issue(cast)
        here = {"uid": act.uid}
        counts.append(
            [
                asked(sign_in(cast.canadian_officer), reverse("receipt", kwargs=here)),
                asked(sign_in(cast.canadian_officer), reverse("conference", kwargs=here)),
                asked(sign_in(cast.canadian_officer), reverse("circulate", kwargs=here)),
                asked(sign_in(cast.russian_drafter), reverse("respond", kwargs=here)),
            ]
        )
    assert counts[0] == counts[1]
    for code in MANY:
        make_user(f"Somebody of {code}", code, Role.DRAFTER)
    assert asked(client, reverse("sign-in")) == few


def test_a_message_of_the_mailbox(cast: Cast, sign_in: SignIn) -> None:
    issue(cast)
    send_alerts(now=LATER)
    message = Message.objects.filter(user=cast.russian_drafter).latest("pk")
    address = reverse("mailbox-message", kwargs={"uid": message.uid})
    assert asked(sign_in(cast.russian_drafter), address) <= 10


def test_the_form_of_every_act_the_menu_and_their_number_of_notices_and_parties(
    db: None, sign_in: SignIn
) -> None:
    cast = make_cast()
    large = make_treaty("large", members=("USA", "RUS", "CAN", "HUN", "DEU", "FRA", *MANY))
    counts = []
    for treaty, number in ((cast.treaty, 1), (large, 5)):
        cast.treaty = treaty
        for _round in range(number):
            for kind in ("withdrawal", "suspension", "amendment-proposal", "reservation"):
                issue_act(cast, kind, SAMPLES[kind].fields)
            issue_act(cast, "breach-allegation", {"against": ["RUS"], "text": "x"})
        pages = {"menu": reverse("file", kwargs={"slug": treaty.slug})}
        pages |= {kind: filing_page(treaty, kind) for kind in ACTS if kind != "conference"}
        browser = sign_in(cast.us_drafter)
        found = {name: asked(browser, address) for name, address in pages.items()}
        officer = sign_in(cast.canadian_officer)
        found["conference"] = asked(officer, filing_page(treaty, "conference"))
        counts.append(found)
    assert counts[0] == counts[1]


def test_the_page_of_an_act_and_how_much_refers_to_it(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    address = reverse("notification", kwargs={"uid": act.uid})

    def more(number: int) -> int:
        for _round in range(number):
            issue_act(cast, "correction", SAMPLES["correction"].fields, refers_to=act)
            issue_act(cast, "objection", {"text": "x"}, code="RUS", refers_to=act)
        return asked(sign_in(cast.us_drafter), address)

    assert more(1) == more(5)


def test_the_pages_of_a_joint_draft_and_how_many_give_it(db: None, sign_in: SignIn) -> None:
    cast = make_cast()
    large = make_treaty("large", members=("USA", "RUS", "CAN", "HUN", *MANY))
    counts = []
    for treaty, partners in ((cast.treaty, ["RUS"]), (large, ["RUS", *MANY])):
        draft = draft_notification(
            treaty=treaty,
            party=cast.party("USA"),
            act="dialogue-proposal",
            fields={"text": "Let us talk.", "joint_with": partners},
            actor=cast.us_drafter,
            now=LATER,
        )
        send_for_approval(draft=draft, version=1, actor=cast.us_drafter, now=LATER)
        here = {"uid": draft.uid}
        counts.append(
            [
                asked(sign_in(cast.russian_head), reverse("draft-concur", kwargs=here)),
                asked(sign_in(cast.russian_head), reverse("draft", kwargs=here)),
                asked(sign_in(cast.us_head), reverse("draft-approval", kwargs=here)),
                asked(sign_in(cast.us_head), reverse("draft-discard", kwargs=here)),
            ]
        )
    assert counts[0] == counts[1]
