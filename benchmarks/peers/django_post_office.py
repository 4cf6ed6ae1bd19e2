"""django-post-office on the same server and number: mail queued, sent in batches of 1,000.

Needs an environment of its own (see README.md beside it):
``python django_post_office.py PORT [NUMBER]``. Prints the messages a second as JSON; the port is
that of ``python -m benchmarks.sink``.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

CONTENT = "The Government gives notice of its withdrawal.\n" * 100


def configure(folder: Path, port: int) -> None:
    """SQLite, one process, one thread: one connection, as the loop has that it is held against."""
    settings.configure(
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "post.sqlite3"}
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        POST_OFFICE={
            "BATCH_SIZE": 1000,
            "THREADS_PER_PROCESS": 1,
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
        },
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def measure(number: int) -> float:
    """Messages a second; the queueing is not in it."""
    mail = importlib.import_module("post_office.mail")  # its models need Django to be set up
    mail.send_many(
        [
            {
                "recipients": f"person-{one}@example.org",
                "sender": "alerts@example.org",
                "subject": "A notice",
                "message": CONTENT,
            }
            for one in range(number)
        ]
    )
    began, sent = time.perf_counter(), 0
    while sent < number:
        sent += mail.send_queued(processes=1)[0]
    return number / (time.perf_counter() - began)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        configure(Path(name), int(sys.argv[1]))
        print(json.dumps({"a_second": measure(int((sys.argv[2:] or ["4632"])[0]))}))
