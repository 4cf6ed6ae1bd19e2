"""The services of ``docker-compose.yml``, started: two roles, a broker, web, worker and beat."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import redis

from tests.infrastructure import postgres
from tests.infrastructure.brokers import wait_until
from tests.infrastructure.images import ROOT, Image
from tests.infrastructure.stacks import GIVEN, LAST_WORDS, SUPERUSER, Stack
from treatyflow.supervisor.broker import server_programs


@pytest.fixture(scope="session")
def stack_folder() -> Iterator[Path]:
    """A folder that the image's user can reach, with the secrets that the script makes."""
    with tempfile.TemporaryDirectory(prefix="treatyflow-stack-") as name:
        made = Path(name)
        made.chmod(0o777)
        subprocess.run(["sh", ROOT / "bin" / "make-secrets", made], check=True, capture_output=True)
        # In a container each file is mounted by itself; here its folder must be passed through.
        (made / "secrets").chmod(0o711)
        (made / "secrets" / "email_url").write_text("smtp://127.0.0.1:1")
        (made / "secrets" / "email_url").chmod(0o444)
        yield made


@pytest.fixture(scope="session")
def superuser_url(stack_folder: Path) -> Iterator[str]:
    """A PostgreSQL that asks everybody for a password, with the roles of ``deploy/roles.sql``."""
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL is installed on this machine")
    with postgres.cluster(programs, superuser="postgres", password=SUPERUSER) as url:
        for _ in range(2):  # as often as one likes
            subprocess.run(
                [programs / "psql", "--no-psqlrc", url, "--file", ROOT / "deploy" / "roles.sql"],
                env={
                    "OWNER_PASSWORD_FILE": str(stack_folder / "secrets" / "owner_password"),
                    "APP_PASSWORD_FILE": str(stack_folder / "secrets" / "app_password"),
                    "PATH": os.environ["PATH"],
                },
                check=True,
                capture_output=True,
            )
        yield url


@pytest.fixture(scope="session")
def stack(image: Image, stack_folder: Path, superuser_url: str) -> Stack:
    return Stack(image, stack_folder, GIVEN, int(urlsplit(superuser_url).port or 0))


@pytest.fixture(scope="session")
def tcp_broker(stack: Stack) -> Iterator[redis.Redis]:
    """The broker, by the command of the file."""
    program = next(server_programs(), None)
    if program is None:
        pytest.skip("no Valkey or Redis program is installed on this machine")
    programs, data = stack.folder / "bin", stack.folder / "redis"
    programs.mkdir()
    data.mkdir()
    (programs / "valkey-server").symlink_to(program)
    shell, options, script = stack.service("redis")["command"]
    script = stack.here(script).replace("--dir /data", f"--port {stack.redis_port} --dir {data}")
    path = {"PATH": f"{programs}:/usr/bin:/bin"}
    with (stack.folder / "redis.log").open("w") as log:
        process = subprocess.Popen([shell, options, script], env=path, stdout=log, stderr=log)
    password = (stack.folder / "secrets" / "broker_password").read_text()
    client = redis.Redis(port=stack.redis_port, password=password)
    wait_until(lambda: answers(client), 20, "the broker's answer")
    yield client
    client.close()
    process.terminate()
    assert process.wait(timeout=30) == 0


def answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


@pytest.fixture(scope="session")
def migrated(stack: Stack) -> Stack:
    """The tables, made by the owner; the service ends with success."""
    done = stack.image.run(stack.service("migrate")["command"], stack.environment("migrate"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "parties: " in done.stdout
    return stack


class Answer(NamedTuple):
    """What the pages answered."""

    status: int
    headers: dict[str, str]
    text: str


class Running:
    """The lasting services; what each said is in its log."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.processes: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str) -> None:
        log = self.stack.folder / f"{name}.log"
        (self.stack.folder / f"alive-{name}").unlink(missing_ok=True)
        with log.open("w") as output:
            self.processes[name] = self.stack.image.command(
                self.stack.service(name)["command"],
                self.stack.environment(name),
                stdout=output,
                stderr=output,
            )

    def lines(self, name: str) -> list[dict[str, Any]]:
        """What it said so far; every line is a JSON object, but Celery's last words."""
        lines = (self.stack.folder / f"{name}.log").read_text().splitlines()
        return [json.loads(line) for line in lines if line not in ("", LAST_WORDS)]

    def healthy(self, name: str) -> bool:
        """Carry out the health check of the file."""
        command = self.stack.service(name)["healthcheck"]["test"]
        assert command[0] == "CMD"
        done = self.stack.image.run(command[1:], self.stack.environment(name))
        return done.returncode == 0

    def get(self, path: str, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.stack.web_port, timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.headers), response.read().decode())

    def ready(self) -> tuple[int, dict[str, Any]]:
        """The status of ``/readyz`` and what it says; 0 while nobody answers."""
        try:
            answer = self.get("/readyz")
        except OSError:
            return 0, {}
        return answer.status, json.loads(answer.text)["checks"]


@contextlib.contextmanager
def running(stack: Stack) -> Iterator[Running]:
    services = Running(stack)
    try:
        yield services
    finally:
        for process in services.processes.values():
            process.terminate()
        ended = {name: p.wait(timeout=60) for name, p in services.processes.items()}
        assert ended == dict.fromkeys(services.processes, 0), "each ends in order when asked to"
