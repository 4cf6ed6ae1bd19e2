"""Treaties, the register, the mailbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from notifications.models import Case, Message, Participation, Preference, User
from notifications.services.circulating import circulate_notification
from notifications.services.convening import convene_conference
from notifications.services.receiving import register_receipt
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.sweeps import send_alerts
from tests.factories import (
    NOW,
    TODAY,
    XV_2,
    XV_3,
    Cast,
    add_clause,
    issue,
    issue_act,
    make_cast,
    make_treaty,
)
from tests.web.conftest import LATER

SignIn = Callable[[User], Client]


def test_participants_are_those_of_the_day_that_is_asked_for(cast: Cast, sign_in: SignIn) -> None:
    Participation.objects.filter(party__code="USA").update(exit_on=date(2020, 11, 22))
    browser = sign_in(cast.german_observer)
    address = reverse("treaty", kwargs={"slug": cast.treaty.slug})

    def names(day: str) -> list[str]:
        page = browser.get(address, {"on": day})
        return [member["name"].name for member in page.context["members"]]

    assert "United States of America" in names("2020-11-21")
    assert "United States of America" not in names("2020-11-22")
    assert names("2001-12-31") == []
    assert (
        "no longer a party since 22 November 2020"
        in browser.get(address, {"on": "2021-01-01"}).text
    )


def test_a_day_that_is_none_is_said_and_today_shown(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.german_observer).get(
        reverse("treaty", kwargs={"slug": cast.treaty.slug}), {"on": "2020-02-30<b>"}
    )
    assert page.context["on"] == TODAY
    assert "“2020-02-30&lt;b&gt;” is no date of the calendar" in page.text


def treaty_page(cast: Cast, sign_in: SignIn) -> Any:
    browser = sign_in(cast.german_observer)
    return browser.get(reverse("treaty", kwargs={"slug": cast.treaty.slug}))


def test_clauses_stand_with_their_rules_in_words(cast: Cast, sign_in: SignIn) -> None:
    page = treaty_page(cast, sign_in).text
    assert (
        "The act takes effect 6 months after the first recorded receipt or, without one, the date "
        "of the note (at the start of that day)." in page
    )
    assert "The notice may name a later day, not an earlier one." in page
    assert "Opens 30 days after receipt; closes 60 days after receipt." in page
    assert "The depositaries jointly owe a conference." in page


def test_how_a_rule_is_known_is_said_and_doubt_stands_out(cast: Cast, sign_in: SignIn) -> None:
    add_clause(cast.treaty, {**XV_2, "basis": "text", "confidence": "high"})
    assert "Known from the text. Confidence: high." in treaty_page(cast, sign_in).text
    add_clause(cast.treaty, {**XV_2, "basis": "recollection", "confidence": "low"})
    page = treaty_page(cast, sign_in)
    assert "From recollection: check it against the text before you rely on it." in page.text
    assert [rule.is_doubtful for group in page.context["clauses"] for rule in group.rules] == [
        True,
        False,
    ]


def test_a_clause_that_was_dropped_is_not_listed(cast: Cast, sign_in: SignIn) -> None:
    add_clause(cast.treaty, {**XV_3, "governs": ""})
    groups = treaty_page(cast, sign_in).context["clauses"]
    assert [rule.article for group in groups for rule in group.rules] == ["Article XV(2)"]


def test_many_clauses_fold_into_groups_by_act_and_each_has_its_place(
    cast: Cast, sign_in: SignIn
) -> None:
    message = {
        "governs": "formatted-message",
        "starts": {"field": "occurs_at"},
        "count": [{"subtract": "PT72H"}],
        "yields": "duty",
        "duty": {"bearer": "notifier", "act": "formatted-message"},
    }
    for number in range(1, 10):
        limit = {"format": f"OSN-{number:03d}"}
        add_clause(
            cast.treaty,
            {"id": f"vi-{number}", "article": f"VI({number})", "when": limit, **message},
        )
    owed = {"bearer": "depositaries", "act": "conference"}
    add_clause(
        cast.treaty,
        {
            "id": "xvi-3",
            "article": "XVI(3)",
            "governs": "none",
            "starts": {"every": "P5Y", "from": "in_force", "first": "P3Y"},
            "count": [],
            "yields": "duty",
            "duty": owed,
        },
    )
    page = treaty_page(cast, sign_in)
    groups = page.context["clauses"]
    assert [(group.title, len(group.rules), group.is_open) for group in groups] == [
        ("Withdrawal", 2, False),
        ("Formatted message", 9, False),
        ("Recurring, without an act", 1, False),
    ]
    assert [group.is_plain for group in groups] == [True, False, True]
    assert '<details class="clauses" id="clauses-formatted-message">' in page.text
    assert page.text.count('id="clause-vi-3"') == 1
    assert groups[1].rules[2].limit == "OSN-003"


def test_only_those_who_can_file_something_are_offered_to(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("treaty", kwargs={"slug": cast.treaty.slug})
    filing = reverse("file", kwargs={"slug": cast.treaty.slug})
    for able in (cast.us_drafter, cast.japanese_drafter, cast.canadian_officer):
        assert filing in sign_in(able).get(address).text
    for other in (cast.german_observer, cast.administrator):
        assert filing not in sign_in(other).get(address).text


def circulated(cast: Cast) -> str:
    act = issue(cast)
    register_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=LATER,
    )
    return circulate_notification(notification=act, actor=cast.canadian_officer, now=LATER).number


def test_the_register_holds_what_is_numbered_and_may_be_read(cast: Cast, sign_in: SignIn) -> None:
    number = circulated(cast)
    waiting = issue(cast)
    page = sign_in(cast.german_observer).get(reverse("register")).text
    assert number.replace(".", ".<wbr>") in page
    assert str(waiting.uid) not in page
    assert number not in sign_in(cast.japanese_drafter).get(reverse("register")).text


def test_the_register_is_filtered_by_treaty_and_by_kind_of_case(
    cast: Cast, sign_in: SignIn
) -> None:
    number = circulated(cast)
    make_treaty("another", members=("USA",))
    browser = sign_in(cast.german_observer)

    def shows(**chosen: str) -> bool:
        page = browser.get(reverse("register"), chosen).text
        return number in page.replace("<wbr>", "")

    assert shows(treaty=cast.treaty.slug, origin="live")
    assert not shows(treaty="another")
    assert not shows(origin="replay")
    Case.objects.update(origin="replay", scenario="x")
    assert shows(origin="replay")
    assert shows(treaty="no-such-treaty")


def test_the_register_goes_by_pages(cast: Cast, sign_in: SignIn) -> None:
    for _ in range(26):
        issue_act(
            cast, "breach-allegation", {"against": ["RUS"], "addressees": ["RUS"], "text": "x"}
        )
    browser = sign_in(cast.us_drafter)
    assert len(browser.get(reverse("register")).context["rows"]) == 25
    assert "Page 1 of 2" in browser.get(reverse("register")).text
    assert len(browser.get(reverse("register"), {"page": "2"}).context["rows"]) == 1
    assert browser.get(reverse("register"), {"page": "x"}).status_code == 200


def message_to(user: User, kind: str) -> Message:
    return Message.objects.filter(user=user, alert__kind=kind).latest("pk")


def test_the_mailbox_shows_a_message_as_it_was_sent(cast: Cast, sign_in: SignIn) -> None:
    issue(cast, text="<b>bold</b> words")
    send_alerts(now=NOW + timedelta(days=100))
    message = message_to(cast.russian_drafter, "deadline")
    browser = sign_in(cast.russian_drafter)
    here = {"uid": message.uid}
    assert str(message.uid) in browser.get(reverse("mailbox")).text
    page = browser.get(reverse("mailbox-message", kwargs=here)).text
    assert message.message_id.strip("<>") in page
    assert "kept in the mailbox" in page
    calendar = browser.get(reverse("mailbox-calendar", kwargs=here))
    assert calendar.headers["Content-Type"].startswith("text/calendar")
    assert "attachment" in calendar.headers["Content-Disposition"]
    assert b"BEGIN:VEVENT" in calendar.content


def test_an_administrator_is_told_whose_mail_the_mailbox_holds(cast: Cast, sign_in: SignIn) -> None:
    assert "to everybody" in sign_in(cast.administrator).get(reverse("mailbox")).text
    own = sign_in(cast.us_drafter).get(reverse("mailbox")).text
    assert "to you, as you would get them" in own
    assert "to everybody" not in own


def test_a_mail_is_listed_at_its_instant_in_the_zone_of_the_treaty(
    sign_in: SignIn, db: None
) -> None:
    cast = make_cast(make_treaty("vienna", zone="Europe/Vienna"))
    cast.russian_drafter.zone = "America/New_York"
    cast.russian_drafter.save()
    issue(cast)
    send_alerts(now=LATER.replace(hour=22, minute=30))
    page = sign_in(cast.russian_drafter).get(reverse("mailbox")).text
    assert ">23 May 2020, 00:30 Europe/Vienna</time>" in page


def test_the_register_tells_a_conference_by_its_day(cast: Cast, sign_in: SignIn) -> None:
    convene_conference(
        notification=issue(cast),
        senders=[cast.party("CAN")],
        held_on=date(2020, 7, 6),
        text="",
        actor=cast.canadian_officer,
        now=LATER,
    )
    page = sign_in(cast.german_observer).get(reverse("register")).text
    assert "Conference on 6 July 2020, convened by Canada" in page


def test_the_html_of_a_message_can_do_nothing_in_its_frame(cast: Cast, sign_in: SignIn) -> None:
    issue(cast, text="<script>alert(1)</script>")
    send_alerts(now=LATER)
    message = message_to(cast.russian_drafter, "issued")
    browser = sign_in(cast.russian_drafter)
    answer = browser.get(reverse("mailbox-html", kwargs={"uid": message.uid}))
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script" not in answer.text
    frame = browser.get(reverse("mailbox-message", kwargs={"uid": message.uid})).text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in frame


def test_a_message_without_a_deadline_has_no_calendar_file(cast: Cast, sign_in: SignIn) -> None:
    issue(cast)
    send_alerts(now=LATER)
    message = message_to(cast.russian_drafter, "issued")
    answer = sign_in(cast.russian_drafter).get(
        reverse("mailbox-calendar", kwargs={"uid": message.uid})
    )
    assert answer.status_code == 404


def test_a_message_that_is_not_written_yet_says_so(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    mandate = cast.russian_drafter.mandates.get()
    message = Message.objects.create(
        alert=act.alerts.get(kind="issued"),
        user=cast.russian_drafter,
        mandate=mandate,
        party=mandate.party,
        address=cast.russian_drafter.email,
        message_id="<waiting@example.org>",
        next_at=LATER,
    )
    browser = sign_in(cast.russian_drafter)
    assert "waiting to be sent" in browser.get(reverse("mailbox")).text
    page = browser.get(reverse("mailbox-message", kwargs={"uid": message.uid})).text
    assert "It has not been sent yet" in page


def test_a_digest_stands_once_in_the_mailbox_and_is_its_readers_alone(
    cast: Cast, sign_in: SignIn
) -> None:
    Preference.objects.create(user=cast.us_drafter, digest="daily")
    notice = issue(cast)
    by = {"notification": notice, "party": cast.party("RUS"), "actor": cast.russian_drafter}
    acknowledge_notification(**by, now=NOW)
    respond_to_notification(**by, position="regrets", text="We regret it.", now=NOW)
    send_alerts(now=NOW)
    hour = NOW + timedelta(days=1)
    send_alerts(now=hour)
    gathered = Message.objects.filter(user=cast.us_drafter, digest_at__isnull=False, state="sent")
    assert gathered.count() == 2
    subject = "TreatyFlow on 23 May 2020 (Saturday): 1 matter"
    page = sign_in(cast.us_drafter).get(reverse("mailbox")).text
    assert page.count(subject) == 1
    for message in gathered:
        address = reverse("mailbox-message", kwargs={"uid": message.uid})
        assert subject in sign_in(cast.us_drafter).get(address).text
        assert sign_in(cast.administrator).get(address).status_code == 404
