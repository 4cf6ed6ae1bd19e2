"""Where a mail server posts what came back: one delivery report a request, with a token."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt

from notifications.emails import NoReportError, read_report
from notifications.errors import RuleBrokenError
from notifications.services.bouncing import record_bounce

MOST_BYTES: Final = 1024 * 1024


@csrf_exempt
@login_not_required
def bounces(request: HttpRequest) -> HttpResponseBase:
    """Take a report: 200 recorded, 202 nothing to record, 400 no report, 422 no message of ours.

    Without a token in the settings there is no such address. What is only delayed is not kept: the
    server goes on trying, and reports the end of it.
    """
    if not settings.TREATYFLOW_BOUNCE_TOKEN:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not _is_known(request):
        refused = _say(gettext("The token is missing or not the right one."), 401)
        refused["WWW-Authenticate"] = "Bearer"
        return refused
    if _length(request) > MOST_BYTES:
        return _say(gettext("A report is at most 1 MiB large."), 413)
    return _taken(request)


def _taken(request: HttpRequest) -> JsonResponse:
    try:
        report = read_report(_mail(request))
        if not report.is_failure:
            return _say(gettext("Nothing is recorded: the message did not come back."), 202)
        bounce = record_bounce(
            message_id=report.message_id, reason=report.reason, now=timezone.now()
        )
    except NoReportError as error:
        return _say(str(error), 400)
    except RuleBrokenError as error:
        return _say(error.sentence, 422)
    if bounce is None:
        return _say(gettext("It is on record already that this message came back."), 200)
    return _say(gettext("It is recorded that the message came back."), 200)


def _is_known(request: HttpRequest) -> bool:
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    is_right = constant_time_compare(token.strip(), settings.TREATYFLOW_BOUNCE_TOKEN)
    return is_right and scheme.lower() == "bearer"


def _length(request: HttpRequest) -> int:
    """What the request says of its length; a server reads no more of it than that."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0


def _mail(request: HttpRequest) -> bytes:
    """The bytes of the mail: a report may come whole, or with its type in the request alone.

    Raises NoReportError for any other type of content.
    """
    if request.content_type == "message/rfc822":
        return request.body
    if request.content_type == "multipart/report":
        head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n"
        return head.encode("utf-8", "replace") + request.body
    raise NoReportError(
        gettext("Post the report as message/rfc822 or multipart/report, not as another type.")
    )


def _say(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"says": sentence}, status=status)
