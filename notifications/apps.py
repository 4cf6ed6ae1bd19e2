"""The one domain app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string


class NotificationsConfig(AppConfig):
    """Puts the sealing triggers back after ``migrate``: SQLite rebuilds tables and loses them."""

    name = "notifications"
    verbose_name = "Treaty notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the triggers once all models are loaded."""
        post_migrate.connect(put_back_triggers, sender=self)


def put_back_triggers(*, using: str, **kwargs: Any) -> None:  # noqa: ARG001
    """Install every trigger of the register on the database that was just migrated."""
    # By name: the register imports the models, which are not loaded when this module is.
    import_string("notifications.register.install_triggers")(using)
