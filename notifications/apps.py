"""The one domain app."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
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


class AdministrationConfig(SimpleAdminConfig):
    """Django's admin on a site of our own, with our own models and no others."""

    default_site = "notifications.admin.site.AdministrationSite"

    def ready(self) -> None:
        """Register what the site shows, once the site stands and all models are loaded."""
        super().ready()
        import_module("notifications.admin.registered")


def put_back_triggers(*, using: str, **kwargs: Any) -> None:  # noqa: ARG001
    """Install every trigger of the register on the database that was just migrated."""
    # By name: the register imports the models, which are not loaded when this module is.
    import_string("notifications.register.install_triggers")(using)
