"""The tests: embedded, with a fast hasher, short limits, and no unknown name in a template."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from treatyflow.settings import environment
from treatyflow.settings.base import *
from treatyflow.settings.dev import *
from treatyflow.supervisor.broker import socket_path


class UnknownNameRefused(str):
    """Stands for a name that a template does not know: rendering it is an error."""

    __slots__ = ()

    def __contains__(self, _: object) -> bool:
        return True

    def __mod__(self, name: Any) -> str:
        raise LookupError(f"The template uses “{name}”, which its context does not hold.")


# A folder a process, so that two runs at once do not meet; a test that starts processes hands its
# own folder down.
TREATYFLOW_DATA = Path(
    environment.text(
        "TREATYFLOW_DATA", str(Path(tempfile.gettempdir()) / f"treatyflow-test-{os.getpid()}")
    )
)
TREATYFLOW_DOCUMENTS = TREATYFLOW_DATA / "documents"
TREATYFLOW_LEASE_SECONDS = environment.whole_number(
    "TREATYFLOW_LEASE_SECONDS", 2, least=1, most=3600
)
ALLOWED_HOSTS = ["testserver", *ALLOWED_HOSTS]

if not environment.text("DATABASE_URL"):
    DATABASES = {"default": environment.sqlite(TREATYFLOW_DATA / "test.sqlite3")}
    # A file, because threads and worker processes share it; nothing here must survive a loss of
    # power.
    DATABASES["default"]["TEST"] = {"NAME": TREATYFLOW_DATA / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )
DATABASES["default"]["CONN_MAX_AGE"] = 0

CELERY_BROKER_URL = environment.broker(
    environment.text("REDIS_URL") or f"unix://{socket_path(TREATYFLOW_DATA)}"
)
CELERY_BEAT_SCHEDULE_FILENAME = str(TREATYFLOW_DATA / "beat-schedule")
EMAIL_TIMEOUT = environment.whole_number("TREATYFLOW_SMTP_TIMEOUT", 3, least=1, most=600)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownNameRefused("%s")
