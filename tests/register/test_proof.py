"""The proof covers every column of every sealed row, and says what it cannot read."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from notifications.models import (
    Event,
    Message,
    Notification,
    Receipt,
    RegisterHead,
    Sealed,
    Transmission,
    TransmissionReport,
    User,
)
from notifications.register import (
    Entry,
    append,
    canonical,
    content,
    digest_of,
    drop_triggers,
    sealed,
    verify,
)
from notifications.register.chain import EVENT_COLUMNS, GENESIS, event_digest
from notifications.register.records import agrees
from notifications.register.verify import _Walk
from tests.factories import NOW, Cast, issue_act
from tests.register.tampering import execute

SEALED: list[type[models.Model]] = [
    model
    for model in apps.get_app_config("notifications").get_models()
    if issubclass(model, Sealed)
]


def forged(column: models.Field[Any, Any], value: Any) -> Any:
    """Another value that the column takes."""
    if column.choices:
        others = (choice for choice, _title in column.flatchoices if choice != value)
        return next(others, "forged")
    if isinstance(column, models.DateField):
        return another_day(column, value)
    if isinstance(column, models.ForeignKey | models.IntegerField):
        return (value or 0) + 1000
    if isinstance(column, models.BooleanField):
        return not value
    made: dict[type[models.Field[Any, Any]], Any] = {
        models.JSONField: {"forged": True},
        models.BinaryField: b"forged",
        models.UUIDField: uuid.uuid4(),
    }
    return made.get(type(column), "forged")


def another_day(column: models.Field[Any, Any], value: Any) -> Any:
    """Later, or earlier where the day is the start of something."""
    is_a_start = column.name in ("opens_at", "in_force_on")
    if value is not None:
        return value + timedelta(days=-1 if is_a_start else 1)
    far = datetime(1900 if is_a_start else 2999, 1, 1, tzinfo=UTC)
    return far if isinstance(column, models.DateTimeField) else far.date()


# No row names these by their key (reports: see the next test); events stand in its order.
ORDERED_ALONE = (Event, Transmission)


@pytest.mark.parametrize("model", [*SEALED, Message], ids=lambda model: model.__name__)
def test_no_column_of_a_sealed_row_can_be_changed_unnoticed(
    everything: Cast, model: type[models.Model]
) -> None:
    assert verify().broken == ""
    drop_triggers()
    rows = models.QuerySet(model)
    for row in (rows.order_by("pk")[0], rows.order_by("-pk")[0]):
        if isinstance(row, Message):
            assert row.state == "sent"
        for column in model._meta.concrete_fields:
            if column.generated or (column.primary_key and model in ORDERED_ALONE):
                continue  # the database works the one out itself
            try:
                with transaction.atomic():
                    value = forged(column, getattr(row, column.attname))
                    changed = rows.filter(pk=row.pk).update(**{column.attname: value})
                    broken = verify().broken
                    transaction.set_rollback(True)
            except IntegrityError as refused:
                # A constraint of the table refuses such a value by itself.
                held = [one for one in model._meta.constraints if one.name in str(refused)]
                assert held, refused  # noqa: PT017
                continue
            assert changed == 1
            assert str(model._meta.model_name) in broken, column.attname
    assert verify().broken == ""


def test_two_transmissions_cannot_exchange_what_was_reported_of_them(everything: Cast) -> None:
    drop_triggers()
    report = TransmissionReport.objects.all()[0]
    mine = report.transmission
    other = Transmission.objects.filter(notification=mine.notification_id, role=mine.role)
    theirs = other.exclude(pk=mine.pk)[0]
    rows = models.QuerySet(Transmission)
    rows.filter(pk=mine.pk).update(party=User.objects.count() + 1000)
    rows.filter(pk=theirs.pk).update(party=mine.party_id)
    rows.filter(pk=mine.pk).update(party=theirs.party_id)
    assert verify().broken.startswith(f"transmissionreport {report.pk}:")


def test_one_and_true_are_not_the_same(db: None) -> None:
    act = Notification(act="withdrawal", fields={"has_full_powers": True})
    act.canonical = canonical(content(act))
    act.digest = digest_of(act.canonical)
    said = {"digest": act.digest}
    assert agrees(act, said)
    act.fields = {"has_full_powers": 1}
    assert not agrees(act, said)


def test_a_column_added_later_breaks_no_event_recorded_before(cast: Cast) -> None:
    for row in (Receipt.objects.all()[0], Message.objects.filter(state="sent")[0]):
        [said] = sealed([row]).values()
        later = "entered_by_id" if isinstance(row, Receipt) else "tries"
        assert said.pop(later)
        assert agrees(row, said)
    act = Notification.objects.get()
    before = {name: value for name, value in content(act).items() if name != "language"}
    act.canonical = canonical(before)
    act.digest = digest_of(act.canonical)
    assert agrees(act, {"digest": act.digest})


def test_the_digest_of_an_event_is_over_all_columns_there_are_today() -> None:
    assert set(EVENT_COLUMNS) == set(content(Event()))


def test_events_hold_no_addresses(everything: Cast) -> None:
    said = "\n".join(Event.objects.values_list("body", flat=True))
    assert "messages-sent" in set(Event.objects.values_list("act", flat=True))
    for address in Message.objects.values_list("address", flat=True).distinct():
        assert address not in said


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE {t} SET digest = '" + "f" * 64 + "'",
        "UPDATE {t} SET length = length + 1",
        "UPDATE {t} SET length = length - 1",
        "DELETE FROM {t}",
    ],
)
def test_a_head_that_is_not_the_end_of_the_chain_is_found(cast: Cast, change: str) -> None:
    execute(change.format(t=RegisterHead._meta.db_table))
    assert verify().broken.startswith("head of the register")


def test_a_head_put_back_to_an_earlier_event_is_found(cast: Cast) -> None:
    earlier = Event.objects.order_by("-pk")[1]
    RegisterHead.objects.update(digest=earlier.digest, length=Event.objects.count() - 1)
    assert verify().broken.startswith("head of the register")


def forge(body: str) -> Event:
    """An event with any body, linked to the chain as it should be."""
    head = RegisterHead.objects.filter(pk=1).first()
    if head is None:
        head = RegisterHead.objects.create(pk=1, digest=GENESIS)
    event = Event(at=NOW, recorded_at=NOW, act="x", record="x:1", body=body, previous=head.digest)
    event.digest = event_digest(event)
    event.save()
    return event


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        "",
        "[]",
        "3",
        "null",
        '{"sealed": 3}',
        '{"sealed": {"nonsense": {}}}',
        '{"sealed": {"nonsense:1": {}}}',
        '{"sealed": {"party:1": {}}}',
        '{"sealed": {"receipt:one": {}}}',
        '{"sealed": {"receipt:": {}}}',
        '{"sealed": {"transmissions:1": {}}}',
        '{"sealed": {"transmissions:one:issue": {}}}',
        '{"sealed": {"transmissions:1:issue": {}}}',
        '{"sealed": {"transmissions:1:issue": {"at": "", "channel": "", "parties": 3}}}',
        '{"sealed": {"transmissions:1:issue": []}}',
        "[" * 100_000,
    ],
)
def test_an_event_that_cannot_be_read_is_named(db: None, body: str) -> None:
    event = forge(body)
    assert verify().broken.startswith(f"event {event.pk}: ")


@pytest.mark.parametrize("said", ["3", "[]", "null", "{}", '{"no_such_column": null}'])
def test_a_record_of_which_an_event_says_nonsense_is_named(cast: Cast, said: str) -> None:
    receipt = Receipt.objects.all()[0]
    forge(f'{{"sealed": {{"receipt:{receipt.pk}": {said}}}}}')
    assert verify().broken.startswith(f"receipt {receipt.pk}: ")


@pytest.mark.parametrize("table", ["notification", "response", "statement"])
def test_a_canonical_text_that_is_none_is_named(everything: Cast, table: str) -> None:
    drop_triggers()
    for text in ("no JSON", "", "[]", "3", "{}"):
        with transaction.atomic():
            execute(f"UPDATE notifications_{table} SET canonical = '{text}'")
            broken = verify().broken
            transaction.set_rollback(True)
        assert broken.startswith(f"{table} "), text


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("receipt", "on"),
        ("receipt", "entered_at"),
        ("notification", "uid"),
        ("transmission", "at"),
        ("rendering", "mime"),
        ("message", "sent_at"),
        ("event", "at"),
    ],
)
def test_a_column_that_holds_no_value_of_its_kind_is_named(
    cast: Cast, table: str, column: str
) -> None:
    drop_triggers()
    execute(f"UPDATE notifications_{table} SET \"{column}\" = 'garbage'")
    assert verify().broken.startswith(table)


def test_acts_filed_during_the_proof_break_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    through, over = _Walk._through_events, _Walk.over_uncovered_rows
    filed = []

    def file_and(step: Any) -> Any:
        def first_file(walk: Any) -> None:
            if len(filed) < 2:
                filed.append(issue_act(cast, "breach-allegation", ALLEGATION))
            step(walk)

        return first_file

    monkeypatch.setattr(_Walk, "_through_events", file_and(through))
    monkeypatch.setattr(_Walk, "over_uncovered_rows", file_and(over))
    report = verify()
    assert len(filed) == 2
    assert (report.ok, report.events) == (True, Event.objects.count()), report.broken


ALLEGATION = {"against": ["RUS"], "respond_by": "2020-07-21", "text": "Another breach."}


def test_the_proof_does_not_ask_for_each_message(
    everything: Cast, django_assert_max_num_queries: Any
) -> None:
    before = 25 + 18 + Event.objects.filter(body__contains="transmissions:").count()
    assert Message.objects.filter(state="sent").count() > before
    with django_assert_max_num_queries(before):
        assert verify().ok


def test_rows_of_another_transaction_that_failed_are_in_no_event(cast: Cast) -> None:
    before = verify()
    with transaction.atomic():
        append(Entry("test", cast.japanese_drafter, NOW))
        transaction.set_rollback(True)
    assert verify() == before
    assert connection.in_atomic_block
