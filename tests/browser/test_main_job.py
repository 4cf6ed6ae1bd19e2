"""The main job in a real browser: from the American draft to the Russian response, with mails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django import Settings

from notifications.models import Draft, User
from notifications.services.sweeps import send_alerts
from tests.factories import Cast, make_cast

pytestmark = pytest.mark.browser

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 360, "height": 740}


class Desk:
    """One browser window at the live server; whatever the console complains of fails the test."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        # The checker of accessibility writes to every frame; that of a mail, which has no origin,
        # may be still loading. No page of ours posts messages.
        is_of_checker = "postMessage" in message.text and "('null')" in message.text
        if message.type in {"error", "warning"} and not is_of_checker:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sit_down(self, user: User) -> None:
        self.page.context.clear_cookies()
        self.open("/sign-in/")
        self.page.get_by_role("button", name=user.name).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("My desk")

    def follow(self, name: str, *, exact: bool = False) -> None:
        """Go where the first link of that name leads, until that page is there."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name, exact=exact).first.click()

    def press(self, name: str) -> None:
        """Send the form by that button, until the page that answers is there."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    def look(self) -> None:
        """The page is accessible and fits its window, wide and narrow."""
        self.page.wait_for_load_state()
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            found = Axe().run(self.page).response["violations"]
            assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
            width = self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"{self.page.url} is {width} px wide"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, committed, so that the live server sees it."""
    return make_cast()


@pytest.fixture
def desk(visitor: BrowserContext, live_server: Any, cast: Cast) -> Iterator[Desk]:
    """A window at the live server."""
    found = Desk(visitor.new_page(), live_server.url)
    yield found
    assert found.complaints == []


def deliver() -> None:
    """What the worker does once a minute."""
    send_alerts(now=timezone.now() + timedelta(seconds=1))


def test_from_the_american_draft_to_the_russian_response(desk: Desk, cast: Cast) -> None:
    page = desk.page
    desk.open("/sign-in/")
    desk.look()
    desk.sit_down(cast.us_drafter)
    desk.look()
    desk.follow("Open Skies")
    desk.look()
    desk.follow("Withdrawal", exact=True)
    page.get_by_label("Signed by").fill("Helen Marsh, Secretary of State")
    page.get_by_label("Text of the note").fill("The United States gives notice of its withdrawal.")
    expect(page.locator("#starting")).to_contain_text("Nothing stands in the way")
    expect(page.locator("#starting")).to_contain_text("Withdrawal takes effect")
    desk.look()
    desk.press("Send for approval")
    expect(page.get_by_text("your head of mission can issue it now")).to_be_visible()
    desk.look()

    desk.sit_down(cast.us_head)
    desk.follow("Read and issue")
    desk.look()
    desk.press("Issue")
    expect(page.get_by_text("It is sealed now")).to_be_visible()
    notification = page.url.removeprefix(desk.address)
    desk.look()
    deliver()

    desk.sit_down(cast.canadian_officer)
    desk.follow("Register receipt")
    desk.look()
    desk.press("Register receipt")
    desk.follow("Circulate")
    desk.look()
    desk.press("Number and circulate")
    year = timezone.now().year
    expect(page.locator("h1 + p")).to_contain_text(f"TF.1.{year}.OPEN-SKIES.withdrawal")
    desk.follow("Convene the conference")
    desk.look()
    deliver()

    desk.sit_down(cast.russian_drafter)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged for the Russian Federation")).to_be_visible()
    desk.follow("Respond", exact=True)
    desk.look()
    page.get_by_label("Text").fill("The accusations are groundless.")
    desk.press("Record this response")
    expect(page.get_by_label("Text")).to_have_value("The accusations are groundless.")
    page.get_by_label("Position").select_option("rejects")
    desk.press("Record this response")
    expect(page.get_by_text("Response recorded.")).to_be_visible()
    desk.look()
    deliver()

    desk.sit_down(cast.us_drafter)
    desk.open(notification)
    expect(page.locator("#addressees ~ .table-wrap")).to_contain_text("rejects")
    expect(page.locator(".thread")).to_contain_text("Russian Federation rejects")
    for path in ("/treaties/", f"/treaties/{cast.treaty.slug}/", "/register/", "/mailbox/"):
        desk.open(path)
        desk.look()
    desk.follow("Russian Federation")
    expect(page.locator("pre")).to_contain_text("The accusations are groundless.")
    desk.look()


def test_filing_works_without_javascript(desk: Desk, cast: Cast, visitor: BrowserContext) -> None:
    browser = visitor.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    try:
        other = Desk(plain.new_page(), desk.address)
        other.sit_down(cast.us_drafter)
        page = other.page
        other.follow("Open Skies")
        other.follow("Withdrawal", exact=True)
        page.get_by_label("Signed by").fill("Helen Marsh")
        page.get_by_label("Date of withdrawal named in the note").fill("2021-01-01")
        other.press("Check")
        expect(page.locator("#starting")).to_contain_text("The earliest date that Article XV(2)")
        expect(page.get_by_label("Signed by")).to_have_value("Helen Marsh")
        page.get_by_label("Date of withdrawal named in the note").fill("")
        other.press("Send for approval")
        expect(page.get_by_text("your head of mission can issue it now")).to_be_visible()
    finally:
        plain.close()


def test_dark_and_right_to_left_pages_are_as_readable(
    desk: Desk, cast: Cast, settings: Settings
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    User.objects.filter(pk=cast.russian_drafter.pk).update(language="ar")
    desk.page.emulate_media(color_scheme="dark")
    desk.open("/sign-in/")
    desk.look()
    desk.page.get_by_role("button", name=cast.russian_drafter.name).click()
    desk.page.wait_for_url("**/desk/")
    assert desk.page.evaluate("document.documentElement.dir") == "rtl"
    desk.look()
    desk.open(f"/treaties/{cast.treaty.slug}/file/withdrawal/")
    desk.look()


def test_the_enter_key_only_checks(desk: Desk, cast: Cast) -> None:
    desk.sit_down(cast.us_drafter)
    page = desk.page
    desk.open(f"/treaties/{cast.treaty.slug}/file/withdrawal/")
    page.get_by_label("Signed by").fill("Helen Marsh")
    with page.expect_navigation():
        page.get_by_label("Signed by").press("Enter")
    expect(page.get_by_label("Signed by")).to_have_value("Helen Marsh")
    assert not Draft.objects.exists()
    desk.press("Save draft")
    page.get_by_label("Signed by").fill("Helen Marsh, Secretary of State")
    with page.expect_navigation():
        page.get_by_label("Signed by").press("Enter")
    draft = Draft.objects.get()
    assert (draft.state, draft.version) == ("draft", 1)


def break_off(route: Route) -> None:
    route.abort()


def refuse(route: Route) -> None:
    route.fulfill(status=500)


def test_a_panel_that_could_not_be_checked_says_so_until_it_can(desk: Desk, cast: Cast) -> None:
    desk.sit_down(cast.us_drafter)
    page = desk.page
    desk.open(f"/treaties/{cast.treaty.slug}/file/withdrawal/")
    failed, signed_by = page.locator("#starting-failed"), page.get_by_label("Signed by")
    expect(failed).to_be_hidden()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        signed_by.fill("Helen Marsh")
    expect(page.locator("#starting-said")).to_have_text("2 deadlines. Nothing stands in the way.")
    for number, how in enumerate((break_off, refuse)):
        page.route("**/file/withdrawal/", how)
        signed_by.fill(f"Somebody else {number}")
        expect(failed).to_contain_text("Could not be checked")
        expect(page.locator("#starting-said")).to_have_text("")
        desk.look()
        page.unroute("**/file/withdrawal/")
        signed_by.fill(f"Helen Marsh {number}")
        expect(failed).to_be_hidden()
    assert any("ERR_FAILED" in complaint for complaint in desk.complaints)
    assert any("500" in complaint for complaint in desk.complaints)
    desk.complaints.clear()


def test_typed_words_survive_a_session_renewed_in_another_window(desk: Desk, cast: Cast) -> None:
    desk.sit_down(cast.us_drafter)
    page = desk.page
    desk.open(f"/treaties/{cast.treaty.slug}/file/withdrawal/")
    page.get_by_label("Text of the note").fill("Line one\nline two")
    other = Desk(page.context.new_page(), desk.address)
    other.sit_down(cast.us_drafter)
    desk.press("Send for approval")
    expect(page.get_by_role("heading", level=1)).to_have_text("The form had grown old")
    desk.look()
    desk.press("Continue with what I had typed")
    expect(page.get_by_label("Text of the note")).to_have_value("Line one\nline two")
    assert not Draft.objects.exists()
    assert any("403" in complaint for complaint in desk.complaints)
    desk.complaints.clear()
