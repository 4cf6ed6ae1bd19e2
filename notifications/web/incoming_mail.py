"""The mail that came in and is no answer: kept as it came, for the secretariat to read."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from notifications import permissions
from notifications.emails.incoming import Incoming, read_incoming
from notifications.models import IncomingMail, Notification
from notifications.web.clock import day_of, person, read_clock

PAGE_ROWS = 25
# A page of a mail shows this much of its text; the longest mail holds a thousand times more.
SHOWN_CHARACTERS = 20_000


@require_safe
def incoming_mail(request: HttpRequest) -> HttpResponse:
    """What came in and was not taken as an answer, the newest first."""
    ordered = _readable(request).defer("raw").order_by("-taken_at", "-pk")
    page = Paginator(ordered, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "notifications/incoming_mail.html", {"page": page})


@require_safe
def one_incoming_mail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One mail: from whom, what it says, and why it was not taken; unreadable, as it came."""
    found = get_object_or_404(_readable(request), uid=uid)
    read = read_incoming(bytes(found.raw))
    text = _text_of(found, read)
    context = {
        "mail": found,
        "text": text[:SHOWN_CHARACTERS],
        "files": read.files,
        "is_cut": len(text) > SHOWN_CHARACTERS,
        "is_beginning": found.kind == IncomingMail.Kind.TOO_LARGE,
    }
    return render(request, "notifications/incoming_mail_one.html", context)


@require_safe
def incoming_mail_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The mail as it came, with its files, to be opened in a mail reader."""
    return as_it_came(get_object_or_404(_readable(request), uid=uid))


def as_it_came(mail: IncomingMail) -> HttpResponse:
    """The mail as a file, to be saved and never shown inside this site."""
    answer = HttpResponse(bytes(mail.raw), content_type="message/rfc822")
    answer["Content-Disposition"] = f'attachment; filename="{mail.uid}.eml"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _text_of(mail: IncomingMail, read: Incoming) -> str:
    """Its writer's own words, or where there are none what it quotes."""
    if mail.kind == IncomingMail.Kind.UNREADABLE:
        # A letter is at most four bytes; one more character shows that this is not all of it.
        return bytes(mail.raw)[: 4 * (SHOWN_CHARACTERS + 1)].decode("utf-8", "replace")
    return read.text or read.whole


def _readable(request: HttpRequest) -> QuerySet[IncomingMail]:
    """For the secretariat; of answers to an act those alone whose act it may read."""
    user, today = person(request), day_of(read_clock())
    if not permissions.is_secretariat(user, today):
        raise Http404
    acts = Notification.objects.visible_to(user, today)
    open_to_it = Q(answers=None) | Q(answers__alert__notification__in=acts)
    return IncomingMail.objects.unanswering().filter(open_to_it)
