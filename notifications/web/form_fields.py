"""Fields of forms: one line, a text, a day, a choice, and the two that nobody sees."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from notifications.web.clock import read_day

AnyField = TypeVar("AnyField", bound=forms.Field)

MOST_TICKED = 4

# What a browser's field for a date with its time gives.
MINUTE = "%Y-%m-%dT%H:%M"
HOUR: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _is_day(value: object) -> bool:
    try:
        read_day(str(value))
    except ValueError:
        return False
    return True


class DayInput(forms.TextInput):
    """A date field; a plain one where it holds what is no date, so that it is not lost."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Choose the kind of field by what it holds."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["type"] = "text" if shown and not _is_day(shown) else "date"
        return context


class HourInput(forms.TextInput):
    """A time of day; a plain field where it holds what is none, so that it is not lost."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Choose the kind of field by what it holds."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["type"] = "text" if shown and not HOUR.fullmatch(shown) else "time"
        return context


def _is_minute(value: object) -> bool:
    try:
        datetime.strptime(str(value), MINUTE)  # noqa: DTZ007 - the zone is the treaty's
    except ValueError:
        return False
    return True


class MinuteInput(forms.TextInput):
    """A date with its time; a plain field where it holds what is none, so that it is not lost."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Choose the kind of field by what it holds."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        is_other = shown and not _is_minute(shown)
        context["widget"]["type"] = "text" if is_other else "datetime-local"
        return context


class InstantField(forms.CharField):
    """An instant, typed as a date with its time in a zone, carried as ISO text with its offset.

    What is neither is carried as typed: the service says what is wrong with it.
    """

    def __init__(self, zone: str, **kwargs: Any) -> None:
        super().__init__(
            widget=MinuteInput(attrs={"class": "form-control form-control-day"}), **kwargs
        )
        self.zone = ZoneInfo(zone)

    def to_python(self, value: Any) -> str:
        """The instant with its offset."""
        typed = super().to_python(value) or ""
        if not _is_minute(typed):
            return typed
        local = datetime.strptime(typed, MINUTE).replace(tzinfo=self.zone)
        return local.isoformat(timespec="minutes")

    def prepare_value(self, value: Any) -> Any:
        """What the field shows: the same in the zone, or what was typed."""
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            return value
        return at.astimezone(self.zone).strftime(MINUTE) if at.tzinfo else value


def line(*, label: Any, is_asked: bool = False, help_text: Any = "") -> forms.CharField:
    """One line of text."""
    widget = forms.TextInput(attrs={"class": "form-control", "dir": "auto"})
    return asked(
        forms.CharField(label=label, help_text=help_text, widget=widget, required=False), is_asked
    )


class SuggestingInput(forms.TextInput):
    """One line with what is usually typed there, each with what it is; anything else may be."""

    def __init__(self, suggested: Iterable[tuple[str, str]], attrs: dict[str, Any]) -> None:
        super().__init__(attrs)
        self.suggested = tuple(suggested)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The field, and the list beside it that the browser offers from."""
        key = f"{(attrs or {}).get('id', name)}_suggested"
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        options = format_html_join("", '<option value="{}" label="{}"></option>', self._options())
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)

    def _options(self) -> Iterable[tuple[str, str]]:
        for value, meaning in self.suggested:
            yield value, f"{value}: {meaning}" if meaning else value


def suggesting(
    *,
    label: Any,
    suggested: Iterable[tuple[str, str]],
    is_asked: bool = False,
    help_text: Any = "",
) -> forms.CharField:
    """One line of text with suggestions: pairs of what to type and what it is."""
    widget = SuggestingInput(suggested, {"class": "form-control", "dir": "auto"})
    return asked(
        forms.CharField(label=label, help_text=help_text, widget=widget, required=False), is_asked
    )


def text(
    *, label: Any, is_asked: bool = False, help_text: Any = "", rows: int = 5
) -> forms.CharField:
    """Several lines of text, kept as typed."""
    widget = forms.Textarea(attrs={"class": "form-control", "rows": rows, "dir": "auto"})
    field = forms.CharField(
        label=label, help_text=help_text, widget=widget, required=False, strip=False
    )
    return asked(field, is_asked)


def day(*, label: Any, is_asked: bool = False, help_text: Any = "") -> forms.CharField:
    """A date as ISO text."""
    widget = DayInput(attrs={"class": "form-control form-control-day"})
    return asked(
        forms.CharField(label=label, help_text=help_text, widget=widget, required=False), is_asked
    )


def instant(*, zone: str, label: Any, is_asked: bool = False, help_text: Any = "") -> InstantField:
    """A date with its time in a zone."""
    return asked(InstantField(zone, label=label, help_text=help_text, required=False), is_asked)


def hour(*, label: Any, help_text: Any = "") -> forms.CharField:
    """A time of day in the treaty's zone, as 14:30, kept as typed."""
    widget = HourInput(attrs={"class": "form-control form-control-day"})
    field = forms.CharField(label=label, help_text=help_text, widget=widget, required=False)
    return asked(field, is_asked=False)


def number(*, label: Any, is_asked: bool = False, help_text: Any = "") -> forms.CharField:
    """A whole number, kept as typed: the service says what is none."""
    widget = forms.TextInput(
        attrs={"class": "form-control form-control-day", "inputmode": "numeric"}
    )
    return asked(
        forms.CharField(label=label, help_text=help_text, widget=widget, required=False), is_asked
    )


def several(
    *, label: Any, choices: Iterable[tuple[str, Any]], is_asked: bool = False, help_text: Any = ""
) -> forms.MultipleChoiceField:
    """Several of a list: a few to tick, many in a list to choose from."""
    offered = list(choices)
    widget: forms.Widget = forms.SelectMultiple(attrs={"class": "form-select", "size": 8})
    if len(offered) <= MOST_TICKED:
        widget = forms.CheckboxSelectMultiple(attrs={"class": "ticks"})
    field = forms.MultipleChoiceField(
        label=label, help_text=help_text, choices=offered, widget=widget, required=False
    )
    return asked(field, is_asked)


def switch(*, label: Any, help_text: Any = "") -> forms.BooleanField:
    """Yes or no."""
    widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
    field = forms.BooleanField(label=label, help_text=help_text, widget=widget, required=False)
    vars(field)["is_switch"] = True
    return field


def choice(
    *, label: Any, choices: Iterable[tuple[str, Any]], is_asked: bool = False, help_text: Any = ""
) -> forms.ChoiceField:
    """One of a list."""
    widget = forms.Select(attrs={"class": "form-select"})
    field = forms.ChoiceField(
        label=label, help_text=help_text, choices=list(choices), widget=widget, required=is_asked
    )
    return asked(field, is_asked)


def asked(field: AnyField, is_asked: bool) -> AnyField:
    """Say on the page, not in the browser, that a field must be filled: the services check."""
    vars(field)["is_asked"] = is_asked
    if is_asked:
        field.widget.attrs["aria-required"] = "true"
    return field


class Token(forms.Field):
    """A hidden mark that tells a second click from a second act; a new one where it was lost."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def to_python(self, value: Any) -> uuid.UUID:
        """The mark, or a new one."""
        return _uuid(value) or uuid.uuid4()

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What the page shows again: never what is no mark."""
        return _uuid(data) or initial


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


class SeenVersion(forms.IntegerField):
    """The version of a draft that the person saw; 0, which none has, where it is not said."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> int:
        """The number, or 0."""
        try:
            return super().to_python(value) or 0
        except forms.ValidationError:
            return 0
