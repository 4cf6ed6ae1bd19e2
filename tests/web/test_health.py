"""``/healthz`` and ``/readyz`` answer whoever asks, however they are asked, and name nobody."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications import queue
from notifications.services.standing import note_seen
from tests.factories import Cast, issue
from tests.web.conftest import LATER


@pytest.fixture(autouse=True)
def in_order(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "is_answering", lambda: True)
    note_seen({"worker": LATER, "beat": LATER})


@pytest.fixture(autouse=True)
def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page goes to HTTPS, and one host is known."""
    monkeypatch.setattr(settings, "SECURE_SSL_REDIRECT", True)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["treatyflow.example"])


@pytest.mark.parametrize("host", ["treatyflow.example", "127.0.0.1:8000", "10.0.0.7", "web"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_answer_plain_http_to_any_host_without_a_session(path: str, host: str) -> None:
    client = Client(headers={"host": host})
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert client.head(path).status_code == 200
    assert client.get("/desk/").status_code in {301, 400}, "nothing else does"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_a_process_that_lives_asks_no_database(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/healthz").json() == {"alive": True}
    assert not queries.captured_queries


def test_ready_says_each_check(client: Client) -> None:
    said = client.get("/readyz").json()
    assert said["ready"] is True
    assert set(said["checks"]) >= {"database", "broker", "triggers", "worker", "beat", "alerts"}
    assert all(check == {"ok": True} for check in said["checks"].values())


def test_not_ready_says_which_and_names_nobody(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(cast)
    monkeypatch.setattr(queue, "is_answering", lambda: False)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    failing = {name for name, check in answer.json()["checks"].items() if not check["ok"]}
    assert failing == {"broker", "alerts"}
    assert "@" not in answer.text
    assert "Drafter" not in answer.text


def test_an_address_beside_them_is_a_page_like_any_other(client: Client) -> None:
    assert client.get("/healthz/", headers={"host": "treatyflow.example"}).status_code == 301
    assert client.get("/readyz/", secure=True, headers={"host": "web"}).status_code == 400
