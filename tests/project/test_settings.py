"""Production starts only when it is whole and safe, and has none of the embedded run's doors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 60
WHOLE = {
    "DJANGO_SETTINGS_MODULE": "treatyflow.settings.production",
    "TREATYFLOW_SECRET_KEY": KEY,
    "TREATYFLOW_ALLOWED_HOSTS": "treatyflow.example",
    "TREATYFLOW_BASE_URL": "https://treatyflow.example",
    "DATABASE_URL": "postgresql://treatyflow@127.0.0.1:1/treatyflow",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://user:password@127.0.0.1:587",
}
ADDRESSES = """
from django.urls import get_resolver
print(*sorted(str(name) for name in get_resolver().reverse_dict if isinstance(name, str)))
"""


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``manage.py`` in an environment that holds nothing else."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_when_everything_is_given() -> None:
    answer = run("shell", "--no-imports", "--command", "print('up')", **WHOLE)
    assert (answer.returncode, answer.stdout.strip()) == (0, "up"), answer.stderr


@pytest.mark.parametrize("name", [name for name in WHOLE if name != "DJANGO_SETTINGS_MODULE"])
def test_production_refuses_to_start_without(name: str) -> None:
    answer = run("check", **{key: value for key, value in WHOLE.items() if key != name})
    assert answer.returncode != 0
    assert answer.stderr.startswith(f"TreatyFlow cannot start: {name} is not set: ")
    assert len(answer.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "TREATYFLOW_SECRET_KEY",
            "embedded-run-only-known-to-everybody-and-refused-in-production",
            "is the key of the embedded run",
        ),
        ("TREATYFLOW_SECRET_KEY", "short", "is too short"),
        ("TREATYFLOW_OLD_SECRET_KEY", "short", "is not a key that was good before"),
        ("TREATYFLOW_BOUNCE_TOKEN", "short", "is too short"),
        ("TREATYFLOW_DEBUG", "1", "never runs in debug mode"),
        ("TREATYFLOW_BASE_URL", "http://treatyflow.example", "must begin with https://"),
        ("DATABASE_URL", "sqlite:///somewhere", "must begin with postgresql://"),
        ("TREATYFLOW_SECRET_KEY_FILE", "/nowhere", "cannot be read"),
        ("INBOX_URL", "pop3://user:password@host", "INBOX_URL must begin with imaps://"),
        ("INBOX_URL", "imaps://mail.example/INBOX", "INBOX_URL must hold user, password and host"),
        ("INBOX_URL", "maildir://box", "INBOX_URL must name a whole path"),
        ("TREATYFLOW_REPLY_TO", "replies", "TREATYFLOW_REPLY_TO must be an address"),
        ("TREATYFLOW_REPLY_TO", "a+b@mail.example", "TREATYFLOW_REPLY_TO must be an address"),
    ],
)
def test_production_refuses_what_is_unsafe(name: str, value: str, sentence: str) -> None:
    environment = WHOLE | {name: value}
    if name == "TREATYFLOW_SECRET_KEY_FILE":
        del environment["TREATYFLOW_SECRET_KEY"]
    answer = run("check", **environment)
    assert answer.returncode != 0
    assert sentence in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_secret_may_stand_in_a_file_and_the_old_key_opens_too(tmp_path: Path) -> None:
    file, old = tmp_path / "key", "e" * 60
    file.write_text(f"{KEY}\n")
    environment = {key: value for key, value in WHOLE.items() if key != "TREATYFLOW_SECRET_KEY"}
    code = "from django.conf import settings as s; print(s.SECRET_KEY, *s.SECRET_KEY_FALLBACKS)"
    answer = run(
        *("shell", "--no-imports", "--command", code),
        **environment,
        TREATYFLOW_SECRET_KEY_FILE=str(file),
        TREATYFLOW_OLD_SECRET_KEY=old,
    )
    assert answer.stdout.split() == [KEY, old]


def test_production_has_neither_cards_nor_mailbox(tmp_path: Path) -> None:
    there = run("shell", "--no-imports", "--command", ADDRESSES, **WHOLE)
    here = run("shell", "--no-imports", "--command", ADDRESSES, TREATYFLOW_DATA=str(tmp_path))
    assert there.returncode == here.returncode == 0, there.stderr + here.stderr
    only_here = set(here.stdout.split()) - set(there.stdout.split())
    assert any("mailbox" in name for name in only_here)
    assert "demo-sign-in" in only_here
    assert "sign-in" in there.stdout.split()


PASSWORDS = """
from django.conf import settings
print(settings.DATABASES["default"]["PASSWORD"], settings.CELERY_BROKER_URL)
"""


@pytest.mark.parametrize(
    ("address", "reads"),
    [
        ("redis://127.0.0.1:6379/0", "redis://:p%40ss%2F%3A@127.0.0.1:6379/0"),
        ("redis://me:old@127.0.0.1:6379/0", "redis://me:p%40ss%2F%3A@127.0.0.1:6379/0"),
    ],
)
def test_passwords_may_stand_alone_in_files_of_their_own(
    tmp_path: Path, address: str, reads: str
) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss/:\n")
    environment = WHOLE | {
        "REDIS_URL": address,
        "REDIS_PASSWORD_FILE": str(file),
        "DATABASE_PASSWORD_FILE": str(file),
    }
    answer = run("shell", "--no-imports", "--command", PASSWORDS, **environment)
    assert answer.stdout.split() == ["p@ss/:", reads], answer.stderr


def test_on_sqlite_what_was_committed_survives_the_loss_of_power(tmp_path: Path) -> None:
    ask = "cursor = connection.cursor(); cursor.execute('PRAGMA synchronous'); "
    code = f"from django.db import connection; {ask}print('synchronous', *cursor.fetchone())"
    embedded = {"DJANGO_SETTINGS_MODULE": "treatyflow.settings.dev"}
    done = run("shell", "-c", code, **embedded, TREATYFLOW_DATA=str(tmp_path))
    assert "synchronous 2" in done.stdout, done.stderr  # FULL
