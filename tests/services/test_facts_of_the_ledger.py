"""Armed conflicts and extensions: each moves what depends on it, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.errors import RuleBrokenError
from notifications.models import Alert, DeadlineVersion, Event, Fact, Notification
from notifications.register import verify
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.ledger import end_fact, record_fact
from notifications.services.sweeps import track_deadlines
from tests.factories import WITHDRAWAL_FIELDS, XV_3, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import EFFECT, at, clock_of, day, receive


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[EFFECT, XV_3]))


@pytest.fixture
def notice(cast: Cast) -> Notification:
    """A withdrawal given and received on 22 May 2020: effect on 22 November."""
    notification = issue(cast)
    receive(cast, notification, "2020-05-22")
    return notification


def conflict(cast: Cast, notice: Notification, on: str, now: str = "", **more: Any) -> Fact:
    return record_fact(
        **{
            "case": notice.case,
            "kind": "armed-conflict",
            "on": day(on),
            "until": None,
            "reason": "fighting broke out",
            "party": cast.party("USA"),
            "actor": cast.canadian_officer,
            "now": at(now or on),
            **more,
        }
    )


def test_a_withdrawal_takes_no_effect_while_the_party_is_in_an_armed_conflict(
    cast: Cast, notice: Notification
) -> None:
    conflict(cast, notice, "2020-08-01")

    track_deadlines(now=at("2021-01-01"))

    clock = clock_of(notice, "xv-2")
    assert (clock.status, clock.version.result, clock.version.due_on) == ("open", "open", None)
    planned = Alert.objects.planned().filter(deadline_version__deadline=clock)
    assert not planned.exists()
    assert verify().ok


def test_only_the_clocks_that_depend_on_the_fact_are_computed_anew(
    cast: Cast, notice: Notification
) -> None:
    before = clock_of(notice, "xv-3").version

    fact = conflict(cast, notice, "2020-08-01")

    assert clock_of(notice, "xv-3").version == before
    event = Event.objects.get(act="fact-recorded")
    assert f"fact:{fact.pk}" in event.body
    assert f"deadlineversion:{clock_of(notice, 'xv-2').version.pk}" in event.body


@pytest.mark.parametrize(
    ("until", "due"), [("2020-09-15", "2020-11-22"), ("2021-03-01", "2021-03-01")]
)
def test_when_the_conflict_ends_the_later_of_the_two_dates_holds(
    cast: Cast, notice: Notification, until: str, due: str
) -> None:
    fact = conflict(cast, notice, "2020-08-01")

    end_fact(
        fact=fact, until=day(until), reason="peace", actor=cast.hungarian_officer, now=at(until)
    )

    clock = clock_of(notice, "xv-2")
    assert (clock.status, clock.version.due_on) == ("running", day(due))
    assert "peace" in clock.version.cause


def test_the_conflict_of_another_party_holds_nothing_open(cast: Cast, notice: Notification) -> None:
    conflict(cast, notice, "2020-08-01", party=cast.party("RUS"))

    assert clock_of(notice, "xv-2").status == "running"


def test_a_conflict_recorded_before_the_notice_in_the_same_case_keeps_it_open_from_the_first(
    cast: Cast, notice: Notification
) -> None:
    conflict(cast, notice, "2020-08-01")
    rescinded = issue_act(
        cast, "rescission", {"text": "No."}, refers_to=notice, now=at("2020-08-02")
    )
    assert rescinded.case == notice.case

    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="withdrawal",
        fields=WITHDRAWAL_FIELDS,
        actor=cast.us_drafter,
        now=at("2020-08-03"),
        case=notice.case,
    )
    ready = send_for_approval(
        draft=draft, version=draft.version, actor=cast.us_drafter, now=at("2020-08-03")
    )
    second = issue_notification(draft=ready, actor=cast.us_head, now=at("2020-08-03"))

    assert clock_of(second, "xv-2").status == "open"


def test_a_conflict_that_comes_to_be_known_after_the_effect_shows_the_difference_and_undoes_nothing(
    cast: Cast, notice: Notification
) -> None:
    track_deadlines(now=at("2020-11-22"))

    fact = conflict(cast, notice, "2020-08-01", now="2020-12-01")

    clock = clock_of(notice, "xv-2")
    assert (clock.status, clock.settled_on) == ("effective", day("2020-11-22"))
    assert clock.version.result == "open"
    assert clock.versions.get(no=clock.version.no - 1).due_on == day("2020-11-22")
    assert Alert.objects.filter(kind="fact", stage=str(fact.uid)).exists()
    assert not Alert.objects.filter(deadline_version=clock.version).exists()
    assert f'"late":[{clock.pk}]' in Event.objects.get(act="fact-recorded").body
    assert verify().ok


def test_an_unknown_kind_and_a_day_to_come_are_refused(cast: Cast, notice: Notification) -> None:
    with pytest.raises(RuleBrokenError) as kind:
        conflict(cast, notice, "2020-08-01", kind="earthquake")
    with pytest.raises(RuleBrokenError) as later:
        conflict(cast, notice, "2020-08-02", now="2020-08-01")

    assert (kind.value.field, later.value.field) == ("kind", "on")
    assert not Fact.objects.exists()


def extend(cast: Cast, notice: Notification, slug: str = "xv-3", **more: Any) -> Fact:
    return record_fact(
        **{
            "case": notice.case,
            "kind": "extension",
            "deadline": clock_of(notice, slug),
            "on": day("2020-06-01"),
            "until": None,
            "reason": "all agreed",
            "actor": cast.canadian_officer,
            "now": at("2020-06-01"),
            **more,
        }
    )


def test_an_extension_moves_the_last_day_and_voids_what_was_planned_for_the_old_one(
    cast: Cast, notice: Notification
) -> None:
    old = clock_of(notice, "xv-3").version

    extend(cast, notice, days=10)

    clock = clock_of(notice, "xv-3")
    assert (clock.version.opens_on, clock.version.due_on) == (old.opens_on, day("2020-07-31"))
    assert not Alert.objects.planned().filter(deadline_version=old).exists()
    assert Alert.objects.planned().filter(deadline_version=clock.version).exists()
    assert DeadlineVersion.objects.filter(pk=old.pk).exists()


def test_an_extension_to_a_date_holds_when_the_receipt_is_corrected_one_by_days_moves_with_it(
    cast: Cast, notice: Notification
) -> None:
    extend(cast, notice, until=day("2020-08-31"))

    receive(cast, notice, "2020-06-03", "HUN")

    assert clock_of(notice, "xv-3").version.due_on == day("2020-08-31")


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"until": day("2020-07-21")}, "until", "must come after the present date, 21 July 2020"),
        ({"until": day("2020-07-01")}, "until", "must come after the present date"),
        ({"until": day("2999-07-01")}, "until", "the year must lie between"),
        ({"days": 0}, "days", "a whole number from 1"),
        ({"days": 99_999}, "days", "a whole number from 1"),
        ({"deadline": None, "days": 5}, "deadline", "say which time-limit"),
    ],
)
def test_an_extension_that_cannot_be_is_refused(
    *, cast: Cast, notice: Notification, more: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(RuleBrokenError, match=said) as refusal:
        extend(cast, notice, **more)

    assert refusal.value.field == field
    assert not Fact.objects.exists()


def test_what_has_passed_can_no_longer_be_extended(cast: Cast, notice: Notification) -> None:
    track_deadlines(now=at("2020-07-22"))

    with pytest.raises(RuleBrokenError, match="is over"):
        extend(cast, notice, days=5, on=day("2020-07-22"), now=at("2020-07-22"))


def allegation(cast: Cast) -> Notification:
    return issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "respond_by": "2020-07-21", "text": "A breach."},
    )


def test_the_act_of_extension_moves_the_limit_that_its_sender_set(cast: Cast) -> None:
    target = allegation(cast)

    act = issue_act(
        cast,
        "extension",
        {"clause": "respond_by", "until_on": "2020-08-21", "text": "A month more."},
        refers_to=target,
        now=at("2020-06-01"),
    )

    limit = target.deadlines.with_reasons().get()
    fact = Fact.objects.get()
    assert limit.version.due_on == day("2020-08-21")
    assert (fact.notification, fact.deadline, fact.until) == (act, limit, day("2020-08-21"))
    assert f"fact:{fact.pk}" in Event.objects.filter(act="notification-issued").last().body
    assert verify().ok


@pytest.mark.parametrize(
    "fields",
    [
        {"clause": "respond_by", "until_on": "2020-07-01"},
        {"clause": "xv-9", "days": 5},
    ],
)
def test_an_act_of_extension_that_extends_nothing_is_refused(
    cast: Cast, fields: dict[str, Any]
) -> None:
    target = allegation(cast)

    with pytest.raises(RuleBrokenError):
        issue_act(
            cast,
            "extension",
            {**fields, "text": "More."},
            refers_to=target,
            now=at("2020-06-01"),
        )

    assert not Fact.objects.exists()
