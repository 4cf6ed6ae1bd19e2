"""Filing a withdrawal: the form, its live panel, drafts, two people at once, approval."""

from __future__ import annotations

import re
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
    filing_page,
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
    return filing_page(cast.treaty)


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
        ("signed_by", "x" * 100_001, "at most 300 characters"),
        ("text", "a\x07b", "control character"),
        ("signed_by", "a\x00b", "Signed by: it holds a control character"),
        ("effective_on", "20270601", "is no date of the calendar"),
        ("effective_on", "2027-W30-1", "is no date of the calendar"),
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
    address = filing_page(treaty)
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
    kept = {**WITHDRAWAL_FIELDS, "in_force_for_party": "2002-01-01"}
    edit_draft(draft=draft, fields=kept, version=1, actor=cast.us_drafter, now=NOW)
    browser.post(page_of(draft), {**WITHDRAWAL_FIELDS, "version": "2", "do": "save"})
    draft.refresh_from_db()
    assert draft.fields["in_force_for_party"] == "2002-01-01"


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


def test_the_page_says_who_wrote_the_present_wording_and_that_they_cannot_issue_it(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    draft = saved(sign_in(cast.us_drafter), filing)
    sign_in(cast.us_head).post(
        page_of(draft), {**WITHDRAWAL_FIELDS, "text": "Anew", "version": "1", "do": "send"}
    )
    page = sign_in(cast.us_head).get(approval_of(draft)).text
    assert "You wrote its present wording: another head of mission has to issue it." in page
    assert f"Written by {cast.us_head.name}; last changed by {cast.us_head.name}" in page
    assert 'value="issue"' not in page
    assert 'value="return"' in page


def token(browser: Client, filing: str) -> dict[str, str]:
    return {"uid": str(browser.get(filing).context["start"]["uid"].value())}


def test_one_form_begins_one_draft_whatever_is_pressed(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    browser = sign_in(cast.us_drafter)
    form = {**WITHDRAWAL_FIELDS, **token(browser, filing)}
    first = browser.post(filing, {**form, "do": "save"})
    second = browser.post(filing, {**form, "do": "save"})
    assert first.headers["Location"] == second.headers["Location"]
    assert (Draft.objects.get().version, Case.objects.count()) == (1, 1)
    browser.post(filing, {**form, "text": "Other words", "do": "save"})
    draft = Draft.objects.get()
    assert (draft.version, draft.fields["text"]) == (2, "Other words")


def test_two_clicks_on_send_send_once(cast: Cast, sign_in: SignIn, filing: str) -> None:
    browser = sign_in(cast.us_drafter)
    form = {**WITHDRAWAL_FIELDS, **token(browser, filing), "do": "send"}
    assert [browser.post(filing, form).status_code for _click in range(2)] == [302, 302]
    assert Draft.objects.get().state == "awaiting-approval"


def test_a_form_whose_draft_went_on_shows_it_and_replaces_it_only_when_told_again(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    browser = sign_in(cast.us_drafter)
    form = {**WITHDRAWAL_FIELDS, **token(browser, filing), "do": "save"}
    draft_page = browser.post(filing, form).headers["Location"]
    browser.post(draft_page, {**form, "text": "On its page", "version": "1"})
    page = browser.post(filing, {**form, "text": "Back in the form"})
    assert "You changed this draft in another window" in page.text
    assert "On its page" in page.text
    assert f'href="{draft_page}"' in page.text
    version = page.context["form"]["version"].value()
    browser.post(filing, {**form, "text": "Back in the form", "version": version})
    assert Draft.objects.get().fields["text"] == "Back in the form"


def test_a_form_that_began_a_draft_in_one_matter_begins_none_in_another(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    other = issue(cast).case
    browser = sign_in(cast.us_drafter)
    form = {**WITHDRAWAL_FIELDS, **token(browser, filing), "do": "save"}
    browser.post(filing, form)
    drafts = Draft.objects.count()
    page = browser.post(filing, {**form, "case": str(other.uid)})
    assert "has begun a draft in another matter" in page.text
    assert Draft.objects.count() == drafts


def test_the_mark_of_somebody_elses_draft_leads_nowhere(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    theirs = saved(sign_in(cast.us_drafter), filing)
    mine = sign_in(cast.russian_drafter).post(
        filing, {**WITHDRAWAL_FIELDS, "uid": str(theirs.uid), "do": "save"}
    )
    assert mine.status_code == 302
    assert str(theirs.uid) not in mine.headers["Location"]
    assert Draft.objects.latest("pk").party.code == "RUS"


def test_a_spoilt_mark_costs_nothing(cast: Cast, sign_in: SignIn, filing: str) -> None:
    browser = sign_in(cast.us_drafter)
    spoilt = {**WITHDRAWAL_FIELDS, "uid": "spoilt", "version": "spoilt"}
    page = browser.post(filing, {**spoilt, "do": "look"})
    assert page.context["start"]["uid"].value() != "spoilt"
    assert browser.post(filing, {**spoilt, "do": "save"}).status_code == 302


@pytest.mark.parametrize("step", ["awaits", "issued"])
def test_going_back_after_sending_says_where_the_draft_is(
    cast: Cast, sign_in: SignIn, filing: str, step: str
) -> None:
    draft = awaiting(cast, sign_in, filing)
    if step == "issued":
        click = {"do": "issue", "version": str(draft.version)}
        sign_in(cast.us_head).post(approval_of(draft), click)
    old = {**WITHDRAWAL_FIELDS, "text": "Mine", "version": "1", "do": "save"}
    page = sign_in(cast.us_drafter).post(page_of(draft), old)
    sentence = {"awaits": "waits for approval already", "issued": "has been issued meanwhile"}[step]
    assert sentence in page.text
    assert "See the draft as it stands" in page.text
    assert page.context["form"]["text"].value() == "Mine"


def test_two_windows_of_one_person_are_told_apart_from_two_people(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    browser = sign_in(cast.us_drafter)
    draft = saved(browser, filing)
    mine = {**WITHDRAWAL_FIELDS, "version": "1", "do": "save"}
    browser.post(page_of(draft), {**mine, "text": "First window"})
    page = browser.post(page_of(draft), {**mine, "text": "Second window"}).text
    assert "You changed this draft in another window" in page
    assert f"changed by {cast.us_drafter.name} meanwhile" not in page


def test_a_refused_start_stands_in_the_summary_with_its_label(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    both = make_user("Double Drafter", "USA", Role.DRAFTER)
    both.mandates.create(party=cast.party("RUS"), role=Role.DRAFTER, from_on=NOW.date(), order=2)
    browser = sign_in(both)
    page = browser.post(filing, {**WITHDRAWAL_FIELDS, "do": "save"}).text
    assert '<a href="#id_party">On behalf of is missing.</a>' in page
    page = browser.post(filing, {**WITHDRAWAL_FIELDS, "party": "DEU", "do": "save"}).text
    assert '<a href="#id_party">On behalf of: choose one of the list.</a>' in page


@pytest.mark.parametrize("typed", ["20270601", "2027-W30-1", "tomorrow"])
def test_what_is_no_date_stays_visible_in_its_field(
    cast: Cast, sign_in: SignIn, filing: str, typed: str
) -> None:
    page = sign_in(cast.us_drafter).post(filing, {"effective_on": typed, "do": "look"}).text
    assert f'<input type="text" name="effective_on" value="{typed}"' in page
    page = sign_in(cast.us_drafter).get(filing.removesuffix("file/withdrawal/"), {"on": typed}).text
    assert f"“{typed}” is no date of the calendar; today is shown." in page
    assert f'value="{typed}"' in page


def test_pages_of_drafts_answer_a_head_request(cast: Cast, sign_in: SignIn, filing: str) -> None:
    draft = awaiting(cast, sign_in, filing)
    browser = sign_in(cast.us_head)
    for address in (filing, page_of(draft), approval_of(draft)):
        assert browser.head(address).status_code == 200


def test_texts_are_shown_in_the_language_and_direction_of_who_wrote_them(
    cast: Cast, sign_in: SignIn, filing: str
) -> None:
    User.objects.filter(pk=cast.us_drafter.pk).update(language="fr")
    draft = awaiting(cast, sign_in, filing)
    page = sign_in(cast.us_head).get(approval_of(draft)).text
    assert re.search(r'<blockquote class="note"\s+dir="auto"\s+lang="fr">', page)
    form = sign_in(cast.us_head).get(filing).text
    areas = re.findall(r"<textarea[^>]*>", form)
    assert areas
    assert all('dir="auto"' in area for area in areas)
