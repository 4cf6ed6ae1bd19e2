"""``python leash.py FD PROGRAM …`` runs a program and ends it when the supervisor is gone.

``FD`` is the reading end of a pipe whose writing end only the supervisor holds: when it closes,
the program is asked to stop and, after a few seconds, its whole process group is killed. A signal
asking to stop is handed on to the program. The standard library alone, and no import of the
project: this starts before every program.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time

# From the end of the supervisor to the end of the last process.
GRACE_SECONDS = 3.0


def main(lifeline: int, command: list[str]) -> int:
    """Return the program's exit status, as a shell does: 128 and the signal that ended it."""
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))

    # The leash's own group is the program's: ending the group ends all that the program started.
    with subprocess.Popen(command) as program:
        while program.poll() is None:
            ready, _, _ = select.select([woken, lifeline], [], [])
            if woken in ready:
                os.read(woken, 1024)
            if asked:
                asked.clear()
                program.terminate()
            if lifeline in ready:
                end_group(program)
        # What the program started and left behind is asked to stop too; this process only notes the
        # signal.
        os.killpg(os.getpgrp(), signal.SIGTERM)
        return program.returncode if program.returncode >= 0 else 128 - program.returncode


def end_group(program: subprocess.Popen[bytes]) -> None:
    """Ask the program to stop; kill what is left of the group, this process included."""
    program.terminate()
    end = time.monotonic() + GRACE_SECONDS
    while program.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
