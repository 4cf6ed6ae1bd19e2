"""The demonstration: a cast that can act, a case that waits for it, and nothing twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from notifications.models import (
    Case,
    Deadline,
    Draft,
    Event,
    Mandate,
    Message,
    Notification,
    Role,
    User,
)
from notifications.register import verify
from notifications.services.circulating import circulate_notification
from notifications.services.demo import CAST, make_cast, prepare_exercise, scenario_files
from notifications.services.drafting import send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.receiving import register_receipt
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.sweeps import send_alerts

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def exercise() -> Case:
    make_cast(now=NOW)
    case = prepare_exercise(now=NOW)
    assert case is not None
    return case


def person(code: str, role: Role) -> User:
    return User.objects.get(mandates__party__code=code, mandates__role=role)


def test_the_cast_has_mandates_from_1990_and_no_password() -> None:
    assert make_cast(now=NOW) == len(CAST) == 10
    assert not any(user.has_usable_password() for user in User.objects.all())
    seats = Mandate.objects.order_by("pk").values_list("party__code", "role", "from_on", "to_on")
    begin = date(1990, 1, 1)
    assert list(seats) == [
        ("USA", "drafter", begin, None),
        ("USA", "head-of-mission", begin, None),
        ("RUS", "drafter", begin, None),
        ("RUS", "head-of-mission", begin, None),
        ("CAN", "depositary-officer", begin, None),
        ("HUN", "depositary-officer", begin, None),
        ("DEU", "observer", begin, None),
        ("FRA", "drafter", begin, None),
        ("osce", "secretariat", begin, None),
    ]
    assert User.objects.get(is_staff=True).mandates.count() == 0


def test_addresses_of_the_cast_can_reach_nobody() -> None:
    assert all(figure.email.endswith(".example") for figure in CAST)


def test_a_second_cast_is_the_first_and_what_was_cut_off_is_made_up_for() -> None:
    make_cast(now=NOW)
    events = Event.objects.count()
    assert make_cast(now=NOW) == 0
    assert Event.objects.count() == events
    Mandate.objects.filter(party__code="DEU").delete()
    assert make_cast(now=NOW) == 0
    assert Mandate.objects.filter(party__code="DEU").count() == 1


def test_the_exercise_is_dated_today_and_waits_for_the_cast(exercise: Case) -> None:
    assert exercise.is_live
    allegation = Notification.objects.get(case=exercise)
    assert (allegation.act, allegation.given_on) == ("breach-allegation", TODAY)
    assert allegation.drafted_by != allegation.approved_by
    answer = Deadline.objects.get(notification=allegation)
    assert answer.bearer is not None
    assert (answer.bearer.code, answer.status) == ("RUS", "running")
    assert answer.version.due_on == TODAY + timedelta(days=60)
    draft = Draft.objects.get(case=exercise, state="draft")
    assert (draft.act, draft.author.name) == ("withdrawal", "Eleanor Whitfield")
    assert verify().ok


def test_there_is_one_exercise_however_often(exercise: Case) -> None:
    assert prepare_exercise(now=NOW + timedelta(days=3)) is None
    assert Case.objects.count() == 1


def test_the_cast_can_carry_the_exercise_on(exercise: Case) -> None:
    """Everything that the case waits for can be done by the person whose turn it is."""
    allegation = Notification.objects.get(case=exercise)
    officer = person("CAN", Role.DEPOSITARY_OFFICER)
    canada = officer.mandates.get().party
    register_receipt(notification=allegation, party=canada, on=TODAY, actor=officer, now=NOW)
    circulate_notification(
        notification=allegation, actor=person("HUN", Role.DEPOSITARY_OFFICER), now=NOW
    )
    russian = person("RUS", Role.DRAFTER)
    russia = russian.mandates.get().party
    acknowledge_notification(notification=allegation, party=russia, actor=russian, now=NOW)
    respond_to_notification(
        notification=allegation,
        party=russia,
        position="rejects",
        text="There is no breach.",
        actor=russian,
        now=NOW,
    )
    draft = Draft.objects.get(case=exercise, state="draft")
    ready = send_for_approval(draft=draft, version=draft.version, actor=draft.author, now=NOW)
    notice = issue_notification(draft=ready, actor=person("USA", Role.HEAD_OF_MISSION), now=NOW)
    effect = Deadline.objects.get(notification=notice, clause__slug="xv-2")
    assert effect.version.due_on == date(2024, 9, 1)
    send_alerts(now=NOW)
    told = set(Message.objects.filter(state="sent").values_list("party__code", flat=True))
    assert told == {"USA", "RUS", "CAN", "HUN", "DEU", "FRA"}
    assert verify().ok


def test_the_five_scenarios_are_named_in_order() -> None:
    names = [file.stem for file in scenario_files()]
    assert names == sorted(names)
    assert len(names) == 5


def test_one_of_the_cast_reads_french_and_gets_her_mail_in_it(exercise: Case) -> None:
    marchand = person("FRA", Role.DRAFTER)
    assert marchand.language == "fr"
    send_alerts(now=NOW)
    mail = Message.objects.filter(user=marchand, alert__kind="issued").get()
    assert mail.rendering is not None
    assert mail.rendering.language == "fr"
