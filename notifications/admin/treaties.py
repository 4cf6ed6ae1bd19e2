"""Treaties with their depositaries, and who is a party to which."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications.admin.asking import Asking
from notifications.admin.base import ReadOnlyInline
from notifications.admin.changing import ServiceAdmin, parties_by_name
from notifications.admin.filters import by_treaty
from notifications.admin.forms import LabelledChoices, ReasonedForm, SeveralChosen
from notifications.admin.titling import column
from notifications.models import Clause, Participation, Treaty
from notifications.services.participation_rules import (
    PARTICIPATION_FIELDS,
    PARTICIPATION_LABELS,
)
from notifications.services.participations import save_participation
from notifications.services.registry import save_treaty
from notifications.services.treaty_rules import TREATY_FIELDS, TREATY_LABELS


class TreatyForm(ReasonedForm):
    """The particulars of a treaty and its depositaries; languages as codes with commas."""

    depositaries = LabelledChoices(
        queryset=None, required=False, label=_("Depositaries"), widget=SeveralChosen
    )
    authentic_languages = forms.CharField(
        required=False,
        label=TREATY_LABELS["authentic_languages"],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("Codes of languages with commas between, such as en, fr, ru."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["depositaries"].queryset = parties_by_name()  # type: ignore[attr-defined]
        self.initial["authentic_languages"] = ", ".join(self.instance.authentic_languages)
        if self.instance.pk is not None:
            self.initial["depositaries"] = list(
                self.instance.depositary_rows.values_list("party", flat=True)
            )

    def clean_authentic_languages(self) -> list[str]:
        """The codes, one by one; the service knows which of them are languages."""
        typed = self.cleaned_data["authentic_languages"].replace(";", ",").split(",")
        return [code.strip() for code in typed if code.strip()]


class ClauseInline(ReadOnlyInline):
    """The clauses; their rules are on their own pages."""

    model = Clause
    fields = ("slug",)
    ordering = ("slug",)
    verbose_name_plural = _("Clauses")


@admin.register(Treaty)
class TreatyAdmin(ServiceAdmin):
    """Treaties: their particulars, depositaries and clauses."""

    exchange = "treaties"
    form = TreatyForm
    labels = TREATY_LABELS
    fields = TREATY_FIELDS
    choosable = ("parent",)
    list_display = ("short_title", "slug", "subject", "in_force_on", "clause_count", "complete")
    list_filter = ("participants_complete", "subject")
    search_fields = ("slug", "title", "short_title", "registration")
    search_help_text = _("Title, id or registration")
    date_hierarchy = "in_force_on"
    ordering = ("short_title",)
    inlines = (ClauseInline,)
    readonly_fields = ("participations_said",)

    def get_queryset(self, request: Any) -> Any:
        """With the number of clauses."""
        return super().get_queryset(request).annotate(clause_number=Count("clauses"))

    clause_count = column("clause_number", _("Clauses"))

    @admin.display(description=_("All parties known"), boolean=True)
    def complete(self, row: Treaty) -> bool:
        """Whether the list of its parties is complete."""
        return row.participants_complete

    @admin.display(description=_("Parties"))
    def participations_said(self, row: Treaty) -> str:
        """How many participations are on record, with the way to their list."""
        number = row.participations.count()
        said = ngettext("%(number)d participation", "%(number)d participations", number)
        address = reverse("admin:notifications_participation_changelist")
        link = f"{address}?treaty={row.slug}"
        return format_html('<a href="{}">{}</a>', link, said % {"number": number})

    def get_fields(self, request: Any, obj: Any = None) -> Any:  # noqa: ARG002
        """The participations of a treaty that stands already, by a link: they can be many."""
        own = (*TREATY_FIELDS, "depositaries")
        return own if obj is None else (*own, "participations_said")

    def store(self, *, record: Any, form: Any, by: Asking) -> Treaty:
        """Save the treaty and its depositaries in one."""
        return save_treaty(
            treaty=record,
            fields={name: form.cleaned_data[name] for name in TREATY_FIELDS},
            depositaries=list(form.cleaned_data["depositaries"]),
            actor=by.user,
            now=by.now,
            reason=form.cleaned_data["reason"],
        )


OF_A_NEW_ONE: Final = ("party", "treaty")


@admin.register(Participation)
class ParticipationAdmin(ServiceAdmin):
    """One state or organisation in one treaty."""

    exchange = "participations"
    labels = PARTICIPATION_LABELS
    fields = (*OF_A_NEW_ONE, *PARTICIPATION_FIELDS)
    choosable = ("party", "treaty", "succeeds")
    parties: ClassVar = {"party_name": "party"}
    list_display = ("party_said", "treaty", "consent", "consent_on", "in_force_on", "exit_on")
    list_filter = (by_treaty("treaty"), "consent", ("exit_on", admin.EmptyFieldListFilter))
    joined: ClassVar = ("treaty",)
    search_fields = ("party__code", "party__names__name", "treaty__short_title", "treaty__slug")
    search_help_text = _("Party or treaty")
    date_hierarchy = "in_force_on"
    ordering = ("treaty__short_title", "party__code", "in_force_on")
    party_said = column("party_name", _("Party"))
    treaty_said = column("treaty", _("Treaty"))

    def named(self, obj: Any) -> str:
        """The party and the treaty."""
        return f"{obj.party_name}, {obj.treaty.short_title}"

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:  # noqa: ARG002
        """Party and treaty of one that stands stay what they are."""
        return () if obj is None else ("party_said", "treaty_said")

    def get_fields(self, request: Any, obj: Any = None) -> Any:  # noqa: ARG002
        """The party by its name where it is only shown."""
        return self.fields if obj is None else ("party_said", "treaty_said", *PARTICIPATION_FIELDS)

    def store(self, *, record: Any, form: Any, by: Asking) -> Participation:
        """Save it."""
        asked = PARTICIPATION_FIELDS if record else self.fields
        return save_participation(
            participation=record,
            fields={name: form.cleaned_data[name] for name in asked},
            actor=by.user,
            now=by.now,
            reason=form.cleaned_data["reason"],
        )
