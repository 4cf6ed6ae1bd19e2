"""A real browser: the system's Chromium, headless, cut off from every host but this one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, or None."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium for the whole run; skipped where none is installed."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium is installed on this machine")
    arguments = [*QUIET, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    # Playwright keeps an event loop in this thread, where Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """A visitor's own browser window; a request to another host fails the test."""
    strangers: list[str] = []
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    context.set_default_timeout(30_000)
    expect.set_options(timeout=30_000)  # an outcome, however slow the machine is

    def stay_at_home(route: Route) -> None:
        if urlsplit(route.request.url).hostname in {"127.0.0.1", "localhost"}:
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    context.route("**/*", stay_at_home)
    yield context
    context.close()
    assert not strangers, f"the page asked other hosts: {strangers}"
