"""The processes under the supervisor: on a leash, their output prefixed, each waited for."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Final

LEASH: Final = Path(__file__).with_name("leash.py")
COLOURS: Final = {"broker": 35, "web": 32, "worker": 34, "beat": 36, "demo": 33}
NAME_WIDTH: Final = 8
# The broker's advice about the kernel of a big server: nothing that a person here could act upon.
UNSAID: Final = "overcommit_memory"


class Output:
    """The terminal: one line at a time, prefixed by who says it, coloured where somebody looks."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.is_coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self.is_gone = False

    def say(self, name: str, line: str) -> None:
        """Print ``line``; a reader that went away (``| head``) is noted, not an error."""
        prefix = f"{name:<{NAME_WIDTH}} |"
        if self.is_coloured:
            prefix = f"\x1b[{COLOURS.get(name, 1)}m{prefix}\x1b[0m"
        try:
            self.stream.write(f"{prefix} {line}\n")
            self.stream.flush()
        except OSError:
            self.is_gone = True


class Child:
    """One program in a session of its own, on a leash that outlives the supervisor by seconds."""

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: Mapping[str, str],
        lifeline: int,
        held: int,
    ) -> None:
        """Start ``command``; the closing of ``lifeline`` ends it, ``held`` is the lock it keeps."""
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(LEASH), str(lifeline), *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(lifeline, held),
            start_new_session=True,
        )
        if self.process.stdout is None:
            raise AssertionError("the output was asked for")
        self.output = self.process.stdout.fileno()
        os.set_blocking(self.output, False)
        self.rest = b""
        self.is_silent = False

    @property
    def status(self) -> int | None:
        """The exit status, or None while it runs."""
        status = self.process.poll()
        return status if status is None or status >= 0 else 128 - status

    def read_lines(self) -> list[str]:
        """Return the lines that came in since; at the end also one that lacks its line break."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.output, 65536):
                self.rest += chunk
            self.is_silent = True
            self.rest += b"\n"
        *lines, self.rest = self.rest.split(b"\n")
        return [
            line.decode(errors="replace").rstrip()
            for line in lines
            if line.strip() and UNSAID.encode() not in line
        ]

    def ask_to_stop(self) -> None:
        """Ask the program, and it alone, to finish what it has in hand and end."""
        if self.status is None:
            self.process.terminate()

    def kill_group(self) -> None:
        """End whatever is left of the program and of what it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Children:
    """All of them: their output flows while the supervisor waits for anything."""

    def __init__(self, output: Output, environment: Mapping[str, str], *, held: int) -> None:
        self.output = output
        self.environment = environment
        self.held = held
        self.running: dict[str, Child] = {}
        # Nobody but this process holds the writing end: when it goes, the leashes notice.
        self.lifeline, lifeline_end = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._wakes, wakes = os.pipe()
        self._pipes = (self.lifeline, lifeline_end, self._wakes, wakes)
        for end in (self._wakes, wakes):
            os.set_blocking(end, False)
        self._selector.register(self._wakes, selectors.EVENT_READ)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)

    def start(self, name: str, command: list[str]) -> Child:
        """Start a program under ``name``."""
        child = Child(name, command, self.environment, self.lifeline, self.held)
        self.running[name] = child
        self._selector.register(child.output, selectors.EVENT_READ, child)
        return child

    def pump(self, seconds: float) -> None:
        """Pass on output for at most ``seconds``, less when a signal came or something was said."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wakes, 1024)
            else:
                self._pass_on(key.data)

    def wait_until(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Pass on output until ``happened()`` or for ``seconds``; say whether it happened."""
        end = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > end:
                return False
            self.pump(0.05)
        return True

    def ended(self) -> list[Child]:
        """Return the programs that ended since they were started."""
        return [child for child in self.running.values() if child.status is not None]

    def forget(self, child: Child) -> None:
        """Pass on the last words of a program that ended and end what it left behind."""
        child.kill_group()
        self._pass_on(child)
        with contextlib.suppress(KeyError):
            self._selector.unregister(child.output)
        child.process.wait()
        if child.process.stdout:
            child.process.stdout.close()
        self.running.pop(child.name, None)

    def stop(self, name: str, seconds: float) -> None:
        """Ask the program to stop and wait for it; past ``seconds`` it is killed."""
        child = self.running.get(name)
        if child is None:
            return
        child.ask_to_stop()
        if not self.wait_until(lambda: child.status is not None, seconds):
            self.output.say(
                "run", f"{name} did not stop within {seconds:.0f} seconds and is killed"
            )
            child.kill_group()
        self.forget(child)
        self.output.say("run", f"{name} has stopped")

    def close(self) -> None:
        """Let go of the pipes; whatever still ran on a leash ends within seconds."""
        signal.set_wakeup_fd(-1)
        self._selector.close()
        for end in self._pipes:
            os.close(end)

    def _pass_on(self, child: Child) -> None:
        for line in child.read_lines():
            self.output.say(child.name, line)
        if child.is_silent:
            with contextlib.suppress(KeyError):
                self._selector.unregister(child.output)
