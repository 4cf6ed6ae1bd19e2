"""The mailbox of the embedded run: the messages as their recipients see them."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications.emails import parts
from notifications.models import Delivery, Message
from notifications.web.clock import day_of, person, read_clock
from notifications.web.names import party_names

PAGE_ROWS = 25
LINKS_BESIDE = '<base target="_blank">'
SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


def _readable(request: HttpRequest, uid: UUID) -> Message:
    visible = Message.objects.visible_to(person(request), day_of(read_clock()))
    attempts = Prefetch("deliveries", queryset=Delivery.objects.order_by("-at", "-pk"))
    joined = visible.select_related(
        "rendering", "user", "alert__notification", "alert__case__treaty"
    )
    return get_object_or_404(joined.prefetch_related(attempts), uid=uid)


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The person's messages, the newest first."""
    visible = Message.objects.visible_to(person(request), day_of(read_clock()))
    joined = (
        visible.filter(carried_by=None)
        .exclude(state="void")
        .select_related("rendering", "user", "alert__notification", "alert__case__treaty")
    )
    ordered = joined.order_by("-next_at", "-pk")
    page = Paginator(ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [{"message": found, "subject": parts(found).subject} for found in page.object_list]
    return render(request, "notifications/mailbox.html", {"page": page, "rows": rows})


@require_safe
def message(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One message: headers, text, attachments, and its HTML in a frame that can do nothing."""
    found = _readable(request, uid)
    context = {
        "message": found,
        "parts": parts(found),
        "party_name": party_names(request).of(found.party_id) if found.party_id else "",
    }
    return render(request, "notifications/mailbox_message.html", context)


@require_safe
@xframe_options_sameorigin
def html(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The HTML of a message alone, in a sandbox: no script, no other host, no form.

    Its links open beside the page; nothing else differs from what was sent.
    """
    shown = parts(_readable(request, uid)).html.replace("<head>", f"<head>{LINKS_BESIDE}", 1)
    response = HttpResponse(shown, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = SANDBOX
    return response


@require_safe
def calendar(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The deadline attached to a message, to download."""
    attached = (part for part in parts(_readable(request, uid)).attachments)
    found = next((part for part in attached if part.type == "text/calendar"), None)
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="deadline.ics"'
    return response
