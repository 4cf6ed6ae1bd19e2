"""Joint acts on the pages: the other party reads the text, and agrees or declines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Concurrence, Draft, Notification, User
from notifications.services.drafting import draft_notification, send_for_approval
from tests.factories import NOW, TODAY, Cast, issue

SignIn = Callable[[User], Client]


@pytest.fixture
def draft(cast: Cast) -> Draft:
    """A request of the United States that Russia is to give too."""
    begun = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="dialogue-proposal",
        fields={"text": "Let us talk.", "joint_with": ["RUS"]},
        actor=cast.us_drafter,
        now=NOW,
    )
    return send_for_approval(draft=begun, version=1, actor=cast.us_drafter, now=NOW)


def page_of(draft: Draft, name: str = "draft-concur") -> str:
    return reverse(name, kwargs={"uid": draft.uid})


def agree(draft: Draft, party: str = "RUS") -> dict[str, str]:
    return {"do": "concur", "party": party, "version": str(draft.version)}


def test_the_form_asks_with_whom_an_act_is_given(cast: Cast, sign_in: SignIn) -> None:
    address = reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": "dialogue-proposal"})
    data = {"text": "Let us talk.", "joint_with": ["RUS", "FRA"], "do": "send"}
    page = sign_in(cast.us_drafter).post(address, data, follow=True)
    assert "those who give it with you are asked to agree" in page.text
    asked = Concurrence.objects.awaited().values_list("party__code", flat=True)
    assert set(asked) == {"RUS", "FRA"}


def test_the_other_mission_finds_it_on_its_desk_reads_it_and_agrees(
    cast: Cast, sign_in: SignIn, draft: Draft
) -> None:
    browser = sign_in(cast.russian_head)
    desk = browser.get(reverse("desk")).text
    assert "to be given by your party too" in desk
    assert page_of(draft) in desk
    assert "Let us talk." in browser.get(page_of(draft)).text
    done = browser.post(page_of(draft), agree(draft), follow=True)
    assert "has agreed to the text as it reads" in done.text
    assert page_of(draft) not in browser.get(reverse("desk")).text
    approval = page_of(draft, "draft-approval")
    boss = sign_in(cast.us_head)
    assert "agreed, by Irina Head" in boss.get(approval).text
    boss.post(approval, {"do": "issue", "version": str(draft.version)})
    senders = Notification.objects.get().sender_rows.values_list("party__code", flat=True)
    assert set(senders) == {"USA", "RUS"}


def test_nothing_is_issued_while_somebody_has_not_agreed(
    cast: Cast, sign_in: SignIn, draft: Draft
) -> None:
    boss, approval = sign_in(cast.us_head), page_of(draft, "draft-approval")
    page = boss.get(approval).text
    assert "has not agreed yet" in page
    assert 'value="issue"' not in page
    assert approval not in boss.get(reverse("desk")).text
    refused = boss.post(approval, {"do": "issue", "version": str(draft.version)}).text
    assert "still waits for the agreement" in refused
    assert not Notification.objects.exists()


def test_declining_asks_for_a_reason_and_gives_the_draft_back(
    cast: Cast, sign_in: SignIn, draft: Draft
) -> None:
    browser = sign_in(cast.russian_head)
    no = {"do": "decline", "party": "RUS", "version": str(draft.version)}
    empty = browser.post(page_of(draft), {**no, "reason": " "})
    assert "Reason" in empty.text
    assert Draft.objects.get().state == "awaiting-approval"
    answer = browser.post(page_of(draft), {**no, "reason": "Not this <wording>."})
    assert answer.headers["Location"] == reverse("desk")
    assert browser.get(page_of(draft)).status_code == 404
    page = sign_in(cast.us_drafter).get(page_of(draft, "draft")).text
    assert "Not this &lt;wording&gt;." in page


def test_agreeing_to_another_text_than_the_one_that_stands_is_refused(
    cast: Cast, sign_in: SignIn, draft: Draft
) -> None:
    stale = {**agree(draft), "version": "1"}
    page = sign_in(cast.russian_head).post(page_of(draft), stale).text
    assert "Nothing was recorded." in page
    assert Concurrence.objects.awaited().exists()


def test_nobody_agrees_for_a_party_that_is_not_theirs(
    cast: Cast, sign_in: SignIn, draft: Draft
) -> None:
    for user in (cast.us_head, cast.russian_drafter, cast.canadian_officer):
        assert sign_in(user).post(page_of(draft), agree(draft)).status_code == 404
    wrong = agree(draft, "USA")
    assert sign_in(cast.russian_head).post(page_of(draft), wrong).status_code == 404
    assert Concurrence.objects.awaited().exists()


def test_a_joint_conference_is_issued_when_the_other_depositary_agrees(
    cast: Cast, sign_in: SignIn
) -> None:
    act = issue(cast)
    address = reverse("conference", kwargs={"uid": act.uid})
    day = (TODAY + timedelta(days=40)).isoformat()
    data = {"held_on": day, "text": "In Vienna.", "joint_with": ["HUN"]}
    answer = sign_in(cast.canadian_officer).post(address, data)
    draft = Draft.objects.latest("pk")
    assert answer.headers["Location"] == page_of(draft, "draft")
    assert Notification.objects.filter(act="conference").count() == 0
    browser = sign_in(cast.hungarian_officer)
    assert page_of(draft) in browser.get(reverse("desk")).text
    first = browser.post(page_of(draft), agree(draft, "HUN"))
    issued = Notification.objects.get(act="conference")
    assert first.headers["Location"] == reverse("notification", kwargs={"uid": issued.uid})
    assert set(issued.sender_rows.values_list("party__code", flat=True)) == {"CAN", "HUN"}
    again = browser.post(page_of(draft), agree(draft, "HUN"))
    assert again.headers["Location"] == first.headers["Location"]


def test_the_other_depositary_is_not_offered_where_there_is_one_alone(
    cast: Cast, sign_in: SignIn
) -> None:
    act = issue(cast)
    cast.treaty.depositary_rows.filter(party__code="HUN").delete()
    address = reverse("conference", kwargs={"uid": act.uid})
    assert "joint_with" not in sign_in(cast.canadian_officer).get(address).text


def test_pages_of_a_joint_act_name_parties_as_sentences_do_and_say_what_is_awaited(
    cast: Cast, sign_in: SignIn, draft: Draft
) -> None:
    approval = page_of(draft, "draft-approval")
    boss, other = sign_in(cast.us_head), sign_in(cast.russian_head)
    waiting, asked = boss.get(approval).text, other.get(page_of(draft)).text
    assert "by the United States of America</h1>" in waiting
    assert "Drafted by the United States of America." in asked
    assert "Agree for the Russian Federation" in asked
    ready = "Nothing stands in the way: it can be issued as it is."
    for page in (waiting, asked, boss.get(page_of(draft, "draft")).text):
        assert "has not agreed yet" in page
        assert ready not in page
    assert "Read and issue" not in boss.get(page_of(draft, "draft")).text
    agreed = other.post(page_of(draft), agree(draft), follow=True).text
    assert "The Russian Federation has agreed to the text as it reads." in agreed
    assert ready in boss.get(approval).text


def test_a_joint_act_of_the_depositaries_awaits_no_receipt_and_names_both_who_made_it(
    cast: Cast, sign_in: SignIn
) -> None:
    mistake = {"passage": "Article IV", "reads": "fligth", "should_read": "flight"}
    filing = reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": "correction"})
    officer, other = sign_in(cast.canadian_officer), sign_in(cast.hungarian_officer)
    officer.post(filing, {**mistake, "joint_with": ["HUN"], "do": "file"})
    draft = Draft.objects.get()
    page = other.post(page_of(draft), agree(draft, "HUN"), follow=True).text
    assert "Not registered yet" not in page
    assert "Bring a defect" not in page
    for name in (cast.canadian_officer.name, cast.hungarian_officer.name):
        assert name in page
