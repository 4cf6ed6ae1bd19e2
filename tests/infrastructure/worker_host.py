"""Forks workers: a process that has imported what they need starts each of them in a moment.

Run as ``python -m tests.infrastructure.worker_host``. Each line of its input is the path of a log;
each line of its output the process id of the worker that writes to it. It ends with its input.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Final

import celery.apps.worker
import celery.concurrency.solo
import celery.worker.consumer  # noqa: F401 - a worker imports these when it starts
import django

from treatyflow.celery import app

ARGUMENTS: Final = [
    "--quiet",
    "worker",
    "--pool",
    "solo",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
]


def main() -> None:
    """Fork a worker for each line; whoever ends one finds it gone at once."""
    django.setup()
    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            work(line.strip())
        print(pid, flush=True)


def work(log: str) -> None:
    """Be a worker, to its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number, other in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
        os.dup2(other, number)
    status = 1
    try:
        status = app.worker_main(ARGUMENTS) or 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
