"""Mail health: one page that says whether people are told what they must know."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from notifications.admin import mail_figures, silence_figures
from notifications.admin.asking import asking
from notifications.services.silence_memory import last_look


@require_safe
def mail_health(request: HttpRequest) -> HttpResponse:
    """Whether all were told; figures by state, party and person; what failed and what waits."""
    by = asking(request)
    silence = last_look(now=by.now)
    context = {
        **admin.site.each_context(request),
        "title": _("Mail health"),
        "now": by.now,
        "silence": silence,
        "untold": silence_figures.untold(silence, by),
        "figures": mail_figures.figures(by.now),
        "parties": mail_figures.by_party(),
        "people": mail_figures.by_person(),
        "reasons": mail_figures.reasons(by.now),
        "failed": mail_figures.failed(by),
        "longest": mail_figures.longest(by),
        "contacts": mail_figures.contacts(),
    }
    return render(request, "admin/mail_health.html", context)
