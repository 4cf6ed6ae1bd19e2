"""An answer that came by mail: a person of the mission gives it, or sets it aside."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from notifications.emails.incoming import read_incoming
from notifications.errors import DomainError
from notifications.models import MailedAnswer
from notifications.services.mailed_answers import confirm_answer, set_answer_aside
from notifications.web.clock import day_of, person, read_clock
from notifications.web.forms import MailedAnswerForm
from notifications.web.incoming_mail import SHOWN_CHARACTERS, as_it_came
from notifications.web.kept import DO, LOOK, keeps_typed
from notifications.web.names import party_names
from notifications.web.thread import title_of

ASIDE = "aside"


@keeps_typed
@require_http_methods(["GET", "POST"])
def mailed_answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Read the answer, choose its position, correct its text; nothing is given before that."""
    user, now, names = person(request), read_clock(), party_names(request)
    found = _readable(request, uid)
    refusal = ""
    typed = request.POST if request.method == "POST" else None
    form = MailedAnswerForm(data=typed, initial={"text": found.text})
    pressed = request.POST.get(DO) if request.method == "POST" else LOOK
    try:
        if pressed == ASIDE:
            set_answer_aside(answer=found, actor=user, now=now)
            messages.success(request, gettext("Set aside: no response was recorded."))
            return redirect("desk")
        if pressed != LOOK and form.is_valid():
            response = confirm_answer(
                answer=found,
                position=form.cleaned_data["position"],
                text=form.cleaned_data["text"],
                actor=user,
                now=now,
            )
            late = gettext("Response recorded; it came after the limit and is marked late.")
            messages.success(request, late if response.is_late else gettext("Response recorded."))
            return redirect("notification", uid=found.notification.uid)
    except DomainError as error:
        if error.field in form.fields:
            form.refuse(error)
        else:
            found, refusal = _readable(request, uid), error.sentence
    read = read_incoming(bytes(found.mail.raw))
    context = {
        "answer": found,
        "form": form,
        "whole": read.whole[:SHOWN_CHARACTERS],
        "files": read.files,
        "refusal": refusal,
        "notification": found.notification,
        "title": title_of(found.notification, names),
        "party": names.by_id[found.party_id],
        "today": day_of(now, found.notification.zone),
    }
    return render(request, "notifications/mailed_answer.html", context)


@require_safe
def mailed_answer_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The mail as it came, with its files, to be opened in a mail reader."""
    return as_it_came(_readable(request, uid).mail)


def _readable(request: HttpRequest, uid: UUID) -> MailedAnswer:
    visible = MailedAnswer.objects.visible_to(person(request), day_of(read_clock()))
    joined = visible.select_related(
        "mail", "by", "decided_by", "response", "notification__treaty", "notification__case"
    )
    return get_object_or_404(joined, uid=uid)
