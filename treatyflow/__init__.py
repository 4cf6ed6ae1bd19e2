"""The project: settings, URLs, the task queue, and the supervisor that runs it all."""

from treatyflow.celery import app as celery_app

__all__ = ["celery_app"]
