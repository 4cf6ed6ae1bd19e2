"""What the system says while it works holds no name, no address, no token and no text of a note."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery import Task
from django.core.handlers.exception import convert_exception_to_response
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from notifications.models import User
from tests.factories import Cast, make_cast
from treatyflow.logs import JsonFormatter, RequestLogMiddleware, TaskLog

NAME, ADDRESS = "Zebulon Quackenbush", "zebulon.quackenbush@example.org"
TOKEN, TEXT = "tok-3f2504e04f8911d3", "the note that nobody may read in a log"
SECRETS = (NAME, "Zebulon", ADDRESS, "zebulon", TOKEN, TEXT, "nobody may read")


class Log(io.StringIO):
    """What was said, in production's form."""

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is said at any level, as production would print it."""
    told = Log()
    handler = logging.StreamHandler(told)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "treatyflow", "django")}
    levels |= {
        name: logging.getLogger(name).level for name in ("treatyflow.request", "django.request")
    }
    levels["treatyflow.task"] = logging.getLogger("treatyflow.task").level
    for name in levels:
        logging.getLogger(name).setLevel(logging.INFO)
    root.addHandler(handler)
    yield told
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def assert_nothing_leaked(log: Log) -> None:
    assert log.lines(), "a log that says nothing proves nothing"
    for secret in SECRETS:
        assert secret.lower() not in log.getvalue().lower()


def test_a_request_with_a_name_an_address_and_a_token_leaves_none_of_them(
    cast: Cast, client: Client, log: Log
) -> None:
    query = f"?q={NAME}&mail={ADDRESS}&token={TOKEN}"
    client.force_login(cast.us_drafter)
    client.get(reverse("register") + query)
    client.get(f"/nowhere/{ADDRESS}/{TOKEN}/{query}")
    client.get("/desk/" + query, headers={"user-agent": NAME, "x-request-id": TOKEN})
    body = {"username": ADDRESS, "password": TOKEN, "text": TEXT, "name": NAME}
    client.post(reverse("sign-in") + query, body)
    client.post("/desk/", TEXT, content_type="text/plain", headers={"referer": f"/{query}"})
    client.get("/desk/", headers={"host": f"{NAME.replace(' ', '-')}.example"})
    assert_nothing_leaked(log)


def test_each_request_is_one_line_with_what_an_operator_needs(
    cast: Cast, client: Client, log: Log
) -> None:
    client.force_login(cast.us_drafter)
    answer = client.get("/desk/?q=x")
    (line,) = [line for line in log.lines() if line["logger"] == "treatyflow.request"]
    assert line.pop("duration_ms") >= 0
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "treatyflow.request",
        "event": "GET /desk/ 200",
        "request_id": answer["X-Request-ID"],
        "method": "GET",
        "path": "/desk/",
        "status": 200,
        "user": cast.us_drafter.pk,
    }


def test_an_address_that_does_not_exist_is_not_repeated(client: Client, db: None, log: Log) -> None:
    assert client.get("/nowhere/").status_code == 404
    (line,) = [line for line in log.lines() if line["logger"] == "treatyflow.request"]
    assert (line["path"], line["event"], line["user"]) == (None, "GET ? 404", None)


def test_health_checks_and_style_sheets_are_not_told_of(client: Client, db: None, log: Log) -> None:
    client.get("/healthz")
    client.get("/static/notifications/theme.css").close()
    assert not [line for line in log.lines() if line["logger"] == "treatyflow.request"]


def test_every_request_has_an_id_of_its_own_and_it_ends_with_it(
    client: Client, db: None, log: Log
) -> None:
    ids = {client.get("/sign-in/")["X-Request-ID"] for _ in range(3)}
    logging.getLogger("treatyflow").info("afterwards")
    assert len(ids) == 3
    assert "request_id" not in log.lines()[-1]


def fail_in_the_database(request: HttpRequest) -> HttpResponse:
    """The words of the database repeat the value that it refuses."""
    logging.getLogger("treatyflow").info("in between")
    try:
        User.objects.create_user(ADDRESS, name=NAME)
        User.objects.create_user(ADDRESS, name=NAME)
    except IntegrityError as error:
        raise ValueError(f"{ADDRESS} is there already: {TEXT}") from error
    raise AssertionError


@contextmanager
def middleware(view: Callable[[HttpRequest], HttpResponse]) -> Iterator[RequestLogMiddleware]:
    yield RequestLogMiddleware(convert_exception_to_response(view))


def test_a_fault_tells_where_it_was_and_not_what_it_said(db: None, log: Log, settings: Any) -> None:
    settings.DEBUG = False
    request = RequestFactory().post(f"/x/?token={TOKEN}", {"text": TEXT})
    with middleware(fail_in_the_database) as handle:
        assert handle(request).status_code == 500
    assert_nothing_leaked(log)
    fault = next(line for line in log.lines() if "exceptions" in line)
    assert (fault["level"], fault["event"]) == ("error", "…: …")
    assert [one["kind"] for one in fault["exceptions"]][:2] == ["ValueError", "IntegrityError"]
    assert any("fail_in_the_database" in place for place in fault["exceptions"][0]["stack"])
    ids = {line["request_id"] for line in log.lines()}
    assert len(ids) == 1, "every line of a request carries its id"
    assert log.lines()[-1]["level"] == "error"
    connection.set_rollback(True)


@pytest.mark.parametrize(
    ("logger", "sentence", "arguments", "event"),
    [
        (
            "notifications.queue",
            "no worker was woken: %s",
            ("Error 111",),
            "no worker was woken: Error 111",
        ),
        ("notifications.x", f"sent to {ADDRESS} now", (), "sent to [address] now"),
        (
            "gunicorn.error",
            "Listening at: %s (%s)",
            ("http://0.0.0.0:8000", 7),
            "Listening at: http://0.0.0.0:8000 (7)",
        ),
        ("some.library", "Person %s (%(x)s) has %d", (NAME, TEXT, 3), "Person … (…) has …"),
        (
            "django.security.DisallowedHost",
            f"Invalid HTTP_HOST header: {NAME!r}",
            (),
            "Invalid HTTP_HOST header",
        ),
        (
            "celery.app.trace",
            "Task %(name)s raised: %(exc)s",
            ({"name": "x", "exc": TEXT},),
            "Task … raised: …",
        ),
    ],
)
def test_a_sentence_of_another_library_is_told_without_what_it_was_filled_with(
    log: Log, logger: str, sentence: str, arguments: tuple[Any, ...], event: str
) -> None:
    record = logging.LogRecord(logger, logging.WARNING, "x", 1, sentence, arguments, None)
    assert json.loads(JsonFormatter().format(record))["event"] == event


def test_a_line_break_cannot_make_a_line_of_its_own() -> None:
    record = logging.LogRecord("treatyflow", logging.INFO, "x", 1, "a\n{}\r\u2028b", (), None)
    assert len(JsonFormatter().format(record).split("\n")) == 1


def test_a_fault_that_causes_itself_ends() -> None:
    try:
        raise ValueError(TEXT)
    except ValueError as error:
        error.__cause__ = error
        record = logging.LogRecord("x", logging.ERROR, "x", 1, "x", (), sys.exc_info())
    line = json.loads(JsonFormatter().format(record))
    assert len(line["exceptions"]) == 5
    assert TEXT not in json.dumps(line)


def test_what_a_task_says_carries_its_name_and_id(log: Log) -> None:
    class Sweep(Task):  # type: ignore[type-arg]
        name = "notifications.tasks.send_alerts"

    told, task = TaskLog(), Sweep()
    told.begin("an-id", task)
    logging.getLogger("treatyflow").info("in between")
    told.end(task, "FAILURE")
    logging.getLogger("treatyflow").info("afterwards")
    between, end, after = log.lines()
    assert (between["task"], between["task_id"]) == ("notifications.tasks.send_alerts", "an-id")
    assert (end["task_id"], end["state"]) == ("an-id", "FAILURE")
    assert "task" not in after
