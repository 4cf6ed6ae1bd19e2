"""A receipt corrected, a receipt disputed: both dates are kept, and what counts from them moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import Alert, Notification, Receipt, counted
from notifications.register import verify
from notifications.services.ledger import record_fact
from notifications.services.receiving import correct_receipt, dispute_receipt, register_receipt
from notifications.services.sweeps import track_deadlines
from tests.factories import Cast, issue
from tests.services.ledgers import at, circulate, clock_of, day, receive


@pytest.fixture
def receipt(cast: Cast) -> Receipt:
    """A withdrawal given on 22 May 2020 and, as Canada registered, received on 25 May."""
    return receive(cast, issue(cast), "2020-05-25")


def correct(cast: Cast, receipt: Receipt, on: str, now: str = "2020-06-01", **more: Any) -> Receipt:
    return correct_receipt(
        **{
            "receipt": receipt,
            "on": day(on),
            "reason": "the stamp says so",
            "actor": cast.canadian_officer,
            "now": at(now),
            **more,
        }
    )


def dispute(cast: Cast, receipt: Receipt, on: str, now: str = "2020-06-01", **more: Any) -> Receipt:
    return dispute_receipt(
        **{
            "notification": receipt.notification,
            "party": receipt.party,
            "on": day(on),
            "reason": "our courier has a signature",
            "actor": cast.us_drafter,
            "now": at(now),
            **more,
        }
    )


def test_a_correction_is_a_further_row_and_moves_what_counts_from_it(
    cast: Cast, receipt: Receipt
) -> None:
    row = correct(cast, receipt, "2020-05-23")

    assert (row.supersedes, row.reason) == (receipt, "the stamp says so")
    clock = clock_of(receipt.notification, "xv-3")
    assert (clock.version.opens_on, clock.version.due_on) == (day("2020-06-22"), day("2020-07-22"))
    assert clock.version.cause == "receipt by Canada corrected to 23 May 2020"
    receipt.notification.progress.refresh_from_db()
    assert receipt.notification.progress.received_on == day("2020-05-23")
    assert Alert.objects.filter(kind="disputed", stage=str(row.pk)).exists()
    assert verify().ok


def test_an_extension_by_days_moves_with_the_receipt_that_is_corrected(
    cast: Cast, receipt: Receipt
) -> None:
    record_fact(
        case=receipt.notification.case,
        kind="extension",
        deadline=clock_of(receipt.notification, "xv-3"),
        on=day("2020-05-26"),
        until=None,
        days=10,
        reason="agreed",
        actor=cast.canadian_officer,
        now=at("2020-05-26"),
    )

    correct(cast, receipt, "2020-05-23")

    assert clock_of(receipt.notification, "xv-3").version.due_on == day("2020-08-01")


def test_a_lapse_that_was_counted_from_a_wrong_receipt_runs_again(
    cast: Cast, receipt: Receipt
) -> None:
    track_deadlines(now=at("2020-07-25"))
    assert clock_of(receipt.notification, "xv-3").status == "lapsed"

    correct(cast, receipt, "2020-06-01", now="2020-07-26")

    clock = clock_of(receipt.notification, "xv-3")
    assert (clock.status, clock.version.due_on) == ("running", day("2020-07-31"))
    assert clock.settled_on is None
    assert track_deadlines(now=at("2020-08-01")).lapsed == 1
    assert verify().ok


def test_a_lapse_that_stays_one_lapsed_on_the_day_that_is_right_now(
    cast: Cast, receipt: Receipt
) -> None:
    track_deadlines(now=at("2020-07-25"))

    correct(cast, receipt, "2020-05-23", now="2020-07-26")

    clock = clock_of(receipt.notification, "xv-3")
    assert (clock.status, clock.settled_on) == ("lapsed", day("2020-07-22"))


def test_an_effect_that_came_is_not_undone_the_difference_is_shown(
    cast: Cast, receipt: Receipt
) -> None:
    track_deadlines(now=at("2020-11-25"))

    correct(cast, receipt, "2020-06-01", now="2020-12-01")

    clock = clock_of(receipt.notification, "xv-2")
    assert (clock.status, clock.settled_on) == ("effective", day("2020-11-25"))
    assert clock.version.due_on == day("2020-12-01")


def test_a_receipt_that_comes_in_after_the_effect_tells_the_difference(
    cast: Cast, receipt: Receipt
) -> None:
    track_deadlines(now=at("2020-11-25"))

    register_receipt(
        notification=receipt.notification,
        party=cast.party("HUN"),
        on=day("2020-05-22"),
        actor=cast.hungarian_officer,
        now=at("2020-12-01"),
    )

    clock = clock_of(receipt.notification, "xv-2")
    assert (clock.status, clock.version.due_on) == ("effective", day("2020-11-22"))
    stage = f"version-{clock.version.pk}"
    assert Alert.objects.filter(kind="fact", stage=stage).exists()


def test_the_sender_states_another_day_and_clocks_count_from_the_depositarys(
    cast: Cast, receipt: Receipt
) -> None:
    before = clock_of(receipt.notification, "xv-3").version

    claim = dispute(cast, receipt, "2020-05-23")

    rows = counted(Receipt.objects.filter(notification=receipt.notification))
    assert rows[receipt.party_id] == (receipt, claim)
    clock = clock_of(receipt.notification, "xv-3")
    assert (clock.status, clock.version.result) == ("disputed", "disputed")
    assert clock.version.due_on == before.due_on
    assert "2020-05-23" in str(clock.version.trace)
    receipt.notification.progress.refresh_from_db()
    assert receipt.notification.progress.received_on == day("2020-05-25")
    assert verify().ok


def test_a_disputed_clock_lapses_all_the_same(cast: Cast, receipt: Receipt) -> None:
    dispute(cast, receipt, "2020-05-23")

    assert track_deadlines(now=at("2020-07-25")).lapsed == 1


@pytest.mark.parametrize("on", ["2020-05-23", "2020-05-25"])
def test_the_depositary_settles_the_dispute_with_either_day(
    cast: Cast, receipt: Receipt, on: str
) -> None:
    claim = dispute(cast, receipt, "2020-05-23")

    correct(cast, claim, on)

    clock = clock_of(receipt.notification, "xv-3")
    assert (clock.status, clock.version.result) == ("running", "computed")
    assert clock.version.opens_on == day("2020-06-22" if on == "2020-05-23" else "2020-06-24")


@pytest.mark.parametrize(
    ("on", "field", "said"),
    [
        ("2020-05-21", "on", "the note was given on 22 May 2020, not before"),
        ("2020-06-02", "on", "still to come"),
        ("2020-05-25", "on", "already"),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    *, cast: Cast, receipt: Receipt, on: str, field: str, said: str
) -> None:
    for act in (correct, dispute):
        with pytest.raises(RuleBrokenError, match=said) as refusal:
            act(cast, receipt, on)
        assert refusal.value.field == field
    assert Receipt.objects.count() == 1


def test_what_was_circulated_had_been_received_by_then(cast: Cast) -> None:
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    receipt = notification.receipts.get()

    with pytest.raises(RuleBrokenError, match="it was circulated on 25 May 2020"):
        correct(cast, receipt, "2020-05-26")


def test_both_want_a_reason(cast: Cast, receipt: Receipt) -> None:
    for act in (correct, dispute):
        with pytest.raises(RuleBrokenError) as refusal:
            act(cast, receipt, "2020-05-23", reason=" ")
        assert refusal.value.field == "reason"


def test_a_row_that_was_superseded_meanwhile_is_corrected_by_nobody(
    cast: Cast, receipt: Receipt
) -> None:
    correct(cast, receipt, "2020-05-23")

    with pytest.raises(ChangedMeanwhileError):
        correct(cast, receipt, "2020-05-24")


@pytest.mark.parametrize("who", ["hungarian_officer", "us_head", "german_observer"])
def test_only_who_registers_the_receipt_corrects_it(cast: Cast, receipt: Receipt, who: str) -> None:
    with pytest.raises(NotPermittedError):
        correct(cast, receipt, "2020-05-23", actor=getattr(cast, who))


@pytest.mark.parametrize("who", ["canadian_officer", "russian_head", "german_observer"])
def test_only_the_sender_disputes_it(cast: Cast, receipt: Receipt, who: str) -> None:
    with pytest.raises(NotPermittedError):
        dispute(cast, receipt, "2020-05-23", actor=getattr(cast, who))


def test_nothing_is_disputed_where_nothing_is_registered(cast: Cast, receipt: Receipt) -> None:
    with pytest.raises(RuleBrokenError, match="No receipt is registered"):
        dispute(cast, receipt, "2020-05-23", party=cast.party("HUN"))


def at_hour(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_instant_of_a_receipt_is_kept(cast: Cast) -> None:
    notification = issue(cast)

    receipt = register_receipt(
        notification=notification,
        party=cast.party("CAN"),
        on=day("2020-05-25"),
        at=at_hour("2020-05-25T09:30:00+02:00"),
        actor=cast.canadian_officer,
        now=at("2020-05-25"),
    )

    receipt.refresh_from_db()
    assert receipt.at == at_hour("2020-05-25T07:30:00+00:00")


@pytest.mark.parametrize(
    "instant",
    ["2020-05-25T09:30:00", "2020-05-24T23:59:00+00:00", "2020-05-25T10:30:00+00:00"],
)
def test_an_instant_without_offset_of_another_day_or_to_come_is_refused(
    cast: Cast, instant: str
) -> None:
    notification: Notification = issue(cast)

    with pytest.raises(RuleBrokenError) as refusal:
        register_receipt(
            notification=notification,
            party=cast.party("CAN"),
            on=day("2020-05-25"),
            at=at_hour(instant),
            actor=cast.canadian_officer,
            now=at("2020-05-25"),
        )

    assert refusal.value.field == "at"
    assert not notification.receipts.exists()
