"""What people typed into the records of a test: it stays as it is in every language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from notifications.models import (
    Attachment,
    Circulation,
    ClauseVersion,
    Deadline,
    Defect,
    Document,
    Draft,
    Event,
    Fact,
    MailedAnswer,
    Notification,
    Outcome,
    Party,
    PartyName,
    Receipt,
    Response,
    Statement,
    Treaty,
    User,
)

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Circulation: ("number",),
    ClauseVersion: ("rule", "reason"),
    Deadline: ("note",),
    Defect: ("text",),
    Document: ("sha256",),
    Attachment: ("name",),
    Draft: ("fields", "digest"),
    Fact: ("reason", "source"),
    MailedAnswer: ("text",),
    Outcome: ("reason",),
    Receipt: ("reason",),
    Statement: ("text", "source"),
    Event: ("act", "digest"),
    Notification: ("text", "fields", "digest", "zone"),
    Party: ("code",),
    PartyName: ("name", "in_text"),
    Response: ("text",),
    Treaty: ("title", "short_title", "zone", "subject"),
    User: ("name", "email"),
}
# What a rule says of itself for people; the rest of it is told in words.
_OF_RULES = ("article", "source")


def words_of_records() -> list[str]:
    """Every text in the columns that hold what people typed, of two letters or more."""
    found = [text for model, columns in COLUMNS.items() for text in _texts(model, columns)]
    # A sentence begins with a capital.
    begun = [text[:1].upper() + text[1:] for text in found]
    lines = [line.strip() for text in found if "\n" in text for line in text.splitlines()]
    return [text for text in (*found, *begun, *lines) if len(text) > 1]


def _texts(model: type[models.Model], columns: tuple[str, ...]) -> Iterator[str]:
    fields = [column for column in columns if column in {f.name for f in model._meta.fields}]
    for row in model._default_manager.values_list(*fields):
        for name, value in zip(fields, row, strict=True):
            yield from _of_rule(value) if name == "rule" else _leaves(value)


def _of_rule(rule: dict[str, Any]) -> Iterator[str]:
    yield from (rule[name] for name in _OF_RULES if rule.get(name))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
