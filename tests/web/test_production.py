"""Production has neither sign-in cards nor a mailbox."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import Cast

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "treatyflow.settings.production",
    "TREATYFLOW_SECRET_KEY": "x" * 60,
    "TREATYFLOW_ALLOWED_HOSTS": "treatyflow.example",
    "TREATYFLOW_BASE_URL": "https://treatyflow.example",
    "DATABASE_URL": "postgresql://somebody:secret@127.0.0.1:1/treatyflow",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp://127.0.0.1:1",
}
PROGRAM = """
import uuid
import django
django.setup()
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
for name, arguments in [
    ("demo-sign-in", {}),
    ("mailbox", {}),
    ("mailbox-message", {"uid": uuid.uuid4()}),
    ("mailbox-html", {"uid": uuid.uuid4()}),
    ("mailbox-calendar", {"uid": uuid.uuid4()}),
]:
    try:
        print(reverse(name, kwargs=arguments))
    except NoReverseMatch:
        pass
for path in ("/demo/sign-in/", "/mailbox/"):
    try:
        print(resolve(path))
    except Resolver404:
        pass
print(reverse("sign-in"))
"""


def test_production_has_no_address_for_cards_or_mailbox() -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**kept, **PRODUCTION, "PYTHONPATH": str(settings.BASE_DIR)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["/sign-in/"]


def test_the_sign_in_page_of_production_shows_no_card(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TREATYFLOW_EMBEDDED", False)
    page = client.get(reverse("sign-in")).text
    assert "Sign in" in page
    assert cast.us_drafter.email not in page
    assert cast.us_drafter.name not in page


def test_the_frame_of_production_shows_no_mailbox(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "TREATYFLOW_EMBEDDED", False)
    client.force_login(cast.us_drafter)
    assert reverse("mailbox") not in client.get(reverse("desk")).text
