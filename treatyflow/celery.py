"""The task queue: a nudge, never the truth. What is due is a row; a lost task loses nothing."""

from __future__ import annotations

import logging
import logging.config
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import setup_logging, worker_ready, worker_shutdown
from django.conf import settings

from treatyflow.schedule import EXPIRES_SECONDS, KNOCKS

# Celery warns root of pickled messages, which could run anything; ours are JSON and nothing else is
# accepted.
warnings.filterwarnings("ignore", category=SecurityWarning)

logger = logging.getLogger(__name__)

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
    for knock in KNOCKS:
        app.send_task(f"notifications.tasks.{knock}", expires=EXPIRES_SECONDS)


@worker_shutdown.connect
def say_goodbye(**_: Any) -> None:
    """Tell that nothing is in hand any more."""
    logger.info("stopped; no task in hand")
