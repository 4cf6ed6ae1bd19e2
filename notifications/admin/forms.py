"""Forms of the admin: they carry what was typed to a service, which decides what is right.

Django's checks of the database's constraints are left out: the services refuse the same things in
sentences that name the field and the rule.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Field, Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.typed import ModelChoiceField, ModelForm, ModelMultipleChoiceField
from notifications.errors import DomainError
from notifications.models import Party, User


def name_the_fields(form: forms.BaseForm) -> None:
    """Let every refusal of a form name its field, in one sentence."""
    for field in form.fields.values():
        named = {"field": field.label or ""}
        choose = gettext("%(field)s: choose one of the list.") % named
        no_text = gettext("%(field)s: it holds a control character, which is no text.") % named
        no_day = gettext("%(field)s: this is no day of the calendar, such as 2020-05-22.") % named
        no_time = (
            gettext("%(field)s: this is no date with its time, such as 2020-05-22 10:00.") % named
        )
        is_day = isinstance(field, forms.DateField)
        is_timed = isinstance(field, forms.DateTimeField)
        field.error_messages.update(
            required=gettext("%(field)s is missing.") % named,
            invalid_choice=choose,
            invalid_list=choose,
            null_characters_not_allowed=no_text,
            **({"invalid": no_day} if is_day else {}),
            **({"invalid": no_time} if is_timed else {}),
        )


class ReasonedForm(ModelForm):
    """The fields of a record and the reason for the change; a refusal stands at its field.

    ``refusal`` is what the service refused when it was asked with these fields.
    """

    refusal: DomainError | None = None
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Why this is entered or changed; it stands in the register."),
    )

    def full_clean(self) -> None:
        """Check, with sentences made for each field."""
        name_the_fields(self)
        super().full_clean()

    def clean(self) -> dict[str, Any] | None:
        """Add what the service refused."""
        cleaned = super().clean()
        if self.refusal is not None:
            known = self.refusal.field in self.fields
            self.add_error(self.refusal.field if known else None, self.refusal.sentence)
        return cleaned

    def _post_clean(self) -> None:
        """Nothing: the record is left as it is stored, and its rules to the service."""


class Chosen(AutocompleteSelect):
    """A choice that can be searched where scripts run, and a complete list where they do not."""

    @property
    def media(self) -> forms.Media:
        """Django's scripts, and one of ours that lets the choice be read out under its label."""
        return super().media + forms.Media(js=["notifications/choices.js"])

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        """Say what to do where nothing is chosen: else the choice has no name to be read out."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-placeholder": gettext("Type to search")}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """All options: Django's own leaves only the chosen one."""
        return forms.Select.optgroups(self, name, value, attr)


class SeveralChosen(forms.SelectMultiple):
    """A list of which several can be chosen."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__({"size": 10, **(attrs or {})})


class LabelledChoice(ModelChoiceField):
    """One record, told from others of the same name."""

    def label_from_instance(self, obj: Any) -> str:
        """As a search shows it."""
        return labelled(obj)


class LabelledChoices(ModelMultipleChoiceField):
    """Several records, told from others of the same name."""

    def label_from_instance(self, obj: Any) -> str:
        """As a search shows it."""
        return labelled(obj)


def labelled(record: Any) -> str:
    """A party by name and code (read with its name), a person by name and address."""
    if isinstance(record, Party):
        return f"{getattr(record, 'said_name', record.code)} ({record.code})"
    return f"{record.name} ({record.email})" if isinstance(record, User) else str(record)


def chosen(model: type[Model], name: str, admin_site: Any) -> Chosen:
    """The widget for the foreign key ``name`` of a model."""
    field: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    return Chosen(field, admin_site)
