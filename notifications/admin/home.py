"""The start page: what needs attention, then the way to everything."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications.admin.asking import asking
from notifications.admin.attention import concerns, moved


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Greet the administrator with what needs looking at."""
    by = asking(request)
    frame = admin.site.each_context(request)
    context = {
        **frame,
        "title": _("Administration"),
        "app_list": frame["available_apps"],
        "concerns": concerns(by),
        "moved": moved(by),
    }
    return render(request, "admin/index.html", context)
