"""What refers to an act, on its page; and a correction beside what it corrects."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from notifications.models import Deadline, Notification, User
from tests.factories import NOW, Cast, issue, issue_act
from tests.sample_acts import SAMPLES, target_of

SignIn = Callable[[User], Client]


def page_of(browser: Client, act: Notification) -> str:
    """The page of an act, every run of spaces one space."""
    page = browser.get(reverse("notification", kwargs={"uid": act.uid})).text
    return re.sub(r"\s+", " ", page)


def correct(cast: Cast, act: Notification, reads: str, should_read: str) -> Notification:
    fields = {"passage": "First line", "reads": reads, "should_read": should_read}
    return issue_act(cast, "correction", fields, refers_to=act)


def test_an_act_that_is_referred_to_by_none_says_what_would_stand_there(
    cast: Cast, sign_in: SignIn
) -> None:
    page = page_of(sign_in(cast.us_drafter), issue(cast))
    assert "Objections, acceptances, corrections and whatever else refers to it" in page


def test_what_refers_to_an_act_stands_on_its_page_by_kind(cast: Cast, sign_in: SignIn) -> None:
    proposal = issue_act(cast, "amendment-proposal", SAMPLES["amendment-proposal"].fields)
    accepted = issue_act(
        cast, "acceptance", SAMPLES["acceptance"].fields, code="RUS", refers_to=proposal
    )
    objected = issue_act(
        cast, "objection", SAMPLES["objection"].fields, code="RUS", refers_to=proposal
    )
    groups = (
        sign_in(cast.german_observer)
        .get(reverse("notification", kwargs={"uid": proposal.uid}))
        .context["referring"]
    )
    found = {group.kind: [item.act.pk for item in group.acts] for group in groups}
    assert found == {"objection": [objected.pk], "acceptance": [accepted.pk]}


def test_what_one_may_not_read_is_not_listed_on_what_it_refers_to(
    cast: Cast, sign_in: SignIn
) -> None:
    act = issue(cast)
    hidden = issue_act(
        cast,
        "dialogue-proposal",
        {"text": "Between us.", "addressees": ["USA"], "visibility": "restricted"},
        code="RUS",
        refers_to=act,
    )
    assert str(hidden.uid) in page_of(sign_in(cast.us_drafter), act)
    page = page_of(sign_in(cast.german_observer), act)
    assert str(hidden.uid) not in page
    assert "Proposal of a dialogue" not in page


def test_what_read_and_what_should_read_stand_side_by_side_on_both_pages(
    cast: Cast, sign_in: SignIn
) -> None:
    act = issue(cast)
    correction = correct(cast, act, "gives <notice>", "gives due notice")
    browser = sign_in(cast.russian_drafter)
    for shown in (act, correction):
        page = page_of(browser, shown)
        assert "<del>gives &lt;notice&gt;</del>" in page
        assert "<ins>gives due notice</ins>" in page
    assert "The United States gives notice of its withdrawal." in page_of(browser, act)


def test_a_correction_shows_every_version_also_those_after_it(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    first = correct(cast, act, "notice", "due notice")
    second = correct(cast, first, "due notice", "timely notice")
    third = correct(cast, act, "withdrawal", "denunciation")
    browser = sign_in(cast.us_head)
    for shown in (act, first, second, third):
        address = reverse("notification", kwargs={"uid": shown.uid})
        wordings = browser.get(address).context["wordings"]
        assert [item.should_read for item in wordings] == [
            "due notice",
            "timely notice",
            "denunciation",
        ]
        assert [item.correction for item in wordings if item.is_this] == (
            [] if shown == act else [shown]
        )


def test_another_act_of_the_case_shows_no_versions(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    correct(cast, act, "notice", "due notice")
    other = issue_act(cast, "conference-request", {}, refers_to=act)
    assert "It should read" not in page_of(sign_in(cast.us_head), other)


def test_a_page_says_what_its_act_is_and_what_its_fields_hold(cast: Cast, sign_in: SignIn) -> None:
    message = issue_act(cast, "formatted-message", SAMPLES["formatted-message"].fields, now=NOW)
    page = page_of(sign_in(cast.russian_drafter), message)
    assert "carries data in a format on which the parties have agreed" in page
    assert "1 June 2020, 08:30 UTC" in page
    reservation = target_of(cast, SAMPLES["reservation-withdrawal"])
    assert reservation is not None
    back = issue_act(
        cast,
        "reservation-withdrawal",
        {"scope": "whole"},
        refers_to=reservation,
    )
    assert "<dd>all of it</dd>" in page_of(sign_in(cast.russian_drafter), back)


def test_a_restricted_answer_is_made_known_to_nobody_by_the_clock_that_it_met(
    cast: Cast, sign_in: SignIn
) -> None:
    asked = {"text": "Let us talk.", "respond_by": "2020-06-30"}
    request = issue_act(cast, "consultation-request", asked)
    secret = {"text": "In private.", "visibility": "restricted", "addressees": ["USA"]}
    answer = issue_act(cast, "dialogue-proposal", secret, code="RUS", refers_to=request)
    clock = Deadline.objects.get(met_by=answer)
    for reader, reads in ((cast.us_head, True), (cast.german_observer, False)):
        browser = sign_in(reader)
        single = browser.get(reverse("deadline", kwargs={"uid": clock.uid})).text
        for page in (page_of(browser, request), single):
            assert (str(answer.uid) in page) is reads
            assert ("Proposal of a dialogue" in page) is reads
