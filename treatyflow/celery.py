"""The task queue: a nudge, never the truth. What is due is a row; a lost task loses nothing."""

from __future__ import annotations

import logging
import logging.config
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import (
    after_task_publish,
    beat_init,
    before_task_publish,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_ready,
    worker_shutdown,
)
from django.conf import settings

from treatyflow.logs import TaskLog
from treatyflow.schedule import EXPIRES_SECONDS, KNOCKS

# Celery warns root of pickled messages, which could run anything; ours are JSON and nothing else is
# accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)

logger = logging.getLogger(__name__)
task_log = TaskLog()

app = Celery("treatyflow")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_the_project_s_logging(**_: Any) -> None:
    """Keep Celery from laying its own handlers over the project's."""
    logging.config.dictConfig(settings.LOGGING)


@worker_ready.connect
def knock_at_once(**_: Any) -> None:
    """A worker that was away sweeps when it is back, without waiting for the next minute."""
    logger.info("ready")
    _knock()


def _knock() -> None:
    for knock in KNOCKS:
        app.send_task(f"notifications.tasks.{knock}", expires=EXPIRES_SECONDS[knock])


@beat_init.connect
def date_the_knocks(**_: Any) -> None:
    """In beat alone: every knock carries its instant, and leaves beat's sign of life.

    It knocks at once, so that it is seen without waiting for the next minute.
    """
    before_task_publish.connect(_date)
    after_task_publish.connect(leave_a_sign_of_life)
    logger.info("knocking every minute")
    _knock()


def _date(headers: dict[str, Any], **_: Any) -> None:
    headers["knocked_at"] = datetime.now(UTC).isoformat()


@task_prerun.connect
def leave_a_sign_of_life(**_: Any) -> None:
    """Touch the file that a container's health check looks at, where one is named."""
    if settings.TREATYFLOW_ALIVE_FILE:
        Path(settings.TREATYFLOW_ALIVE_FILE).touch()


@task_prerun.connect
def begin_a_task(task_id: str, task: Any, **_: Any) -> None:
    """From here on every line says which task it belongs to."""
    task_log.begin(task_id, task)


@task_postrun.connect
def end_a_task(task: Any, state: str | None = None, **_: Any) -> None:
    """Tell of the task that ended."""
    task_log.end(task, state)


@worker_shutdown.connect
def say_goodbye(**_: Any) -> None:
    """Tell that nothing is in hand any more."""
    logger.info("stopped; no task in hand")
