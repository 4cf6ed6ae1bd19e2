"""``make test``: every test on SQLite, then all that touches the database again on PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

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


def run(title: str, *arguments: str, **environment: str) -> int:
    """Run pytest as a process of its own and return its exit status."""
    print(f"--- {title}", flush=True)
    inherited = {key: value for key, value in os.environ.items() if key not in UNWANTED}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env={**inherited, **environment}, check=False).returncode


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
    status = run("on SQLite", *arguments)
    with postgresql() as url:
        if url:
            again = run("on PostgreSQL", "-m", NOT_TWICE, *arguments, DATABASE_URL=url)
            return status or (0 if again == EXIT_NO_TESTS else again)
    print(
        "--- on PostgreSQL: skipped, because none is installed on this machine; install one, "
        "or name an empty one with TREATYFLOW_TEST_DATABASE_URL"
    )
    return 1 if os.environ.get("TREATYFLOW_NO_SKIPS") == "1" else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
