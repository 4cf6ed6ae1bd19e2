"""Beat was down for 25 days: of every deadline the newest stage is told, marked late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from notifications.clauses.facts import Facts, ReceiptFact
from notifications.models import Alert, Deadline, DeadlineVersion, Heartbeat, Message, Role
from notifications.services.alerts import Ladders, planned_stages
from tests.delivery.records import DEPOSITARIES, World, another_notification, make_world
from tests.emails.reading import Mail
from tests.faults.crowds import LIMIT, repeats
from tests.infrastructure.brokers import wait_until
from tests.infrastructure.sink import Sink
from tests.infrastructure.workers import Worker
from treatyflow.schedule import KNOCKS

OUTAGE = timedelta(days=25)
CONFERENCE_DAYS = 60  # from the receipt to the last day on which the conference may be convened
# The day of each duty, counted from today, and what is told of it after the outage; the last one
# lapsed meanwhile.
DUTIES = {53: "before-60", 20: "opens", 5: "before-7", 2: "before-3", -10: "after-1"}


def facts(given_on: date) -> Facts:
    """A notice given and received on one day."""
    return Facts(
        given_on=given_on,
        zone="UTC",
        depositaries=frozenset(DEPOSITARIES),
        addressees=None,
        receipts=(ReceiptFact("CAN", given_on),),
    )


def plan(version: DeadlineVersion, since: datetime) -> int:
    """Plan what was to be said after an instant, as it stood then; the key of the deadline."""
    stages = list(planned_stages(version, now=since, ladders=Ladders()))
    assert len(stages) >= 2 or version.clause_version is None
    Alert.objects.bulk_create(stages)
    return version.deadline_id


def plan_duty(world: World, due_on: date, since: datetime) -> int:
    """A duty of the depositaries, from a notice of its own, that ends with a day."""
    received_on = due_on - timedelta(days=CONFERENCE_DAYS)
    world.notification = another_notification(world, given_on=received_on)
    version = world.deadline(
        "xv-3",
        bearer=None,
        owed_by=Deadline.OwedBy.DEPOSITARIES,
        facts=facts(received_on),
    )
    assert version.due_on == due_on
    return plan(version, since)


def of_deadlines() -> QuerySet[Message]:
    """All but what is told of the party that left."""
    found = Message.objects.filter(alert__kind=Alert.Kind.DEADLINE)
    return found.select_related("alert__deadline_version", "user")


def told() -> dict[int, dict[str, list[str]]]:
    """What was sent of each deadline, by its key: the stages, each with those who were told."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for message in of_deadlines().filter(state="sent").order_by("user__email"):
        version = message.alert.deadline_version
        assert version is not None
        found[version.deadline_id][message.alert.stage].append(message.user.email)
    return found


def is_idle() -> bool:
    """Whether the worker has swept as it does at its start."""
    return set(KNOCKS) <= set(Heartbeat.objects.values_list("name", flat=True))


def test_of_every_deadline_the_newest_stage_is_told_and_marked_late(
    sink: Sink, start: Callable[..., Worker], start_beat: Callable[[], None]
) -> None:
    world = make_world()
    world.person("USA")
    officers = [world.person(code, Role.DEPOSITARY_OFFICER).email for code in DEPOSITARIES]
    start()
    wait_until(is_idle, LIMIT, "the sweeps at the worker's start")

    now = timezone.now()
    since, today = now - OUTAGE, now.date()
    days = {plan_duty(world, today + timedelta(days=left), since): left for left in DUTIES}
    # Six months are 184 days at the most: its effect came some ten days ago.
    effect = plan(world.deadline(facts=facts(today - timedelta(days=194))), since)
    start_beat()

    def is_told() -> bool:
        # That the party left is told last, once the sweep has let it take effect.
        left = Message.objects.filter(alert__kind=Alert.Kind.PARTICIPATION)
        is_waiting = Message.objects.filter(state="pending").exists()
        return set(told()) == {*days, effect} and left.exists() and not is_waiting

    wait_until(is_told, LIMIT, "the newest stage of every deadline")
    assert {days[key]: list(stages) for key, stages in told().items() if key != effect} == {
        left: [stage] for left, stage in DUTIES.items()
    }
    assert list(told()[effect]) == ["day"]
    assert all(
        set(officers) <= set(people) and len(people) == len(set(people))
        for stages in told().values()
        for people in stages.values()
    )
    assert not repeats(sink, Message.objects.count())
    late = {
        one.message_id for one in sink.received if "This message is late" in Mail(one.content).text
    }
    assert set(of_deadlines().values_list("message_id", flat=True)) <= late
