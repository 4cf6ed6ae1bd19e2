"""What a dispute and a late correction leave as it was: a date agreed on, a mail that is owed."""

from __future__ import annotations

import pytest

from notifications.errors import RuleBrokenError
from notifications.models import Alert, Message, Receipt, counted
from notifications.register import verify
from notifications.services.receiving import correct_receipt, dispute_receipt, register_receipt
from notifications.services.sweeps import send_alerts, track_deadlines
from tests.factories import XV_3, Cast, issue, make_cast, make_treaty
from tests.services.ledgers import at, circulate, clock_of, day, receive


@pytest.fixture
def receipt(cast: Cast) -> Receipt:
    """A withdrawal given on 22 May 2020 and, as Canada registered, received on 25 May."""
    return receive(cast, issue(cast), "2020-05-25")


def correct(cast: Cast, receipt: Receipt, on: str, now: str) -> Receipt:
    officer = {"CAN": cast.canadian_officer, "HUN": cast.hungarian_officer}[receipt.party.code]
    return correct_receipt(
        receipt=receipt, on=day(on), reason="the stamp says so", actor=officer, now=at(now)
    )


def dispute(cast: Cast, receipt: Receipt, on: str, now: str) -> Receipt:
    return dispute_receipt(
        notification=receipt.notification,
        party=receipt.party,
        on=day(on),
        reason="our courier has a signature",
        actor=cast.us_drafter,
        now=at(now),
    )


def test_who_comes_to_state_the_depositarys_day_disputes_it_no_more(
    cast: Cast, receipt: Receipt
) -> None:
    dispute(cast, receipt, "2020-05-23", "2020-06-01")
    assert clock_of(receipt.notification, "xv-3").status == "disputed"

    dispute(cast, receipt, "2020-05-25", "2020-06-02")

    (found,) = counted(receipt.notification.receipts.all()).values()
    assert (found.receipt, found.claim) == (receipt, None)
    assert clock_of(receipt.notification, "xv-3").status == "running"
    assert verify().ok


def test_the_second_depositarys_receipt_is_corrected_to_a_day_after_the_first_circulated_it(
    cast: Cast,
) -> None:
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    second = receive(cast, notification, "2020-05-28", code="HUN")

    row = correct(cast, second, "2020-05-27", "2020-06-01")

    assert (row.on, row.supersedes) == (day("2020-05-27"), second)


def test_the_only_receipt_is_not_corrected_to_a_day_after_it_was_circulated(cast: Cast) -> None:
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    first = Receipt.objects.get(notification=notification)

    with pytest.raises(RuleBrokenError, match="had come in by then"):
        correct(cast, first, "2020-05-27", "2020-06-01")


def test_an_effect_that_came_is_told_though_its_date_is_found_wrong_before_the_mail_left(
    cast: Cast, receipt: Receipt
) -> None:
    track_deadlines(now=at("2020-11-25"))

    correct(cast, receipt, "2020-06-01", "2020-11-25")
    send_alerts(now=at("2020-11-25"))

    effect = Alert.objects.get(
        deadline_version__deadline=clock_of(receipt.notification, "xv-2"),
        deadline_version__no=2,
        stage="day",
    )
    assert effect.state == Alert.State.EXPANDED
    assert set(effect.messages.values_list("state", flat=True)) == {"sent"}


def test_a_date_found_wrong_for_every_party_is_told_once(db: None) -> None:
    duty = {"bearer": "each-party", "act": "response"}
    rule = {**XV_3, "starts": "given", "count": [{"add": "P30D"}], "duty": duty}
    rule = {key: value for key, value in rule.items() if key not in ("opens", "closes")}
    cast = make_cast(make_treaty(rules=[rule]))
    notification = issue(cast)
    track_deadlines(now=at("2020-06-25"))
    lapsed = notification.deadlines.filter(status="lapsed").count()

    register_receipt(
        notification=notification,
        party=cast.party("CAN"),
        on=day("2020-05-24"),
        actor=cast.canadian_officer,
        now=at("2020-06-26"),
    )

    assert lapsed == 5
    assert Alert.objects.filter(notification=notification, kind="fact").count() == 1
    send_alerts(now=at("2020-06-26"))
    assert verify().ok


def test_a_receipt_corrected_after_the_effect_is_told_to_every_addressee_too(
    cast: Cast, receipt: Receipt
) -> None:
    track_deadlines(now=at("2020-11-25"))
    correct(cast, receipt, "2020-06-01", now="2020-12-01")

    send_alerts(now=at("2020-12-01"))

    told = Message.objects.filter(alert__kind="disputed").values_list("user", flat=True)
    assert {cast.us_head.pk, cast.russian_head.pk, cast.hungarian_officer.pk} <= set(told)
