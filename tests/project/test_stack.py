"""Everything that ``docker-compose.yml`` starts, started with the file's own commands.

PostgreSQL with two roles, a broker with a password over TCP, and web, worker and beat out of the
image's tree.
"""

from __future__ import annotations

from typing import Any

import pytest
import redis

from tests.infrastructure.brokers import wait_until
from tests.infrastructure.services import Running, running
from tests.infrastructure.stacks import Stack

pytestmark = pytest.mark.image
# The proxy in front says so; a health check says neither.
BY_PROXY = {"Host": "treatyflow.example", "X-Forwarded-Proto": "https"}
PARTS = ("web", "worker", "beat")


def test_the_whole_is_ready_within_a_minute_and_says_so_in_json(
    migrated: Stack, tcp_broker: redis.Redis
) -> None:
    with running(migrated) as services:
        services.start("web")
        wait_until(lambda: services.healthy("web"), 60, "the health of the pages")
        status, checks = services.ready()
        assert (status, failing(checks)) == (503, {"worker", "beat"})

        services.start("beat")
        services.start("worker")
        wait_until(lambda: services.ready()[0] == 200, 60, "the readiness of all")
        assert failing(services.ready()[1]) == set()
        assert all(services.healthy(name) for name in PARTS)
        look_at_the_pages(services)
        for name in PARTS:
            assert services.lines(name), f"{name} says nothing"
    told = [line for line in services.lines("web") if line["logger"] == "treatyflow.request"]
    assert {"GET /sign-in/ 200", "GET / 302"} <= {line["event"] for line in told}
    done = [line for line in services.lines("worker") if line["logger"] == "treatyflow.task"]
    assert {line["state"] for line in done} == {"SUCCESS"}


def failing(checks: dict[str, Any]) -> set[str]:
    return {name for name, check in checks.items() if not check["ok"]}


def look_at_the_pages(services: Running) -> None:
    """Through the proxy they are there; beside it there is no way in."""
    page = services.get("/sign-in/", **BY_PROXY)
    assert page.status == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Content-Security-Policy" in page.headers
    assert "demo" not in page.text
    style = page.text.partition('href="/static/notifications/theme.')[2].partition('"')[0]
    sheet = services.get(f"/static/notifications/theme.{style}", **BY_PROXY)
    assert sheet.status == 200
    assert "immutable" in sheet.headers["Cache-Control"]
    assert services.get("/", **BY_PROXY).status == 302
    plain = services.get("/sign-in/", Host="treatyflow.example")
    assert (plain.status, plain.headers["Location"]) == (301, "https://treatyflow.example/sign-in/")
    assert services.get("/sign-in/", **BY_PROXY | {"Host": "elsewhere.example"}).status == 400


def test_a_broker_that_is_lost_shows_and_heals(migrated: Stack, tcp_broker: redis.Redis) -> None:
    with running(migrated) as services:
        for name in PARTS:
            services.start(name)
        wait_until(lambda: services.ready()[0] == 200, 60, "the readiness of all")
        # The signs of life of another test may still count; this worker's own does not yet.
        wait_until(lambda: services.healthy("worker"), 60, "the health of the worker")
        wait_until(lambda: services.healthy("beat"), 60, "the health of the scheduler")
        tcp_broker.config_set("requirepass", "another")
        try:
            assert failing(services.ready()[1]) == {"broker"}
        finally:
            password = (migrated.folder / "secrets" / "broker_password").read_text()
            tcp_broker.config_set("requirepass", password)
        wait_until(lambda: services.ready()[0] == 200, 60, "the recovery")
