"""Which address is answered by what."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include("notifications.web.urls")),
]

if settings.TREATYFLOW_EMBEDDED:
    # Sign-in cards and the mailbox: in production these addresses do not exist.
    urlpatterns.append(path("", include("notifications.web.embedded_urls")))
