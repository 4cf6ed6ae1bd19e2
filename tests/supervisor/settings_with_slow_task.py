"""The embedded settings, whose worker also knows a task that takes its time."""

from __future__ import annotations

from treatyflow.settings.dev import *

CELERY_IMPORTS = ("tests.supervisor.slow_task",)
