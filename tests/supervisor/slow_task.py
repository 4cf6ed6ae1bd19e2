"""A task that is in hand for a while."""

from __future__ import annotations

import time
from pathlib import Path

from celery import shared_task


@shared_task(name="tests.supervisor.write_slowly")
def write_slowly(folder: str, seconds: float) -> None:
    """Leave a file at the beginning and one at the end."""
    (Path(folder) / "begun").touch()
    time.sleep(seconds)
    (Path(folder) / "done").touch()
