"""Receipt moves the clocks; circulation numbers the act, once, and sends it on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Circulation, Deadline, DeadlineVersion, Notification
from notifications.register import verify
from notifications.services.circulating import circulate_notification
from notifications.services.receiving import register_receipt
from tests.factories import NOW, TODAY, Cast, issue, issue_act, make_cast, make_treaty

LATER = datetime(2020, 5, 25, 9, 0, tzinfo=UTC)


def receive(cast: Cast, notification: Notification, code: str = "CAN", on: date = TODAY) -> None:
    officers = {"CAN": cast.canadian_officer, "HUN": cast.hungarian_officer}
    register_receipt(
        notification=notification,
        party=cast.party(code),
        on=on,
        actor=officers[code],
        now=LATER,
    )


def deadline(notification: Notification, slug: str) -> Deadline:
    return notification.deadlines.with_reasons().get(clause__slug=slug)


def test_receipt_opens_the_window_of_the_conference(cast: Cast) -> None:
    notification = issue(cast)
    receive(cast, notification)
    duty = deadline(notification, "xv-3")
    assert duty.status == "running"
    assert (duty.version.opens_on, duty.version.due_on) == (date(2020, 6, 21), date(2020, 7, 21))
    assert duty.version.due_at == datetime(2020, 7, 22, tzinfo=UTC)
    notification.progress.refresh_from_db()
    assert notification.progress.received_on == date(2020, 5, 22)


def test_a_later_receipt_moves_the_date_as_a_new_version_with_who_when_and_why(
    cast: Cast,
) -> None:
    notification = issue(cast)
    receive(cast, notification, on=date(2020, 5, 25))
    effect = deadline(notification, "xv-2")
    assert effect.version.due_on == date(2020, 11, 25)
    assert effect.due_at == effect.version.due_at
    old, new = DeadlineVersion.objects.filter(deadline=effect).order_by("no")
    assert (old.due_on, new.no) == (date(2020, 11, 22), 2)
    assert new.cause == "received by Canada on 25 May 2020"
    assert (new.computed_by, new.computed_at) == (cast.canadian_officer, LATER)
    states = set(Alert.objects.filter(deadline_version=old).values_list("state", flat=True))
    assert states == {"void"}
    assert Alert.objects.filter(deadline_version=new, state="planned").count() == 8


def test_the_first_of_two_receipts_counts_whenever_it_is_entered(cast: Cast) -> None:
    notification = issue(cast)
    receive(cast, notification, on=date(2020, 5, 25))
    receive(cast, notification, "HUN", on=date(2020, 5, 23))
    assert deadline(notification, "xv-2").version.due_on == date(2020, 11, 23)
    assert deadline(notification, "xv-2").version.no == 3
    notification.progress.refresh_from_db()
    assert notification.progress.received_on == date(2020, 5, 23)
    assert verify().ok


def test_a_second_receipt_on_the_same_day_moves_nothing(cast: Cast) -> None:
    notification = issue(cast)
    receive(cast, notification)
    before = DeadlineVersion.objects.count()
    receive(cast, notification, "HUN")
    assert DeadlineVersion.objects.count() == before


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2020, 5, 26), "still to come"),
        (date(2020, 5, 21), "the note was given on 22 May 2020, not before"),
    ],
)
def test_an_impossible_day_of_receipt_is_refused(cast: Cast, on: date, said: str) -> None:
    notification = issue(cast)
    with pytest.raises(RuleBrokenError, match=said) as refusal:
        receive(cast, notification, on=on)
    assert refusal.value.field == "on"
    assert not notification.receipts.exists()


def test_a_receipt_is_registered_once_for_each_depositary(cast: Cast) -> None:
    notification = issue(cast)
    receive(cast, notification)
    with pytest.raises(RuleBrokenError, match="already"):
        receive(cast, notification)


def test_only_the_officer_of_that_depositary_registers_its_receipt(cast: Cast) -> None:
    notification = issue(cast)
    for who in ("hungarian_officer", "us_head", "russian_drafter", "german_observer"):
        with pytest.raises(NotPermittedError):
            register_receipt(
                notification=notification,
                party=cast.party("CAN"),
                on=NOW.date(),
                actor=getattr(cast, who),
                now=NOW,
            )


def test_in_a_bilateral_treaty_the_addressee_registers_receipt(db: None) -> None:
    rule = {
        "id": "xv-2",
        "article": "XV(2)",
        "governs": "withdrawal",
        "summary": "Six months after notice.",
        "starts": "given",
        "count": [{"add": "P6M"}],
        "yields": "effect",
        "addressees": ["parties"],
    }
    cast = make_cast(make_treaty("inf", members=["USA", "RUS"], depositaries=[], rules=[rule]))
    notification = issue(cast)
    register_receipt(
        notification=notification,
        party=cast.party("RUS"),
        on=date(2020, 5, 24),
        actor=cast.russian_drafter,
        now=LATER,
    )
    assert deadline(notification, "xv-2").version.due_on == date(2020, 11, 24)


def test_circulation_numbers_the_act_and_sends_it_to_every_other_party(cast: Cast) -> None:
    notification = issue(cast)
    receive(cast, notification)
    circulation = circulate_notification(
        notification=notification, actor=cast.canadian_officer, now=LATER
    )
    assert circulation.number == "TF.1.2020.OPEN-SKIES.withdrawal"
    sent = notification.transmissions.filter(role="circulation")
    assert sorted(sent.values_list("party__code", flat=True)) == [
        "CAN",
        "DEU",
        "FRA",
        "HUN",
        "RUS",
    ]
    notification.progress.refresh_from_db()
    assert notification.progress.status == "circulated"
    assert verify().ok


def test_an_act_is_circulated_once_and_only_after_its_receipt(cast: Cast) -> None:
    notification = issue(cast)
    with pytest.raises(RuleBrokenError, match="Register its receipt first"):
        circulate_notification(notification=notification, actor=cast.canadian_officer, now=LATER)
    receive(cast, notification)
    circulate_notification(notification=notification, actor=cast.hungarian_officer, now=LATER)
    with pytest.raises(RuleBrokenError, match=r"already, as TF\.1\.2020"):
        circulate_notification(notification=notification, actor=cast.canadian_officer, now=LATER)
    assert Circulation.objects.count() == 1


def test_numbers_are_gap_free_even_when_a_circulation_fails(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = [issue(cast) for _ in range(3)]
    for act in acts:
        receive(cast, act)

    def number(act: Notification) -> str:
        return circulate_notification(
            notification=act, actor=cast.canadian_officer, now=LATER
        ).number

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("broken")

    assert number(acts[0]).startswith("TF.1.")
    with monkeypatch.context() as patch:
        patch.setattr("notifications.services.circulating.append", fail)
        with pytest.raises(RuntimeError):
            number(acts[1])
    assert number(acts[2]).startswith("TF.2.")
    assert number(acts[1]).startswith("TF.3.")


def test_a_restricted_act_is_circulated_to_its_addressees_alone(cast: Cast) -> None:
    notification = issue_act(
        cast,
        "dialogue-proposal",
        {"text": "A word.", "addressees": ["RUS", "CAN"], "visibility": "restricted"},
    )
    receive(cast, notification)
    circulate_notification(notification=notification, actor=cast.canadian_officer, now=LATER)
    sent = notification.transmissions.filter(role="circulation")
    assert sorted(sent.values_list("party__code", flat=True)) == ["CAN", "RUS"]


def test_a_clause_counted_from_circulation_starts_then(db: None) -> None:
    rule = {
        "id": "i",
        "article": "I",
        "governs": "withdrawal",
        "summary": "Objections within 90 days of circulation.",
        "starts": "circulated",
        "count": [{"add": "P90D"}],
        "yields": "lapse",
    }
    cast = make_cast(make_treaty("rome", rules=[rule]))
    notification = issue(cast)
    assert deadline(notification, "i").version.awaiting == "circulated"
    receive(cast, notification)
    circulate_notification(notification=notification, actor=cast.canadian_officer, now=LATER)
    assert deadline(notification, "i").version.due_on == date(2020, 8, 23)
