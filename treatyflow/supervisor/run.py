"""The order of things: broker, migrations, library, web, worker, beat; and back."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings

from treatyflow.supervisor import broker, checks
from treatyflow.supervisor.checks import RefusedError
from treatyflow.supervisor.children import Child, Children, Output

BROKER_SECONDS: Final = 60  # a long append-only file takes its time to load
STEP_SECONDS: Final = 3600
WEB_SECONDS: Final = 60
# How long each may take to end, in the order in which they end; then it is killed.
STOPS: Final = (
    ("demo", 20),
    ("setup", 20),
    ("beat", 20),
    ("worker", 120),
    ("web", 30),
    ("broker", 60),
)


class StopAskedError(Exception):
    """Somebody asked the run to end."""


class Supervisor:
    """Starts everything in order, watches it, and ends it in order."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.is_asked_to_stop = False
        self.data = Path(settings.TREATYFLOW_DATA)
        self.address = f"http://127.0.0.1:{settings.PORT}/"
        self.children: Children

    def run(self) -> int:
        """Run until asked to stop or until something fails; return the exit status.

        Raises RefusedError where nothing was started.
        """
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        lock = self._prepare()
        self.children = Children(self.output, self._environment(), held=lock)
        status = 0
        try:
            self._start()
            self._watch()
        except StopAskedError:
            self.output.say("run", "stopping: beat, worker, web, broker, in this order")
        except RefusedError as refusal:
            self.output.say("run", str(refusal))
            status = 1
        finally:
            for name, seconds in STOPS:
                self.children.stop(name, seconds)
            self.children.close()
        self.output.say("run", "everything has stopped")
        return status

    def _note_signal(self, *_: object) -> None:
        self.is_asked_to_stop = True

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONUNBUFFERED": "1",
            "TREATYFLOW_DATA": str(self.data),
        }

    def _prepare(self) -> int:
        checks.open_data_folder(self.data)
        lock = checks.take_lock(self.data)
        checks.check_port(settings.PORT)
        if settings.TREATYFLOW_REDIS_URL:
            checks.check_redis()
        checks.check_database()
        return lock

    def _start(self) -> None:
        if not settings.TREATYFLOW_REDIS_URL:
            self._start_broker()
        self._step(
            "migrate",
            "--no-input",
            "--verbosity",
            "0",
            failure="The tables could not be brought up to date",
        )
        self._step("load_library", failure="The library of treaties could not be loaded")
        self.children.start("web", self._web_command())
        self.children.start("worker", self._celery_command("worker"))
        self.children.start("beat", self._celery_command("beat"))
        if settings.TREATYFLOW_DEMO:
            # Beside the start of the web server: the sign-in cards are there with the first page.
            self._step("load_demo", "--cast-only", failure="The cast could not be registered")
        self._wait(self._web_answers, WEB_SECONDS, "The web server did not answer")
        self.output.say("run", f"TreatyFlow is at {self.address} (Ctrl-C ends it)")
        if settings.TREATYFLOW_DEMO:
            self.output.say("run", "the demonstration is being loaded meanwhile")
            self.children.start("demo", self._manage("load_demo"))

    def _watch(self) -> None:
        while True:
            demo = self.children.running.get("demo")
            if demo and demo.status is not None:
                self.children.forget(demo)
                if demo.status == 0:
                    self.output.say(
                        "run", f"the demonstration is loaded; TreatyFlow is at {self.address}"
                    )
                else:
                    self.output.say(
                        "run", "the demonstration could not be loaded (see above); all else runs on"
                    )
            self._look()
            self.children.pump(1)

    def _look(self) -> None:
        """Raise when somebody asked to stop or a program that should run has ended."""
        if self.is_asked_to_stop or self.output.is_gone:
            raise StopAskedError
        for child in self.children.ended():
            if child.name not in {"demo", "setup"}:
                self.children.forget(child)
                raise RefusedError(
                    f"{child.name} ended by itself ({_how(child)}), so the run ends; "
                    "its last words stand above."
                )

    def _wait(self, happened: Callable[[], bool], seconds: float, failure: str) -> None:
        end = time.monotonic() + seconds
        while not happened():
            self._look()
            if time.monotonic() > end:
                raise RefusedError(
                    f"{failure} within {seconds:.0f} seconds; what it said stands above."
                )
            self.children.pump(0.05)

    def _step(self, *words: str, failure: str) -> None:
        # The system checks are for `make check`; here they would cost a second of the start.
        child = self.children.start("setup", self._manage(*words, "--skip-checks"))
        self._wait(lambda: child.status is not None, STEP_SECONDS, failure)
        self.children.forget(child)
        if child.status != 0:
            raise RefusedError(f"{failure} ({_how(child)}); the reason stands above.")

    def _start_broker(self) -> None:
        program = next(broker.server_programs(), None)
        if program is None:
            raise RefusedError(
                "There is no Valkey or Redis program for this machine; install one, "
                "or name a server with REDIS_URL."
            )
        listens = broker.socket_path(self.data)
        try:
            broker.private_folder(listens.parent)
            folder = broker.private_folder(self.data / "broker")
            # A killed broker leaves its socket behind, and nobody answers there.
            listens.unlink(missing_ok=True)
        except OSError as error:
            raise RefusedError(f"The broker's folder cannot be used: {error}") from error
        command = broker.server_arguments(program, folder=folder, listens=listens)
        self.children.start("broker", command)
        self._wait(lambda: broker.answers(listens), BROKER_SECONDS, "The broker did not answer")

    def _manage(self, *words: str) -> list[str]:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]

    def _web_command(self) -> list[str]:
        options = f"--bind 127.0.0.1:{settings.PORT} --workers 1 --worker-class gthread --threads 8"
        limits = "--graceful-timeout 10 --timeout 60 --log-level warning --no-control-socket"
        return [
            *(sys.executable, "-m", "gunicorn", "treatyflow.wsgi:application"),
            *(*options.split(), *limits.split(), "--chdir", str(settings.BASE_DIR)),
        ]

    def _celery_command(self, kind: str) -> list[str]:
        celery = [
            sys.executable,
            "-m",
            "celery",
            "--workdir",
            str(settings.BASE_DIR),
            "--app",
            "treatyflow",
            "--quiet",
        ]
        if kind == "beat":
            return [*celery, "beat", "--pidfile="]
        # One task after the other in one process: it starts at once and ends after the task in
        # hand.
        return [
            *celery,
            "worker",
            "--pool",
            "solo",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=2)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        else:
            return True
        finally:
            connection.close()


def _how(child: Child) -> str:
    status = child.status or 0
    return f"killed by signal {status - 128}" if status > 128 else f"exit status {status}"
