"""Who rightly was not told: their mandate is newer than the stage, or their days were others."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from pytest_django import Settings

from notifications.delivery import expand
from notifications.models import Alert, Mandate, Message, Role, User
from notifications.services.people import appoint, change_mandate, close_account, reopen_account
from notifications.services.silence_alarm import Why, look_for_silence
from tests.factories import NOW, Cast, issue, make_cast, make_treaty, make_user
from tests.services.test_after_an_interruption import wish
from tests.services.test_silence_alarm import DAY, HOUR, WEEK_BEFORE, people, sweep


@pytest.fixture(autouse=True)
def _mail_stays_here(settings: Settings) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"


@pytest.mark.parametrize("how", ["given", "changed", "reopened"])
def test_whoever_came_after_the_stage_is_not_missed(cast: Cast, how: str) -> None:
    newcomer = make_user("New Drafter", *(() if how == "given" else ("DEU", Role.DRAFTER)))
    if how == "changed":
        end_mandate(newcomer, cast, NOW)
    if how == "reopened":
        close_account(user=newcomer, actor=cast.administrator, now=NOW, reason="x")
    issue(cast, now=NOW + HOUR)
    sweep(NOW + HOUR)
    sweep(WEEK_BEFORE)
    at = WEEK_BEFORE + 10 * HOUR
    match how:
        case "given":
            appoint(
                user=newcomer,
                party=cast.party("DEU"),
                role=Role.DRAFTER,
                from_on=at.date(),
                to_on=None,
                order=1,
                actor=cast.administrator,
                now=at,
                reason="x",
            )
        case "changed":
            change_mandate(
                mandate=Mandate.objects.get(user=newcomer),
                fields={"to_on": None},
                actor=cast.administrator,
                now=at,
                reason="x",
            )
        case _:
            reopen_account(user=newcomer, actor=cast.administrator, now=at, reason="x")

    assert look_for_silence(now=at + HOUR).is_agreed


def end_mandate(person: User, cast: Cast, now: datetime) -> None:
    change_mandate(
        mandate=Mandate.objects.get(user=person),
        fields={"to_on": now.date()},
        actor=cast.administrator,
        now=now - DAY,
        reason="x",
    )


@pytest.mark.parametrize("days", [[], [14]])
def test_days_that_were_chosen_after_a_rung_do_not_ask_for_it(cast: Cast, days: list[int]) -> None:
    issue(cast)
    sweep(NOW)
    wish(cast.russian_drafter, NOW + HOUR, ladder=[30])
    fortnight_before = datetime(2020, 11, 8, tzinfo=UTC)
    sweep(fortnight_before)

    wish(cast.russian_drafter, fortnight_before + HOUR, ladder=days)

    assert look_for_silence(now=fortnight_before + 2 * HOUR).is_agreed


def lose_one(cast: Cast) -> None:
    """Of the stage of a week before, the message of one person is lost."""
    issue(cast)
    sweep(NOW)
    expand(now=WEEK_BEFORE)
    Message.objects.filter(user=cast.russian_drafter, alert__stage="before-7").delete()
    sweep(WEEK_BEFORE)


def test_another_wish_excuses_no_loss(cast: Cast) -> None:
    lose_one(cast)

    wish(cast.russian_drafter, WEEK_BEFORE + HOUR, quiet_from=time(12), quiet_to=time(13))

    assert people(look_for_silence(now=WEEK_BEFORE + 2 * HOUR)) == {("Boris Drafter", Why.UNSENT)}


def test_another_place_in_the_order_of_mandates_excuses_no_loss(cast: Cast) -> None:
    lose_one(cast)
    for fields in ({"order": 3}, {"to_on": WEEK_BEFORE.date() + 9 * DAY}):
        change_mandate(
            mandate=Mandate.objects.get(user=cast.russian_drafter),
            fields=fields,
            actor=cast.administrator,
            now=WEEK_BEFORE + HOUR,
            reason="x",
        )

    assert people(look_for_silence(now=WEEK_BEFORE + 2 * HOUR)) == {("Boris Drafter", Why.UNSENT)}


@pytest.mark.django_db
def test_the_day_before_a_mandate_was_changed_is_that_of_the_treaty_s_zone() -> None:
    """In Berlin the stage of 15 November falls due while it is the 14th in UTC."""
    cast = make_cast(make_treaty(zone="Europe/Berlin"))
    person, eve = cast.russian_drafter, WEEK_BEFORE.date() - DAY
    change = {"mandate": Mandate.objects.get(user=person), "actor": cast.administrator}
    change_mandate(**change, fields={"to_on": eve}, now=NOW, reason="x")
    issue(cast)
    for hours in range(30):
        sweep(WEEK_BEFORE + (hours - 24) * HOUR)
    week_before = Alert.objects.get(stage="before-7", notification__act="withdrawal")
    assert week_before.due_at.date() == eve
    assert not week_before.messages.filter(user=person).exists()

    change_mandate(**change, fields={"to_on": None}, now=WEEK_BEFORE + 6 * HOUR, reason="x")

    assert look_for_silence(now=WEEK_BEFORE + 7 * HOUR).is_agreed
