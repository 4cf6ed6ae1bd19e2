"""The pages of the acts in a real browser: accessible, fitting wide and narrow, nothing refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from notifications.acts import ACTS
from notifications.models import Draft, Notification
from tests.browser.test_main_job import Desk, cast, desk
from tests.factories import Cast, filing_page, issue, issue_act
from tests.sample_acts import SAMPLES

__all__ = ["cast", "desk"]

pytestmark = pytest.mark.browser


def page_of(name: str, record: Draft | Notification) -> str:
    return reverse(name, kwargs={"uid": record.uid})


def test_the_form_of_every_kind_of_field_is_accessible(desk: Desk, cast: Cast) -> None:
    issue_act(cast, "breach-allegation", SAMPLES["breach-allegation"].fields, code="RUS")
    desk.sit_down(cast.us_drafter)
    desk.open(reverse("file", kwargs={"slug": cast.treaty.slug}))
    desk.look()
    kinds: set[str] = set()
    for act in ACTS.values():
        new = {field.kind for field in act.fields} - kinds
        if not new or "party" not in act.filers:
            continue
        kinds |= new
        desk.open(filing_page(cast.treaty, act.kind))
        summary = desk.page.get_by_text("Given jointly, and who may read it")
        if summary.count():
            summary.click()
        desk.look()
    assert kinds == {field.kind for act in ACTS.values() for field in act.fields}


def test_an_act_is_corrected_and_both_pages_show_it(desk: Desk, cast: Cast) -> None:
    act = issue(cast, now=timezone.now())
    correction = issue_act(
        cast, "correction", SAMPLES["correction"].fields, refers_to=act, now=timezone.now()
    )
    desk.sit_down(cast.russian_drafter)
    desk.open(page_of("notification", act))
    expect(desk.page.locator("section[aria-labelledby=wordings]")).to_contain_text("due notice")
    desk.page.get_by_text("File an act that refers to this").click()
    desk.look()
    desk.follow("Objection", exact=True)
    expect(desk.page.get_by_label("Refers to")).to_have_value(str(act.uid))
    desk.open(page_of("notification", correction))
    expect(desk.page.locator("section[aria-labelledby=wordings]")).to_contain_text("this act")
    desk.look()
    desk.follow("Keep a public statement")
    desk.look()
    desk.page.get_by_label("Text of the statement").fill("We regret it.")
    desk.press("Keep this statement")
    expect(desk.page.get_by_text("It starts no clock.")).to_be_visible()


def test_two_depositaries_convene_a_conference_together(desk: Desk, cast: Cast) -> None:
    act = issue(cast, now=timezone.now())
    desk.sit_down(cast.canadian_officer)
    desk.open(page_of("conference", act))
    day = timezone.now().date() + timedelta(days=40)
    desk.page.get_by_label("Day of the conference").fill(day.isoformat())
    desk.page.get_by_label("Hungary").check()
    desk.look()
    desk.press("Convene")
    expect(desk.page.get_by_text("has not agreed yet")).to_be_visible()
    desk.look()
    desk.sit_down(cast.hungarian_officer)
    desk.follow("Read, and agree or decline")
    desk.look()
    desk.press("Agree for Hungary")
    expect(desk.page.get_by_text("You agreed, as the last one")).to_be_visible()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Canada and Hungary")
    desk.look()


def test_a_draft_is_discarded(desk: Desk, cast: Cast) -> None:
    desk.sit_down(cast.us_drafter)
    desk.open(filing_page(cast.treaty, "declaration"))
    desk.page.get_by_label("Text of the declaration").fill("It is read so.")
    desk.press("Save draft")
    desk.follow("Discard this draft")
    desk.look()
    desk.press("Discard it")
    expect(desk.page.get_by_text("The draft was discarded.")).to_be_visible()
    assert Draft.objects.get().state == "discarded"
