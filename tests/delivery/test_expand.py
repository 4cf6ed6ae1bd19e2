"""Alerts become messages: one a person, from the mandates of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import emails, register
from notifications.delivery import deliver, expand
from notifications.delivery.expand import BATCH
from notifications.models import (
    Alert,
    Deadline,
    DeadlineVersion,
    Event,
    Message,
    Notification,
    Participation,
    Preference,
    Rendering,
    Role,
    User,
)
from tests.delivery.records import NOW, World, another_notification, make_world, received_on

pytestmark = pytest.mark.django_db


def told(alert: Alert) -> set[User]:
    return {message.user for message in alert.messages.select_related("user")}


def officers_and_missions(world: World) -> dict[str, User]:
    people = {code: world.person(code) for code in world.parties}
    for code in ("CAN", "HUN", "DEU"):
        people[f"{code} office"] = world.person(code, Role.DEPOSITARY_OFFICER)
    return people


@pytest.mark.parametrize(
    ("audience", "codes"),
    [
        ("senders", {"USA"}),
        ("addressees", {"RUS", "CAN", "CAN office"}),
        ("parties", {"USA", "CAN", "HUN", "RUS", "DEU", "TUR", "CAN office", "HUN office"}),
        ("depositaries", {"CAN office", "HUN office"}),
        ("bearer", {"USA"}),
        ("senders+depositaries", {"USA", "CAN office", "HUN office"}),
    ],
)
def test_each_audience_is_told_and_nobody_else(
    world: World, audience: str, codes: set[str]
) -> None:
    people = officers_and_missions(world)
    world.transmit("RUS", "CAN")
    alert = world.alert(audience)

    done = expand(now=NOW)

    assert told(alert) == {people[code] for code in codes}
    assert (done.alerts, done.messages, done.unaddressed) == (1, len(codes), 0)
    alert.refresh_from_db()
    assert alert.state == Alert.State.EXPANDED


def test_the_bearer_of_a_deadline_is_the_party_that_bears_it(world: World) -> None:
    people = officers_and_missions(world)
    version = world.deadline(None, bearer="RUS", owed_by=Deadline.OwedBy.ADDRESSEE)
    alert = world.alert("bearer", version=version, stage="before-7")

    expand(now=NOW)

    assert told(alert) == {people["RUS"]}


@pytest.mark.parametrize(
    ("owed_by", "codes"),
    [
        (Deadline.OwedBy.DEPOSITARIES, {"CAN office", "HUN office"}),
        (
            Deadline.OwedBy.PARTIES,
            {"USA", "CAN", "HUN", "RUS", "DEU", "TUR", "CAN office", "HUN office"},
        ),
    ],
)
def test_a_joint_bearer_is_everybody_who_bears_it(
    world: World, owed_by: str, codes: set[str]
) -> None:
    people = officers_and_missions(world)
    version = world.deadline("xv-3", bearer=None, owed_by=owed_by)
    alert = world.alert("bearer", version=version, stage="before-7")

    expand(now=NOW)

    assert told(alert) == {people[code] for code in codes}


def test_officers_of_a_party_that_is_no_depositary_of_the_treaty_are_not_told(world: World) -> None:
    world.person("DEU", Role.DEPOSITARY_OFFICER)
    world.transmit("DEU")
    alert = world.alert("addressees+parties+depositaries")

    done = expand(now=NOW)

    assert not told(alert)
    assert done.unaddressed == 1


def test_a_restricted_notification_is_told_to_senders_and_addressees_alone() -> None:
    world = make_world(visibility=Notification.Visibility.RESTRICTED)
    people = officers_and_missions(world)
    world.transmit("RUS")
    alert = world.alert("parties+depositaries")

    expand(now=NOW)

    assert told(alert) == {people[who] for who in ("USA", "RUS", "CAN office", "HUN office")}


def test_the_parties_are_those_of_the_day(world: World) -> None:
    people = officers_and_missions(world)
    left = Participation.objects.filter(party=world.parties["RUS"])
    left.update(exit_on=date(2020, 5, 22))
    alert = world.alert("parties")

    expand(now=NOW)

    assert people["RUS"] not in told(alert)
    assert people["DEU"] in told(alert)


def test_a_leaving_party_is_told_of_its_exit_as_the_bearer(world: World) -> None:
    people = officers_and_missions(world)
    version = world.deadline(status="effective")
    leaving = Participation.objects.filter(party=world.parties["USA"])
    leaving.update(exit_on=version.due_on)
    at = datetime(2020, 11, 22, tzinfo=UTC)
    alert = world.alert("bearer+parties+depositaries", version=version, stage="day", at=at)

    expand(now=at)

    assert people["USA"] in told(alert)
    assert people["RUS"] in told(alert)


def test_a_party_that_may_not_read_an_old_note_is_not_told_of_it(world: World) -> None:
    world.party("UKR", in_force_on=date(2020, 6, 1))
    newcomer, old = world.person("UKR"), world.person("DEU")
    later = NOW + timedelta(days=30)
    alert = world.alert("parties", at=later)

    expand(now=later)

    assert told(alert) == {old}
    assert not Notification.objects.visible_to(newcomer, later.date()).exists()
    assert Notification.objects.visible_to(old, later.date()).exists()


def test_only_mandates_of_the_day_count(world: World) -> None:
    day = NOW.date()
    last_day = world.person("RUS", to_on=day)
    first_day = world.person("RUS", from_on=day)
    world.person("RUS", to_on=day - timedelta(days=1))
    world.person("RUS", from_on=day + timedelta(days=1))
    world.transmit("RUS")
    alert = world.alert("addressees")

    expand(now=NOW)

    assert told(alert) == {last_day, first_day}


def test_the_day_is_that_of_the_treaty_s_zone_when_the_alert_is_expanded() -> None:
    world = make_world(zone="Pacific/Auckland")  # 12:00 UTC is midnight of the next day there
    tomorrow = NOW.date() + timedelta(days=1)
    comes = world.person("RUS", from_on=tomorrow)
    world.person("RUS", to_on=NOW.date())
    world.transmit("RUS")
    alert = world.alert("addressees", at=NOW - timedelta(days=3))

    expand(now=NOW)

    assert told(alert) == {comes}


def test_a_person_with_several_mandates_gets_one_message_by_the_first_of_them(
    world: World,
) -> None:
    person = world.person("CAN", Role.DRAFTER, order=3)
    first = world.mandate(person, "CAN", Role.DEPOSITARY_OFFICER, order=1)
    world.mandate(person, "DEU", Role.OBSERVER, order=2)
    alert = world.alert("parties+depositaries")

    expand(now=NOW)

    message = alert.messages.get()
    assert (message.user, message.mandate, message.party) == (person, first, world.parties["CAN"])
    assert message.address == person.email
    assert message.next_at == NOW


def test_an_alert_without_anybody_is_a_visible_fact_of_the_register(world: World) -> None:
    world.transmit("TUR")
    alerts = [world.alert("addressees", kind=kind) for kind in ("issued", "circulated")]

    done = expand(now=NOW)

    assert done.unaddressed == 2
    assert {Alert.objects.get(pk=alert.pk).state for alert in alerts} == {"unaddressed"}
    event = Event.objects.get(act="alerts-unaddressed")
    assert str(alerts[0].pk) in event.body
    assert str(alerts[1].pk) in event.body
    assert register.verify().ok


def test_nothing_happens_before_it_is_due_and_nothing_twice(world: World) -> None:
    world.person("USA")
    world.alert("senders")

    assert expand(now=NOW - timedelta(seconds=1)).alerts == 0
    assert expand(now=NOW).messages == 1
    assert expand(now=NOW).alerts == 0
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "stage", "goes_out"),
    [
        ("running", "before-7", True),
        ("running", "day", True),
        ("running", "opens", True),
        ("effective", "day", True),
        ("lapsed", "after-1", True),
        ("effective", "before-1", False),
        ("lapsed", "day", False),
        ("met", "before-7", False),
        ("met", "after-1", False),
        ("void", "day", False),
    ],
)
def test_a_stage_that_no_longer_tells_the_truth_is_void(
    world: World, status: str, stage: str, goes_out: bool
) -> None:
    world.person("USA")
    alert = world.alert("bearer", version=world.deadline(status=status), stage=stage)

    done = expand(now=NOW)

    alert.refresh_from_db()
    assert alert.state == ("expanded" if goes_out else "void")
    assert (done.messages, done.void) == ((1, 0) if goes_out else (0, 1))


def test_a_stage_of_an_old_version_goes_out_where_the_day_is_the_same(world: World) -> None:
    world.person("USA")
    version = world.deadline()
    alert = world.alert("bearer", version=version, stage="before-7")
    world.compute(version.deadline, version.clause_version)

    assert expand(now=NOW).messages == 1

    alert.refresh_from_db()
    assert alert.state == Alert.State.EXPANDED


def test_a_stage_of_a_day_that_moved_is_void(world: World) -> None:
    world.person("USA")
    version = world.deadline()
    alert = world.alert("bearer", version=version, stage="before-7")
    world.compute(version.deadline, version.clause_version, received_on(25))

    expand(now=NOW)

    alert.refresh_from_db()
    assert alert.state == Alert.State.VOID


def test_a_live_sweep_leaves_replays_alone_and_a_replay_sees_its_own_parties() -> None:
    world = make_world(replayed=True)
    russian = world.person("RUS")
    alert = world.alert("parties")

    assert expand(now=NOW).alerts == 0
    assert expand(now=NOW, case=world.case).messages == 1
    assert told(alert) == {russian}


def test_the_system_itself_gets_no_mail(world: World) -> None:
    world.mandate(world.system, "USA")
    world.alert("senders")

    assert expand(now=NOW).unaddressed == 1


def test_a_message_id_is_made_of_the_alert_and_the_person_alone(world: World) -> None:
    world.person("USA")
    world.person("USA")
    world.alert("senders")

    expand(now=NOW)

    ids = set(Message.objects.values_list("message_id", flat=True))
    assert len(ids) == 2
    assert all(one.startswith("<") and one.endswith("@treatyflow.example>") for one in ids)


def test_what_leaves_at_once_has_its_content_once_a_language_and_in_the_register(
    world: World,
) -> None:
    people = [world.person("USA", language=language) for language in ("en", "en", "fr")]
    alert = world.alert("senders")

    expand(now=NOW)

    contents = {row.language: row for row in Rendering.objects.all()}
    assert set(contents) == {"en", "fr"}
    messages = {message.user: message for message in alert.messages.select_related("rendering")}
    assert [messages[person].rendering for person in people] == [
        contents["en"],
        contents["en"],
        contents["fr"],
    ]
    event = Event.objects.get(act="alerts-written")
    assert all(f"rendering:{row.pk}" in event.body for row in contents.values())
    assert register.verify().ok
    assert {emails.as_sent(message) for message in messages.values()} == {b""}


def test_the_event_of_what_was_written_is_about_an_alert_that_was(world: World) -> None:
    world.person("USA")
    nobody = world.alert("addressees", at=NOW - timedelta(hours=1))
    told = world.alert("senders", stage="2")

    expand(now=NOW)

    assert nobody.messages.count() == 0
    event = Event.objects.get(act="alerts-written")
    assert event.record == f"alert:{told.pk}"


def lacks_a_row(*_: object) -> None:
    raise LookupError("a row is missing")


def asks_in_vain(*_: object) -> None:
    """A question that the database refuses, and with it the transaction in which it was asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")


@pytest.mark.parametrize("fails", [lacks_a_row, asks_in_vain])
@pytest.mark.parametrize("function", ["gather", "build"])
def test_what_cannot_be_written_becomes_messages_and_leaves_once_it_can(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    fails: Callable[..., None],
) -> None:
    world.person("USA")
    alert = world.alert("senders")

    with monkeypatch.context() as patched:
        patched.setattr(emails, function, fails)
        assert expand(now=NOW).messages == 1

    message = alert.messages.get()
    assert (message.state, message.rendering) == ("pending", None)
    assert deliver(now=NOW).sent == 1
    assert register.verify().ok


def test_who_changes_the_language_before_it_leaves_gets_the_mail_in_that(world: World) -> None:
    reader = world.person("USA", language="en")
    alert = world.alert("senders")
    expand(now=NOW)
    User.objects.filter(pk=reader.pk).update(language="fr")

    assert deliver(now=NOW).sent == 1

    message = alert.messages.select_related("rendering").get()
    assert message.rendering is not None
    assert message.rendering.language == "fr"
    assert "Content-Language: fr" in message.headers
    assert register.verify().ok


def test_what_leaves_later_is_written_when_it_leaves(world: World) -> None:
    reader = world.person("USA")
    Preference.objects.create(user=reader, digest=Preference.Digest.DAILY)
    alert = world.alert("bearer", version=world.deadline(), stage="before-30")

    expand(now=NOW)

    message = alert.messages.get()
    assert message.digest_at is not None
    assert message.rendering is None
    assert not Rendering.objects.exists()


def test_queries_do_not_grow_with_alerts_parties_or_people(world: World) -> None:
    def count(alerts: int, people: int) -> int:
        for _ in range(people):
            for code in world.parties:
                world.person(code)
        world.notification = another_notification(world)
        world.transmit(*world.parties)
        for number in range(alerts):
            world.alert("addressees+senders+parties+depositaries", stage=str(number))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            expand(now=NOW, limit=50)
        inserts = [q for q in captured if q["sql"].startswith("INSERT")]
        return len(captured) - len(inserts)

    assert count(alerts=1, people=1) == count(alerts=BATCH - 1, people=4)


def test_a_large_backlog_is_expanded_in_several_transactions(world: World) -> None:
    world.person("USA")
    for number in range(120):
        world.alert("senders", stage=str(number))

    assert expand(now=NOW, limit=10).messages == 10
    assert expand(now=NOW).messages == 110


def a_run(world: World, bearer: str | None, owed_by: str) -> DeadlineVersion:
    """The run of a recurring clause, which no act set."""
    version = world.deadline("xv-3", bearer=bearer, owed_by=owed_by)
    Deadline.objects.filter(pk=version.deadline_id).update(
        notification=None, run_from=date(2020, 5, 22)
    )
    version.refresh_from_db()
    return version


@pytest.mark.parametrize(
    ("bearer", "owed_by", "audience", "codes"),
    [
        ("RUS", "each-party", "bearer", {"RUS"}),
        ("RUS", "each-party", "bearer+senders+depositaries", {"RUS", "CAN office", "HUN office"}),
        (None, "depositaries", "depositaries", {"CAN office", "HUN office"}),
        (
            None,
            "parties",
            "parties",
            {"USA", "CAN", "HUN", "RUS", "DEU", "CAN office", "HUN office"},
        ),
    ],
)
def test_the_alert_of_a_run_needs_no_act(
    world: World, bearer: str | None, owed_by: str, audience: str, codes: set[str]
) -> None:
    """A party that left is told nothing, and no act is looked at for whom it was sent to."""
    people = officers_and_missions(world)
    Participation.objects.filter(party__code="TUR").update(exit_on=date(2020, 5, 1))
    version = a_run(world, bearer, owed_by)
    alert = Alert.objects.create(
        case=world.case,
        deadline_version=version,
        kind=Alert.Kind.DEADLINE,
        stage="before-7",
        audience=audience,
        due_at=NOW,
    )

    done = expand(now=NOW)

    assert (done.alerts, done.void) == (1, 0)
    assert told(alert) == {people[code] for code in codes}


def test_an_alert_is_about_an_act_or_about_a_clock(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(case=world.case, kind="issued", audience="parties", due_at=NOW)


def test_a_secretariat_is_not_told_for_a_party(world: World) -> None:
    world.person("RUS", Role.SECRETARIAT)
    drafter = world.person("RUS")
    world.transmit("RUS")
    world.alert("addressees", kind="issued")
    expand(now=NOW)
    assert [message.user for message in Message.objects.all()] == [drafter]
