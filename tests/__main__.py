"""``make test``: every test on SQLite, beside it all that touches the database on PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import IO

from tests.infrastructure import postgres

# These start the whole run, a browser or databases of their own, or walk every page: what they show
# does not depend on the database.
NOT_TWICE = "not supervisor and not browser and not image and not walk"
EXIT_NO_TESTS = 5


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Yield the address of a PostgreSQL database, or nothing where there is none."""
    programs = postgres.find_programs()
    if url := os.environ.get("TREATYFLOW_TEST_DATABASE_URL"):
        yield url
    elif programs:
        with postgres.cluster(programs) as url:
            yield url
    else:
        yield ""


def start(*arguments: str, output: IO[str] | None, **environment: str) -> subprocess.Popen[str]:
    """Start pytest as a process of its own."""
    inherited = {key: value for key, value in os.environ.items() if key not in UNWANTED}
    command = [sys.executable, "-m", "pytest", *arguments]
    env = {**inherited, **environment}
    return subprocess.Popen(command, env=env, stdout=output, stderr=output, text=True)


@contextlib.contextmanager
def beside(*arguments: str, **environment: str) -> Iterator[Callable[[], int]]:
    """Run pytest on another core; what it yields waits, prints what it said, returns its status."""
    with tempfile.TemporaryFile("w+") as output:
        # One cache for two runs at once would be torn.
        process = start("-p", "no:cacheprovider", *arguments, output=output, **environment)

        def end() -> int:
            status = process.wait()
            output.seek(0)
            shutil.copyfileobj(output, sys.stdout)
            sys.stdout.flush()
            return status

        try:
            yield end
        finally:
            process.terminate()  # has no effect on what has ended
            process.wait()


# What points a run of TreatyFlow to its servers must not reach its tests.
UNWANTED = {
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "EMAIL_URL",
    "PORT",
    "REDIS_URL",
    "TREATYFLOW_BASE_URL",
    "TREATYFLOW_DATA",
}


def main(arguments: list[str]) -> int:
    """Return 0 where both runs passed."""
    with postgresql() as url, contextlib.ExitStack() as stack:
        again = None
        if url:
            repeated = beside("-m", NOT_TWICE, *arguments, DATABASE_URL=url)
            again = stack.enter_context(repeated)
        print("--- on SQLite", flush=True)
        status = start(*arguments, output=None).wait()
        if again is not None:
            print("--- on PostgreSQL, which ran beside it", flush=True)
            repeated_status = again()
            return status or (0 if repeated_status == EXIT_NO_TESTS else repeated_status)
    print(
        "--- on PostgreSQL: skipped, because none is installed on this machine; install one, "
        "or name an empty one with TREATYFLOW_TEST_DATABASE_URL"
    )
    return 1 if os.environ.get("TREATYFLOW_NO_SKIPS") == "1" else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
