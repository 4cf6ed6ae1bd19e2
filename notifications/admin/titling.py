"""What models and columns are called: in the reader's language, wherever the admin names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin import FieldListFilter
from django.db.models import BooleanField, Model
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from notifications.admin.saying import said_value

# One, and several.
MODELS: Final[dict[str, tuple[Any, Any]]] = {
    "Attachment": (_("attachment"), _("attachments")),
    "Circulation": (_("circulation"), _("circulations")),
    "Clause": (_("clause"), _("clauses")),
    "Deadline": (_("deadline"), _("deadlines")),
    "Defect": (_("defect"), _("defects")),
    "Document": (_("document"), _("documents")),
    "Event": (_("event"), _("events")),
    "Fact": (_("fact of the ledger"), _("facts of the ledger")),
    "Ladder": (_("ladder of alerts"), _("ladders of alerts")),
    "Mandate": (_("mandate"), _("mandates")),
    "Message": (_("message"), _("messages")),
    "Notification": (_("notification"), _("notifications")),
    "Outcome": (_("outcome of a silence"), _("outcomes of silences")),
    "Participation": (_("participation"), _("participations")),
    "Party": (_("party"), _("parties")),
    "Receipt": (_("receipt"), _("receipts")),
    "Response": (_("response"), _("responses")),
    "Statement": (_("statement"), _("statements")),
    "Succession": (_("succession"), _("successions")),
    "Transmission": (_("transmission"), _("transmissions")),
    "Treaty": (_("treaty"), _("treaties")),
    "User": (_("person"), _("people")),
}

# Columns that are called the same in every table; a class of the admin may call one otherwise.
COLUMNS: Final[dict[str, Any]] = {
    "act": _("Act"),
    "actor": pgettext_lazy("a person or a party", "Who"),
    "address": _("Address"),
    "applies_to": _("Applies to"),
    "approved_by": _("Approved by"),
    "at": _("At"),
    "by": _("By"),
    "case": _("Case"),
    "cause": _("Cause"),
    "channel": _("Channel"),
    "code": _("Code"),
    "computed_at": _("Computed at"),
    "computed_by": _("Computed by"),
    "consent": _("Consent to be bound"),
    "consent_on": _("Consented on"),
    "digest": _("Digest"),
    "disputed": _("Disputed"),
    "drafted_by": _("Drafted by"),
    "due_on": _("Due"),
    "email": _("E-mail address"),
    "entered_at": _("Entered at"),
    "entered_by": _("Entered by"),
    "exists_from": _("Exists from"),
    "exists_to": _("Exists until"),
    "exit_on": _("No longer a party on"),
    "from_on": _("From"),
    "given_at": _("Given at"),
    "given_on": _("Given on"),
    "in_force_on": _("In force on"),
    "is_active": _("Account open"),
    "is_confirmed": _("Confirmed"),
    "is_late": _("Late"),
    "is_paper": _("From a paper note"),
    "is_scan": _("Scan"),
    "is_staff": _("Administrator"),
    "kind": _("Kind"),
    "language": _("Language"),
    "meaning": _("Meaning"),
    "message_id": _("Message-ID"),
    "name": _("Name"),
    "next_at": _("Next try"),
    "digest_at": _("In the digest of"),
    "no": _("No."),
    "number": _("Number"),
    "on": _("On"),
    "opens_on": _("Opens"),
    "origin": _("Origin"),
    "order": _("Order"),
    "outcome": _("Outcome"),
    "owed_by": _("Borne by"),
    "participants_complete": _("All parties are listed"),
    "position": _("Position"),
    "previous": _("Digest before"),
    "reason": _("Reason"),
    "record": _("Record"),
    "recorded_at": _("Recorded at"),
    "reply": _("Answer"),
    "result": _("Result"),
    "role": _("Role"),
    "sent_at": _("Sent at"),
    "seq": _("Sequence"),
    "series": _("Series"),
    "settled_on": _("Settled on"),
    "sha256": _("SHA-256"),
    "short_title": _("Title"),
    "slug": _("Id"),
    "source": _("Source"),
    "state": _("State"),
    "status": _("Status"),
    "subject": _("Subject"),
    "text": _("Text"),
    "to_on": _("Until"),
    "treaty": _("Treaty"),
    "tries": _("Tries"),
    "type": _("Type"),
    "un_standing": _("Standing at the United Nations"),
    "until": _("Until"),
    "visibility": _("Visibility"),
    "year": _("Year"),
    "zone": _("Time zone"),
}


def titled(model: type[Model], owner: Any, names: Sequence[Any]) -> tuple[Any, ...]:
    """Columns of a model under the house's names; what the class of the admin makes stays."""
    return tuple(
        name if not isinstance(name, str) or hasattr(owner, name) else _column(model, name)
        for name in names
    )


def titled_filter(path: str) -> Callable[..., Any]:
    """Django's own filter for a field, called as the house calls its column."""

    def make(*args: Any, **kwargs: Any) -> Any:
        made: Any = FieldListFilter.create(*args, **kwargs)
        made.title = COLUMNS.get(path.rpartition("__")[2], made.title)
        choices = made.choices
        made.choices = lambda changelist: [_translated(choice) for choice in choices(changelist)]
        return made

    return make


def _translated(choice: dict[str, Any]) -> dict[str, Any]:
    """A choice in the reader's language, where its words are kept as they are in the source."""
    display = str(choice["display"])
    return {**choice, "display": gettext(display) if display else display}


_MADE: Final[dict[tuple[type[Model], str], Callable[[Any], Any]]] = {}


def _column(model: type[Model], name: str) -> Any:
    """The same function each time: Django compares columns by identity."""
    if name == "pk":
        return name
    key = (model, name)
    if key not in _MADE:
        _MADE[key] = _made(model, name)
    return _MADE[key]


def _made(model: type[Model], name: str) -> Callable[[Any], Any]:
    field: Any = model._meta.get_field(name)
    is_boolean = isinstance(field, BooleanField)

    def shown(row: Any) -> Any:
        if field.choices:
            # Of some columns the words are kept as they are in the source, to be translated here.
            return said_value(gettext(str(getattr(row, f"get_{name}_display")())))
        value = getattr(row, name)
        return value if is_boolean else said_value(value)

    shown.__name__ = name
    title = COLUMNS.get(name, field.verbose_name)
    return admin.display(shown, description=title, ordering=name, boolean=is_boolean or None)


def column(name: str, title: Any, *, order: str = "") -> Callable[[Any, Any], Any]:
    """A column that shows an annotation or an attribute of the row, and sorts by it."""

    @admin.display(description=title, ordering=order or name)
    def shown(_admin: Any, row: Any) -> Any:
        return said_value(getattr(row, name))

    return shown
