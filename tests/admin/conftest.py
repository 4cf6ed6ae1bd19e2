"""An administrator's browser, on the pages' clock, in a register with a row of everything."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import Cast
from tests.register.conftest import cast, everything
from tests.web.conftest import clock, sign_in

__all__ = ["administrator", "cast", "clock", "everything", "sign_in"]


@pytest.fixture
def administrator(cast: Cast) -> Client:
    """The browser of the administrator."""
    browser = Client()
    browser.force_login(cast.administrator)
    return browser
