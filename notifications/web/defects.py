"""Defects: what is not in due form, brought to the sender's attention."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError
from notifications.services.defects import bring_defect
from notifications.web.acting import take
from notifications.web.form_fields import text
from notifications.web.forms import DomainForm
from notifications.web.kept import keeps_typed
from notifications.web.papers import defects_of
from notifications.web.thread import senders_of


class DefectForm(DomainForm):
    """What is not in due form, as the sender will read it."""

    text = text(
        label=_("What is not in due form"),
        is_asked=True,
        rows=6,
        help_text=_("For example: the note is not signed, or came without full powers (VCLT 67)."),
    )


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def defect(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Bring a defect to the sender's attention: a depositary's officer, or the secretariat."""
    hand = take(request, uid)
    if not permissions.can_bring_defect(hand.user, hand.notification, hand.today):
        raise Http404
    form = DefectForm(data=hand.data)
    if hand.acts and form.is_valid():
        try:
            bring_defect(
                notification=hand.notification,
                text=form.cleaned_data["text"],
                actor=hand.user,
                now=hand.now,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return hand.done(gettext("Brought to the attention of the sender."))
    return hand.show(
        "notifications/defect.html",
        form=form,
        known=defects_of(hand.notification),
        senders=senders_of(hand.notification, hand.names),
    )
