"""Parties with their names, and who succeeded whom."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking
from notifications.admin.base import ReadOnlyInline
from notifications.admin.changing import ServiceAdmin
from notifications.admin.forms import ReasonedForm
from notifications.admin.naming import party_sorted
from notifications.admin.titling import column
from notifications.models import Party, Succession
from notifications.services.party_rules import NAME_FIELDS, NAME_LABELS, PARTY_LABELS
from notifications.services.registry import save_party, save_succession

# The languages of the United Nations, each under its own name: that is translated into no other.
LANGUAGES: Final = {
    "en": "English",
    "fr": "français",
    "es": "español",
    "ru": "русский",
    "ar": "العربية",
    "zh": "中文",
}
RIGHT_TO_LEFT: Final = frozenset({"ar"})
PARTY_COLUMNS: Final = ("code", "kind", "un_standing", "exists_from", "exists_to", "source")


def _name_input(field: str, language: str) -> forms.CharField:
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    # Translators: the name of a column, and the language it is in.
    label = format_lazy(
        _("{column} ({language})"), column=NAME_LABELS[field], language=LANGUAGES[language]
    )
    widget = forms.TextInput(attrs={"lang": language, "dir": direction, "class": "vTextField"})
    return forms.CharField(label=label, required=False, widget=widget)


NAME_INPUTS: Final = {
    f"{field}_{language}": _name_input(field, language)
    for language in LANGUAGES
    for field in NAME_FIELDS
}


class _PartyForm(ReasonedForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        for name in self.instance.names.all():
            for field in NAME_FIELDS:
                self.initial[f"{field}_{name.language}"] = getattr(name, field)

    def names(self) -> dict[str, dict[str, str]]:
        """The names as typed, by language: those of languages that have or had one."""
        typed = {
            language: {field: self.cleaned_data[f"{field}_{language}"] for field in NAME_FIELDS}
            for language in LANGUAGES
        }
        known = {language for language in LANGUAGES if self.initial.get(f"name_{language}")}
        return {key: value for key, value in typed.items() if any(value.values()) or key in known}


# A form of the admin knows its fields from its class: three for each language.
PartyForm: Any = type("PartyForm", (_PartyForm,), dict(NAME_INPUTS))


class SuccessorInline(ReadOnlyInline):
    """Who took its place."""

    model = Succession
    fk_name = "old"
    fields = ("new_said", "on", "kind")
    parties: ClassVar = {"new_name": "new"}
    verbose_name_plural = _("Successors")
    new_said = column("new_name", _("Successor"))


class PredecessorInline(ReadOnlyInline):
    """Whose place it took."""

    model = Succession
    fk_name = "new"
    fields = ("old_said", "on", "kind")
    parties: ClassVar = {"old_name": "old"}
    verbose_name_plural = _("Predecessors")
    old_said = column("old_name", _("Predecessor"))


@admin.register(Party)
class PartyAdmin(ServiceAdmin):
    """States, organisations and territories."""

    exchange = "parties"
    form = PartyForm
    labels = PARTY_LABELS
    fields = PARTY_COLUMNS
    parties: ClassVar = {"said_name": ""}
    list_display = ("said", "code", "kind", "un_standing", "exists_from", "exists_to")
    list_filter = ("kind", "un_standing")
    search_fields = ("code", "names__name")
    search_help_text = _("Code, or a name in any language")
    inlines = (SuccessorInline, PredecessorInline)

    def get_queryset(self, request: Any) -> Any:
        """In the order of the reader's language."""
        rows = super().get_queryset(request).annotate(sorted_as=party_sorted(""))
        return rows.order_by("sorted_as", "code")

    said = column("said_name", _("Name"), order="sorted_as")

    def named(self, obj: Any) -> str:
        """Its name in the reader's language."""
        return str(obj.said_name)

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """The columns, the names with a line a language, the reason."""
        own, why = super().get_fieldsets(request, obj)
        lines = [tuple(f"{field}_{language}" for field in NAME_FIELDS) for language in LANGUAGES]
        about = _("The name alone is required; sort and text follow it where they are left empty.")
        names = (_("Names"), {"fields": lines, "classes": ["names"], "description": about})
        return [own, names, why]

    def store(self, *, record: Any, form: Any, by: Asking) -> Party:
        """Save the party and its names in one."""
        return save_party(
            party=record,
            fields={name: form.cleaned_data[name] for name in PARTY_COLUMNS},
            names=form.names(),
            actor=by.user,
            now=by.now,
            reason=form.cleaned_data["reason"],
        )


@admin.register(Succession)
class SuccessionAdmin(ServiceAdmin):
    """Who took the place of whom, and when."""

    fields = ("old", "new", "on", "kind", "source")
    choosable = ("old", "new")
    labels: ClassVar = {
        "old": _("Predecessor"),
        "new": _("Successor"),
        "on": _("Date of succession"),
        "kind": _("Kind"),
        "source": _("Source"),
    }
    parties: ClassVar = {"old_name": "old", "new_name": "new"}
    list_display = ("old_said", "new_said", "on", "kind")
    list_filter = ("kind",)
    search_fields = ("old__code", "new__code", "old__names__name", "new__names__name")
    date_hierarchy = "on"
    ordering = ("old__code", "on")
    old_said = column("old_name", _("Predecessor"))
    new_said = column("new_name", _("Successor"))

    def store(self, *, record: Any, form: Any, by: Asking) -> Succession:
        """Save it."""
        return save_succession(
            succession=record,
            **{name: form.cleaned_data[name] for name in self.fields},
            actor=by.user,
            now=by.now,
            reason=form.cleaned_data["reason"],
        )
