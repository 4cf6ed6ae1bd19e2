"""Filing a withdrawal: the form, its live panel, drafts, two people at once, approval."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Case, Draft, Event, Notification, Role, User
from notifications.services.drafting import edit_draft
from tests.factories import (
    NOW,
    WITHDRAWAL_FIELDS,
    Cast,
    issue,
    make_treaty,
    make_user,
)

SignIn = Callable[[User], Client]
PANEL = {"HX-Request": "true"}
NASTY = '<script>alert("x")</script>\r\n& "quotes" – ünïcode\r\n{{ braces }}'


@pytest.fixture
def filing(cast: Cast) -> str:
    """The address at which a withdrawal is filed."""
    return reverse("withdraw", kwargs={"slug": cast.treaty.slug})


def saved(browser: Client, filing: str, **fields: str) -> Draft:
    browser.post(filing, {**WITHDRAWAL_FIELDS, **fields, "do": "save"})
    return Draft.objects.latest("pk")


def page_of(draft: Draft) -> str:
    return reverse("draft", kwargs={"uid": draft.uid})


def approval_of(draft: Draft) -> str:
    return reverse("draft-approval", kwargs={"uid": draft.uid})


def test_the_form_begins_with_the_article_that_yields_the_effect(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    form = sign_in(cast.us_drafter).get(filing).context["form"]
    assert form["article"].value() == "XV(2)"


def test_the_panel_shows_every_deadline_with_its_reason_and_who_is_told(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    panel = sign_in(cast.us_drafter).post(filing, WITHDRAWAL_FIELDS, headers=PANEL).text
    assert "<html" not in panel
    assert "Withdrawal takes effect" in panel
    assert "22 November 2020 (Sunday)" in panel
    assert "in 184 days" in panel
    assert "+ 6 months → 22 November 2020" in panel
    assert "waits for the receipt by the depositary" in panel
    assert "Depositaries: Canada, Hungary" in panel
    assert "3 other parties" in panel
    assert "Nothing stands in the way" in panel
    assert not Draft.objects.exists()


def test_the_panel_is_there_without_javascript(cast: Cast, sign_in: SignIn, filing: str) -> None:
    page = sign_in(cast.us_drafter).post(filing, {**WITHDRAWAL_FIELDS, "do": "look"}).text
    assert "<html" in page
    assert "22 November 2020 (Sunday)" in page
    assert "United States gives notice" in page
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("effective_on", "2020-06-01", "The earliest date that Article XV(2) allows is 22 Nov"),
        ("effective_on", "2020-02-30", "is no date of the calendar"),
        ("effective_on", "tomorrow", "is no date of the calendar"),
        ("signed_by", "", "Signed by is missing"),
        ("article", "XV\nBcc: x", "write it on one line"),
        ("signed_by", "x" * 301, "at most 300 characters"),
        ("text", "a\x07b", "control character"),
    ],
)
def test_bad_input_is_refused_in_one_sentence_and_nothing_typed_is_lost(
    cast: Cast, sign_in: SignIn, filing: str, field: str, value: str, sentence: str
) -> None:
    browser, events = sign_in(cast.us_drafter), Event.objects.count()
    typed = {**WITHDRAWAL_FIELDS, "condition": NASTY, field: value}
    assert sentence in browser.post(filing, typed, headers=PANEL).text
    page = browser.post(filing, {**typed, "do": "send"})
    form = page.context["form"]
    assert any(sentence in error for error in form.errors[field])
    assert 'aria-invalid="true"' in page.text
    assert {name: form[name].value() for name in typed} == typed
    assert NASTY not in page.text
    assert (Draft.objects.count(), Case.objects.count()) == (0, 0)
    assert Event.objects.count() == events


def test_an_incomplete_draft_can_be_saved_but_not_sent(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    browser = sign_in(cast.us_drafter)
    draft = saved(browser, filing, signed_by="")
    page = browser.post(
        page_of(draft), {**WITHDRAWAL_FIELDS, "signed_by": "", "version": "1", "do": "send"}
    )
    assert "Signed by is missing." in page.text
    draft.refresh_from_db()
    assert (draft.state, draft.version) == ("draft", 1)


def test_markup_and_line_breaks_are_shown_as_typed(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    browser = sign_in(cast.us_drafter)
    draft = saved(browser, filing, text=NASTY, condition=NASTY, do="save")
    browser.post(page_of(draft), {**draft.fields, "version": "1", "do": "send"})
    page = sign_in(cast.us_head).get(approval_of(draft)).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;<br>" in page
    assert "{{ braces }}" in page


def test_a_withdrawal_can_join_a_matter_that_is_open(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    case = issue(cast).case
    draft = saved(sign_in(cast.us_drafter), filing, case=str(case.uid))
    assert draft.case == case


def test_a_matter_that_one_may_not_know_of_cannot_be_joined(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    issue(cast)
    hidden = Case.objects.create(treaty=cast.treaty, title="Secret matter")
    browser = sign_in(cast.us_drafter)
    page = browser.post(filing, {**WITHDRAWAL_FIELDS, "case": str(hidden.uid), "do": "save"})
    assert page.status_code == 200
    assert "Secret matter" not in page.text
    assert not Draft.objects.filter(case=hidden).exists()
    assert Draft.objects.count() == 1


def test_who_drafts_for_two_parties_says_for_which(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    both = make_user("Double Drafter", "USA", Role.DRAFTER)
    both.mandates.create(party=cast.party("RUS"), role=Role.DRAFTER, from_on=NOW.date(), order=2)
    browser = sign_in(both)
    assert "On behalf of" in browser.get(filing).text
    draft = saved(browser, filing, party="RUS")
    assert draft.party.code == "RUS"
    browser.post(filing, {**WITHDRAWAL_FIELDS, "party": "DEU", "do": "save"})
    assert Draft.objects.count() == 1


def test_where_the_list_of_parties_is_not_complete_the_form_asks_since_when(
    cast: Cast, sign_in: SignIn
) -> None:
    treaty = make_treaty("open-list", members=("CAN", "HUN"), is_complete=False)
    address = reverse("withdraw", kwargs={"slug": treaty.slug})
    browser = sign_in(cast.us_drafter)
    asked = browser.post(address, {**WITHDRAWAL_FIELDS, "do": "send"})
    assert "in_force_for_party" in asked.context["form"].errors
    typed = {**WITHDRAWAL_FIELDS, "in_force_for_party": "2003-01-01", "do": "send"}
    assert "confirmed" in browser.post(address, typed).context["form"].errors
    browser.post(address, {**typed, "confirmed": "on"})
    draft = Draft.objects.get()
    assert draft.state == "awaiting-approval"
    assert draft.fields["confirmed"] == ["participation-unknown"]


def test_two_people_at_once_see_each_other_and_lose_nothing(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    browser = sign_in(cast.us_drafter)
    draft = saved(browser, filing)
    edit_draft(
        draft=draft,
        fields={**WITHDRAWAL_FIELDS, "condition": "Their condition"},
        version=1,
        actor=cast.us_head,
        now=NOW,
    )
    mine = {**WITHDRAWAL_FIELDS, "condition": "My condition", "version": "1", "do": "save"}
    page = browser.post(page_of(draft), mine)
    assert "changed by Henry Head meanwhile" in page.text
    assert "Their condition" in page.text
    form = page.context["form"]
    assert form["condition"].value() == "My condition"
    draft.refresh_from_db()
    assert draft.fields["condition"] == "Their condition"
    again = browser.post(page_of(draft), {**mine, "version": form["version"].value()})
    assert again.status_code == 302
    draft.refresh_from_db()
    assert draft.fields["condition"] == "My condition"


def test_fields_that_the_form_does_not_show_stay(cast: Cast, sign_in: SignIn, filing: str) -> None:
    browser = sign_in(cast.us_drafter)
    draft = saved(browser, filing)
    kept = {**WITHDRAWAL_FIELDS, "visibility": "restricted"}
    edit_draft(draft=draft, fields=kept, version=1, actor=cast.us_drafter, now=NOW)
    browser.post(page_of(draft), {**WITHDRAWAL_FIELDS, "version": "2", "do": "save"})
    draft.refresh_from_db()
    assert draft.fields["visibility"] == "restricted"


def awaiting(cast: Cast, sign_in: SignIn, filing: str) -> Draft:
    sign_in(cast.us_drafter).post(filing, {**WITHDRAWAL_FIELDS, "do": "send"})
    draft = Draft.objects.get()
    assert draft.state == "awaiting-approval"
    return draft


def test_two_clicks_on_issue_issue_once_and_show_the_notification(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    draft = awaiting(cast, sign_in, filing)
    browser = sign_in(cast.us_head)
    click: dict[str, Any] = {"do": "issue", "version": str(draft.version)}
    first = browser.post(approval_of(draft), click)
    second = browser.post(approval_of(draft), click)
    issued = Notification.objects.get()
    assert first.headers["Location"] == second.headers["Location"]
    assert str(issued.uid) in first.headers["Location"]
    assert browser.get(approval_of(draft)).headers["Location"] == first.headers["Location"]


def test_a_draft_that_changed_after_it_was_read_is_not_issued(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    draft = awaiting(cast, sign_in, filing)
    page = sign_in(cast.us_head).post(approval_of(draft), {"do": "issue", "version": "1"})
    assert "meanwhile" in page.text
    assert not Notification.objects.exists()


def test_the_author_cannot_issue_what_they_drafted(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    browser = sign_in(cast.us_head)
    browser.post(filing, {**WITHDRAWAL_FIELDS, "do": "send"})
    draft = Draft.objects.get()
    assert "another head of mission" in browser.get(approval_of(draft)).text
    page = browser.post(approval_of(draft), {"do": "issue", "version": str(draft.version)})
    assert "Only a head of mission who did not write it" in page.text
    assert not Notification.objects.exists()


def test_returning_asks_for_a_reason_and_shows_it_to_the_drafter(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    draft = awaiting(cast, sign_in, filing)
    browser = sign_in(cast.us_head)
    version = str(draft.version)
    empty = browser.post(approval_of(draft), {"do": "return", "version": version, "reason": " "})
    assert "say why the draft is returned" in empty.text
    browser.post(
        approval_of(draft),
        {"do": "return", "version": version, "reason": "Name the <office>."},
    )
    page = sign_in(cast.us_drafter).get(page_of(draft)).text
    assert "Name the &lt;office&gt;." in page
    assert 'name="do" value="send"' in page


def test_a_draft_that_awaits_approval_is_read_not_edited(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    draft = awaiting(cast, sign_in, filing)
    browser = sign_in(cast.us_drafter)
    page = browser.get(page_of(draft)).text
    assert 'name="do" value="save"' not in page
    assert "Secretary of State" in page
    late = browser.post(
        page_of(draft),
        {**WITHDRAWAL_FIELDS, "signed_by": "Mine", "version": str(draft.version), "do": "save"},
    )
    assert "This cannot be done now" in late.text
    assert late.context["form"]["signed_by"].value() == "Mine"
