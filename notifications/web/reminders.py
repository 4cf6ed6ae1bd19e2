"""How the reader is reminded: their own days, quiet hours, a pause, a digest."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from notifications.errors import DomainError
from notifications.models import Preference, User
from notifications.services.preferring import RUNGS, save_preference
from notifications.web.clock import person, read_clock
from notifications.web.form_fields import HOUR, choice, hour, instant
from notifications.web.forms import DomainForm
from notifications.web.kept import DO, LOOK, keeps_typed

LADDER: Final = "ladder"


class RemindersForm(DomainForm):
    """Own days, quiet hours, a pause and a digest, the times in the reader's zone."""

    ladder = forms.TypedMultipleChoiceField(
        label=_("My own days"),
        help_text=_("Without any, you are reminded as the kind of each deadline says."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "ticks"}),
    )
    digest = choice(
        label=_("How you are told"),
        help_text=_(
            "A digest comes shortly after eight in the morning in your time zone, that of a week "
            "on Mondays. What it would bring too late comes by itself."
        ),
        choices=Preference.Digest.choices,
    )
    quiet_from = hour(
        label=_("Quiet hours from"),
        help_text=_("In your time zone. Reminders wait until the quiet hours end."),
    )
    quiet_to = hour(label=_("Quiet hours to"), help_text=_("They may go over midnight."))

    def __init__(self, *, zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        vars(self.fields[LADDER])["is_asked"] = False
        self.fields[LADDER].choices = [(days, _days_before(days)) for days in RUNGS]  # type: ignore[attr-defined]
        self.fields["snooze_until"] = instant(
            zone=zone,
            label=_("Pause reminders until"),
            help_text=_("A date and a time in your time zone. Empty: no pause."),
        )

    def clean_digest(self) -> str:
        """How often; each by itself where nothing is said."""
        return self.cleaned_data["digest"] or Preference.Digest.AT_ONCE

    def clean_quiet_from(self) -> time | None:
        """The time of day, or none."""
        return self._time("quiet_from")

    def clean_quiet_to(self) -> time | None:
        """The time of day, or none."""
        return self._time("quiet_to")

    def clean_snooze_until(self) -> datetime | None:
        """The instant, or none."""
        typed = self.cleaned_data["snooze_until"]
        try:
            at = datetime.fromisoformat(typed) if typed else None
        except ValueError:
            at = None
        if typed and (at is None or at.tzinfo is None):
            sentence = gettext("%(field)s: “%(typed)s” is no date with its time.")
            raise forms.ValidationError(sentence % self._said("snooze_until", typed))
        return at

    def _time(self, name: str) -> time | None:
        typed = self.cleaned_data[name]
        if typed and not HOUR.fullmatch(typed):
            sentence = gettext("%(field)s: “%(typed)s” is no time of day, such as 22:00.")
            raise forms.ValidationError(sentence % self._said(name, typed))
        return time.fromisoformat(typed) if typed else None

    def _said(self, name: str, typed: str) -> dict[str, Any]:
        return {"field": self.fields[name].label, "typed": typed}


def _days_before(days: int) -> str:
    return ngettext("%(days)d day before", "%(days)d days before", days) % {"days": days}


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Show and change how one is reminded."""
    user, now = person(request), read_clock()
    data = request.POST if request.method == "POST" else None
    form = RemindersForm(zone=user.zone, data=data, initial=_held(user, now))
    is_told = data is not None and data.get(DO) != LOOK
    if is_told and form.is_valid():
        try:
            save_preference(user=user, actor=user, now=now, **form.cleaned_data)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Your reminders are saved."))
            return redirect("reminders")
    return render(request, "notifications/reminders.html", {"form": form, "zone": user.zone})


def _held(user: User, now: datetime) -> dict[str, Any]:
    """What the form shows first; a pause that is over is none."""
    held = Preference.objects.filter(user=user).first()
    if held is None:
        return {}
    until = held.snooze_until
    return {
        LADDER: held.ladder,
        "digest": held.digest,
        "quiet_from": held.quiet_from.isoformat("minutes") if held.quiet_from else "",
        "quiet_to": held.quiet_to.isoformat("minutes") if held.quiet_to else "",
        "snooze_until": until.isoformat() if until and until > now else "",
    }
