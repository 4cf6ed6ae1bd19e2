"""People and the mandates by which they act."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.base import ReadOnlyInline
from notifications.admin.changing import ServiceAdmin
from notifications.admin.forms import ReasonedForm
from notifications.admin.titling import column
from notifications.models import Mandate, Preference, User
from notifications.services.mandate_rules import MANDATE_LABELS
from notifications.services.people import (
    MANDATE_FIELDS,
    USER_FIELDS,
    appoint,
    change_mandate,
    change_user,
    close_account,
    register_user,
    reopen_account,
)


class UserForm(ReasonedForm):
    """A person; a password can be set at registration alone."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    password = forms.CharField(
        label=_("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text=_("Without one, nobody can sign in to the account by a password."),
    )


class MandateInline(ReadOnlyInline):
    """For whom the person acts."""

    model = Mandate
    fields = ("party_said", "role", "order", "from_on", "to_on")
    parties: ClassVar = {"party_name": "party"}
    ordering = ("-from_on", "pk")
    verbose_name_plural = _("Mandates")
    party_said = column("party_name", _("Party"))


class PreferenceInline(ReadOnlyInline):
    """How the person wishes to be reminded, which they alone settle."""

    model = Preference
    fields = ("own_days", "quiet_hours", "paused_until", "how_often")
    show_change_link = False
    verbose_name_plural = _("Reminders")
    paused_until = column("snooze_until", _("Paused until"))

    @admin.display(description=_("Own days before a date"))
    def own_days(self, row: Preference) -> str:
        """The days, or nothing where the kind of the deadline decides."""
        return ", ".join(str(days) for days in row.ladder)

    @admin.display(description=_("How they are told"))
    def how_often(self, row: Preference) -> str:
        """Each reminder by itself, or in a digest."""
        return row.get_digest_display()

    @admin.display(description=_("Quiet hours, in the person's zone"))
    def quiet_hours(self, row: Preference) -> str:
        """From when to when."""
        hours = [clock for clock in (row.quiet_from, row.quiet_to) if clock]
        return "–".join(clock.isoformat("minutes") for clock in hours)


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """People: registered, changed, their accounts closed and opened again; never removed."""

    form = UserForm
    fields = (*USER_FIELDS, "is_active")
    labels: ClassVar = {
        "email": _("E-mail address"),
        "name": _("Name"),
        "zone": _("Time zone"),
        "is_staff": _("Administrator"),
        "is_active": _("The account is open"),
    }
    list_display = ("name", "email", "language", "is_staff", "is_active", "mandate_count")
    list_filter = ("is_active", "is_staff", "language", "mandates__role")
    search_fields = ("name", "email")
    search_help_text = _("Name or e-mail address")
    ordering = ("name", "pk")
    inlines = (MandateInline, PreferenceInline)

    def get_queryset(self, request: Any) -> Any:
        """People, with the number of their mandates; the system itself is none."""
        people = super().get_queryset(request).filter(is_system=False)
        return people.annotate(mandate_number=Count("mandates"))

    mandate_count = column("mandate_number", _("Mandates"))

    def get_fields(self, request: Any, obj: Any = None) -> Any:  # noqa: ARG002
        """A password for a new one; the account of one that stands can be closed."""
        return (*USER_FIELDS, "password") if obj is None else (*USER_FIELDS, "is_active")

    def get_inlines(self, request: Any, obj: Any) -> Any:  # noqa: ARG002
        """Who is not registered yet has neither mandates nor wishes."""
        return () if obj is None else self.inlines

    def get_changeform_initial_data(self, request: Any) -> Any:
        """The language and the zone that most have."""
        said = super().get_changeform_initial_data(request)
        return {"language": settings.LANGUAGE_CODE, "zone": settings.TIME_ZONE, **said}

    def store(self, *, record: Any, form: Any, by: Asking) -> AbstractBaseUser:
        """Register, or change what is known; close or open the account in the same transaction."""
        typed = form.cleaned_data
        common = {"actor": by.user, "now": by.now, "reason": typed["reason"]}
        fields = {name: typed[name] for name in USER_FIELDS}
        if record is None:
            return register_user(**fields, password=typed["password"] or None, **common)
        saved = change_user(user=record, fields=fields, **common)
        if typed["is_active"] == saved.is_active:
            return saved
        put = reopen_account if typed["is_active"] else close_account
        return put(user=saved, **common)


OF_A_NEW_ONE: Final = ("user", "party", "role")


@admin.register(Mandate)
class MandateAdmin(ServiceAdmin):
    """Who acts for whom, from when to when."""

    exchange = "mandates"
    labels: ClassVar = {**MANDATE_LABELS, "user": _("Person")}
    fields = (*OF_A_NEW_ONE, *MANDATE_FIELDS)
    choosable = ("user", "party")
    parties: ClassVar = {"party_name": "party"}
    list_display = ("person", "party_said", "role", "order", "from_on", "to_on")
    list_filter = ("role", ("to_on", admin.EmptyFieldListFilter))
    joined: ClassVar = ("user",)
    search_fields = ("user__name", "user__email", "party__code", "party__names__name")
    search_help_text = _("Person or party")
    date_hierarchy = "from_on"
    ordering = ("user__name", "party__code", "-from_on")
    party_said = column("party_name", _("Party"))

    @admin.display(description=_("Person"), ordering="user__name")
    def person(self, row: Mandate) -> str:
        """Who holds it."""
        return row.user.name

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:  # noqa: ARG002
        """Another person, party or role is another mandate."""
        return () if obj is None else ("person", "party_said", "role")

    def get_fields(self, request: Any, obj: Any = None) -> Any:  # noqa: ARG002
        """What can be chosen of a new one, what is only shown of one that stands."""
        return self.fields if obj is None else ("person", "party_said", "role", *MANDATE_FIELDS)

    def store(self, *, record: Any, form: Any, by: Asking) -> Mandate:
        """Appoint, or change the days or the order."""
        typed = form.cleaned_data
        common = {"actor": by.user, "now": by.now, "reason": typed["reason"]}
        if record is None:
            return appoint(**{name: typed[name] for name in self.fields}, **common)
        fields = {name: typed[name] for name in MANDATE_FIELDS}
        return change_mandate(mandate=record, fields=fields, **common)
