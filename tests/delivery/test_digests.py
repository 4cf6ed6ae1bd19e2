"""A digest: one mail for many messages, each a row, sent once, never lost and never too late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib import import_module

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import emails, register
from notifications.delivery import Answer, Deliveries, deliver, expand, send_due
from notifications.delivery.digest_claim import claim_digests
from notifications.delivery.digests import hour_from, last_hour
from notifications.delivery.wishes import Leaving, Wish
from notifications.models import (
    Alert,
    Deadline,
    Delivery,
    Event,
    Message,
    Preference,
    Progress,
    RegisterHead,
    Rendering,
    Role,
    User,
)
from tests.delivery.records import NOW, World, another_notification
from tests.delivery.test_wishes import alert, at
from tests.delivery.ways_out import Killed, Told, always, down

pytestmark = pytest.mark.django_db

# The digest of the day after the alerts of these tests fell due, 22 May 2020 being a Friday.
HOUR = datetime(2020, 5, 23, 8, 5, tzinfo=UTC)
MONDAY = datetime(2020, 5, 25, 8, 5, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def digest_taker(world: World, code: str = "USA", digest: str = "daily", **fields: object) -> User:
    user = world.person(code, **fields)  # type: ignore[arg-type]
    Preference.objects.create(user=user, digest=digest)
    return user


def matters(world: World) -> tuple[Alert, Alert, Alert]:
    """A rung of a deadline and two words about the act: three messages of one digest."""
    rung = world.alert("senders", version=world.deadline(), stage="before-30")
    said = [world.alert("senders", kind="acknowledged", stage=code) for code in ("DEU", "TUR")]
    return rung, said[0], said[1]


def mail_of(message: Message) -> EmailMessage:
    message.refresh_from_db()
    return message_from_bytes(emails.as_sent(message), EmailMessage, policy=policy.default)


def text_of(message: Message) -> str:
    part = mail_of(message).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("from_at", "digest", "zone", "hour"),
    [
        ("2026-11-24T08:05", "daily", "UTC", "2026-11-24T08:05"),
        ("2026-11-24T08:06", "daily", "UTC", "2026-11-25T08:05"),
        ("2026-11-24T00:00", "daily", "America/New_York", "2026-11-24T13:05"),
        ("2026-11-24T00:00", "daily", "Pacific/Kiritimati", "2026-11-24T18:05"),
        ("2026-03-28T12:00", "daily", "Europe/Berlin", "2026-03-29T06:05"),
        ("2026-10-24T12:00", "daily", "Europe/Berlin", "2026-10-25T07:05"),
        ("2026-11-24T00:00", "weekly", "UTC", "2026-11-30T08:05"),
        ("2026-11-30T08:05", "weekly", "UTC", "2026-11-30T08:05"),
        ("2026-11-30T08:06", "weekly", "UTC", "2026-12-07T08:05"),
    ],
)
def test_a_digest_has_its_hour_on_the_clock_of_its_reader(
    from_at: str, digest: str, zone: str, hour: str
) -> None:
    assert hour_from(at(from_at), digest, zone) == at(hour)
    assert last_hour(at(hour), digest, zone) == at(hour)
    assert last_hour(at(hour) - timedelta(minutes=1), digest, zone) < at(hour)


@pytest.mark.parametrize(
    ("told", "is_gathered"),
    [
        (alert("before-7"), True),
        (alert("opens"), True),
        (alert("after-8"), True),
        (alert("", kind="acknowledged"), True),
        (alert("", kind="responded"), True),
        (alert("", kind="participation"), True),
        (alert("day"), False),
        (alert("after-1"), False),
        *((alert("", kind=kind), False) for kind in ("issued", "received", "circulated", "fact")),
        *((alert("", kind=kind), False) for kind in ("unacknowledged", "undelivered", "defect")),
    ],
    ids=lambda one: f"{one.kind}-{one.stage}" if isinstance(one, Alert) else "",
)
def test_reminders_and_news_are_gathered_and_formal_notices_are_not(
    told: Alert, is_gathered: bool
) -> None:
    told.due_at = now = at("2026-11-24T00:00")
    leaving = Wish(digest="daily").leaving(told, now=now)
    hour = at("2026-11-24T08:05")
    assert leaving == (Leaving(hour, hour) if is_gathered else Leaving(now))


def test_what_the_digest_of_the_week_would_bring_too_late_comes_by_itself() -> None:
    wish = Wish(digest="weekly")
    # The last day is Tuesday, 1 December.
    seven, three = alert("before-7"), alert("before-3")
    monday = at("2026-11-30T08:05")
    assert wish.leaving(seven, now=seven.due_at) == Leaving(monday, monday)
    assert wish.leaving(three, now=three.due_at) == Leaving(monday, monday)
    friday = alert("before-3", due_on=date(2026, 11, 29))
    friday.due_at = at("2026-11-26T00:00")
    assert wish.leaving(friday, now=friday.due_at) == Leaving(friday.due_at)


def test_what_a_digest_would_bring_on_its_reader_s_last_day_comes_by_itself() -> None:
    """In Tokyo it is the last day, 1 December, nine hours before it is in UTC."""
    wish = Wish(digest="daily", zone="Asia/Tokyo")
    one, two = alert("before-1"), alert("before-2")
    one.due_at, two.due_at = at("2026-11-30T00:00"), at("2026-11-29T00:00")
    assert wish.leaving(one, now=one.due_at) == Leaving(one.due_at)
    hour = at("2026-11-29T23:05")
    assert wish.leaving(two, now=two.due_at) == Leaving(hour, hour)


def test_a_pause_puts_a_reminder_into_the_digest_after_it_and_news_into_the_next_one() -> None:
    wish = Wish(digest="daily", snooze_until=at("2026-11-26T12:00"))
    reminder, news = alert("before-7"), alert("", kind="responded")
    news.due_at = reminder.due_at = now = at("2026-11-24T00:00")
    assert wish.leaving(reminder, now=now).digest_at == at("2026-11-27T08:05")
    assert wish.leaving(news, now=now).digest_at == at("2026-11-24T08:05")


def test_a_digest_in_the_quiet_hours_comes_when_they_end() -> None:
    wish = Wish(digest="daily", quiet_from=time(22), quiet_to=time(9))
    told = alert("before-7")
    assert wish.leaving(told, now=told.due_at).at == at("2026-11-24T09:00")


def test_what_is_late_past_its_digest_leaves_at_once_and_as_one() -> None:
    wish = Wish(digest="daily")
    now = at("2026-11-26T10:00")
    early, late = alert("before-7"), alert("", kind="responded")
    late.due_at = at("2026-11-25T12:00")
    hour = at("2026-11-26T08:05")
    assert [wish.leaving(one, now=now) for one in (early, late)] == [Leaving(now, hour)] * 2


def test_a_digest_is_one_mail_for_all_that_waits_and_a_row_for_each(world: World) -> None:
    user = digest_taker(world)
    rung, *_news = matters(world)

    assert send_due(now=NOW).deliveries == Deliveries()
    way_out = Told()
    done = send_due(now=HOUR, transport=way_out, clock=lambda: HOUR)

    assert done.deliveries == Deliveries(sent=3)
    assert way_out.recipients == [user.email]
    first, *others = Message.objects.order_by("pk")
    assert (first.state, first.carried_by) == ("sent", None)
    assert [(m.state, m.carried_by, m.digest) for m in others] == [
        ("sent", first, first.digest)
    ] * 2
    assert Delivery.objects.filter(outcome="sent").count() == 3
    assert Rendering.objects.get().carrier == first
    assert {m.rendering for m in others} == {first.rendering}
    assert way_out.letters[0].mail == emails.as_sent(others[0])
    assert register.verify().ok
    assert send_due(now=HOUR + LEASE, transport=way_out).deliveries == Deliveries()
    assert rung.messages.get().user == user


def test_a_digest_has_one_entry_a_notification_with_what_why_and_what_to_do(world: World) -> None:
    digest_taker(world)
    matters(world)
    other = another_notification(world, act="objection", sender="USA")
    mine, world.notification = world.notification, other
    world.alert("senders", kind="responded", response=world.respond("DEU", "objects"))
    send_due(now=NOW)
    send_due(now=HOUR)

    carrier = Message.objects.get(carried_by=None)
    mail, text = mail_of(carrier), text_of(carrier)
    assert mail["Subject"] == "TreatyFlow on 23 May 2020 (Saturday): 2 matters"
    assert text.count("1. Open Skies: ") == text.count("2. Open Skies: ") == 1
    assert "Why this date: 22 May 2020, received by Canada" in text
    assert "Germany has acknowledged the withdrawal" in text
    assert "Germany objects" in text
    for act in (mine, other):
        assert text.count(f"/notifications/{act.uid}/") == 1
    assert mail["References"] is None
    assert mail["Reply-To"] is None
    assert mail["List-Unsubscribe"] == "<https://treatyflow.example/account/reminders/>"
    assert mail["Message-ID"] == carrier.message_id
    assert [part.get_filename() for part in mail.iter_attachments()] == ["deadline.ics"]


def test_days_count_from_the_day_of_the_digest(world: World) -> None:
    digest_taker(world, digest="weekly")
    version = world.deadline()
    world.alert("senders", version=version, stage="before-184")
    send_due(now=NOW)
    send_due(now=MONDAY)
    days = ((version.due_on or date.max) - MONDAY.date()).days
    assert f"in {days} days" in text_of(Message.objects.get())


@pytest.mark.parametrize(
    ("zone", "days"),
    [("UTC", 183), ("Asia/Tokyo", 183), ("Pacific/Auckland", 183), ("Pacific/Honolulu", 184)],
)
def test_days_count_from_the_day_at_the_head_of_the_digest(
    world: World, zone: str, days: int
) -> None:
    """East of UTC it is 23 May 2020 when the digest of that day leaves, on the 22nd in UTC."""
    reader = digest_taker(world, zone=zone)
    version = world.deadline()
    assert version.due_on == date(2020, 11, 22)
    world.alert("senders", version=version, stage="before-184")
    send_due(now=NOW)
    send_due(now=hour_from(NOW, "daily", zone))
    said = text_of(Message.objects.get(user=reader))
    assert f"in {days} days" in said
    assert f"{date(2020, 11, 22) - timedelta(days=days):%-d %B %Y} (" in said


def test_of_a_deadline_the_newest_stage_alone_is_told(world: World) -> None:
    digest_taker(world, digest="weekly")
    version = world.deadline()
    for stage, day in (("before-60", 0), ("before-30", 1)):
        world.alert("senders", version=version, stage=stage, at=NOW + timedelta(days=day))
        send_due(now=NOW + timedelta(days=day))
    send_due(now=MONDAY)
    states = dict(Message.objects.values_list("alert__stage", "state"))
    assert states == {"before-60": "void", "before-30": "sent"}


def test_what_was_voided_while_it_waited_is_left_out(world: World) -> None:
    digest_taker(world)
    rung, *_news = matters(world)
    send_due(now=NOW)
    Deadline.objects.update(status="void")

    done = send_due(now=HOUR)

    assert done.deliveries == Deliveries(sent=2, void=1)
    assert rung.messages.get().state == "void"
    assert "Why this date" not in text_of(Message.objects.get(state="sent", carried_by=None))
    assert register.verify().ok


def test_what_is_repeated_each_week_is_left_out_once_the_act_is_closed(world: World) -> None:
    digest_taker(world, digest="weekly")
    version = world.deadline()
    Deadline.objects.update(status="lapsed", settled_on=NOW.date())
    world.alert("senders", version=version, stage="after-8")
    send_due(now=NOW)
    Progress.objects.update(status="closed")
    way_out = Told()
    assert send_due(now=MONDAY, transport=way_out).deliveries == Deliveries(void=1)
    assert way_out.letters == []


def test_nothing_is_sent_where_nothing_is_left(world: World) -> None:
    digest_taker(world)
    world.alert("senders", version=world.deadline(), stage="before-30")
    send_due(now=NOW)
    Deadline.objects.update(status="void")
    way_out = Told()
    assert send_due(now=HOUR, transport=way_out).deliveries == Deliveries(void=1)
    assert way_out.letters == []


def test_each_person_has_a_digest_of_their_own_and_others_are_told_at_once(world: World) -> None:
    plain, first, second = world.person("USA"), digest_taker(world), digest_taker(world)
    matters(world)
    at_once = Told()
    send_due(now=NOW, transport=at_once)
    assert at_once.recipients == [plain.email] * 3
    later = Told()
    send_due(now=HOUR, transport=later)
    assert sorted(later.recipients) == sorted([first.email, second.email])
    assert Rendering.objects.exclude(carrier=None).count() == 2


def test_a_killed_worker_repeats_a_digest_under_the_same_message_id_and_loses_nothing(
    world: World,
) -> None:
    digest_taker(world)
    matters(world)
    send_due(now=NOW)

    def killed(_recipient: str) -> Answer:
        raise Killed

    taken = Told(killed)
    with pytest.raises(Killed):
        send_due(now=HOUR, transport=taken, clock=lambda: HOUR)
    assert set(Message.objects.values_list("state", flat=True)) == {"pending"}
    assert send_due(now=HOUR + LEASE / 2).deliveries == Deliveries()

    again = Told()
    assert send_due(now=HOUR + LEASE, transport=again).deliveries == Deliveries(sent=3)
    ids = {message_from_bytes(way.letters[0].mail)["Message-ID"] for way in (taken, again)}
    assert len(ids) == 1
    assert Rendering.objects.count() == 1
    assert register.verify().ok


def test_a_digest_that_was_marked_before_a_kill_is_recorded_and_not_sent_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest_taker(world)
    matters(world)
    send_due(now=NOW)

    def killed(*_args: object, **_kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("notifications.delivery.digest_run.record", killed)
        with pytest.raises(Killed):
            send_due(now=HOUR, clock=lambda: HOUR)
    assert set(Message.objects.values_list("state", flat=True)) == {"accepted"}

    way_out = Told()
    send_due(now=HOUR + LEASE, transport=way_out)
    assert way_out.letters == []
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert register.verify().ok


def test_a_digest_that_is_put_off_waits_as_a_whole_and_is_the_same_mail(world: World) -> None:
    digest_taker(world)
    matters(world)
    send_due(now=NOW)
    first = always("deferred", "451 later")
    done = send_due(now=HOUR, transport=first, clock=lambda: HOUR)
    assert done.deliveries == Deliveries(deferred=3)
    assert set(Message.objects.values_list("next_at", "tries")) == {
        (HOUR + timedelta(minutes=1), 1)
    }

    again = Told()
    send_due(now=HOUR + timedelta(minutes=1), transport=again)

    bodies = [
        message_from_bytes(way.letters[0].mail).get_payload()[0].as_bytes()  # type: ignore[index, union-attr]
        for way in (first, again)
    ]
    assert bodies[0] == bodies[1]
    assert Rendering.objects.count() == 1


def test_what_turns_moot_between_two_tries_is_left_out_of_the_second(world: World) -> None:
    digest_taker(world)
    matters(world)
    send_due(now=NOW)
    send_due(now=HOUR, transport=always("deferred", "451 later"), clock=lambda: HOUR)
    Deadline.objects.update(status="void")
    send_due(now=HOUR + timedelta(minutes=1))
    assert "Why this date" not in text_of(Message.objects.get(state="sent", carried_by=None))
    assert Rendering.objects.count() == 2
    assert register.verify().ok


def test_a_line_that_is_down_costs_a_digest_one_try(world: World) -> None:
    digest_taker(world)
    matters(world)
    send_due(now=NOW)
    done = send_due(now=HOUR, transport=down())
    assert done.deliveries == Deliveries(deferred=3, is_line_down=True)


def test_a_refused_digest_fails_whole_and_each_matter_goes_to_the_next_mandate(
    world: World,
) -> None:
    user = digest_taker(world)
    matters(world)
    expand(now=NOW)
    colleague = world.person("USA", order=2)
    way_out = always("refused", "550 5.1.1 no such user")

    assert deliver(now=HOUR, transport=way_out).failed == 3

    assert user.contacts.get().state == "bouncing"
    assert Message.objects.filter(user=colleague, digest_at=None).count() == 3
    # The mail was one: its failure is told once.
    assert Alert.objects.filter(kind="undelivered").count() == 1


def test_an_alert_that_cannot_be_written_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest_taker(world)
    _rung, bad, _good = matters(world)
    send_due(now=NOW)
    written = emails.word_of

    def word_of(background: emails.Background, key: int, envelope: emails.Envelope) -> object:
        if key == bad.pk:
            raise ValueError("broken")
        return written(background, key, envelope)

    monkeypatch.setattr(emails, "word_of", word_of)
    done = send_due(now=HOUR)
    assert (done.deliveries.sent, done.deliveries.deferred) == (2, 1)
    assert bad.messages.get().deliveries.get().reply == "ValueError: broken"


def test_two_workers_never_share_a_digest(world: World) -> None:
    digest_taker(world)
    matters(world)
    expand(now=NOW)
    (mine,) = claim_digests(now=HOUR, worker="one", lease=LEASE)
    assert len(mine.messages) == 3
    assert claim_digests(now=HOUR, worker="two", lease=LEASE) == []
    (taken_over,) = claim_digests(now=HOUR + LEASE, worker="two", lease=LEASE)
    assert [(m.pk, m.tries) for m in taken_over.messages] == [(m.pk, 1) for m in mine.messages]


def test_the_digest_of_a_depositary_ends_with_the_head_of_the_register(world: World) -> None:
    digest_taker(world, "CAN", role=Role.DEPOSITARY_OFFICER)
    digest_taker(world, "USA")
    world.alert("senders+depositaries", kind="acknowledged", stage="DEU")
    send_due(now=NOW)
    head = RegisterHead.objects.get()
    send_due(now=HOUR)
    texts = {m.party.code: text_of(m) for m in Message.objects.select_related("party") if m.party}
    assert f"held {head.length} events" in texts["CAN"]
    assert head.digest in texts["CAN"]
    assert Event.objects.order_by("pk")[head.length - 1].digest == head.digest
    assert head.digest not in texts["USA"]


def test_queries_of_a_digest_do_not_grow_with_what_it_gathers(world: World) -> None:
    user = digest_taker(world)

    def count(number: int, day: int) -> int:
        now, hour = NOW + timedelta(days=day), HOUR + timedelta(days=day)
        world.notification = another_notification(world)
        for key in range(number):
            world.alert("senders", kind="acknowledged", stage=f"{key}", at=now)
        expand(now=now)
        with CaptureQueriesContext(connection) as captured:
            deliver(now=hour, clock=lambda: hour)
        return len(captured)

    count(1, 0)
    assert count(21, 1) == count(1, 2)
    assert user.messages.filter(state="sent").count() == 23


def test_those_without_digests_cost_one_query_a_run(world: World) -> None:
    world.person("USA")
    world.alert("senders")
    expand(now=NOW)
    with CaptureQueriesContext(connection) as captured:
        deliver(now=NOW)
    asked = [one["sql"] for one in captured if '"digest_at" IS NOT NULL' in one["sql"]]
    assert len(asked) == 1


def test_a_digest_has_its_turn_where_single_mails_take_all_the_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest_taker(world)
    matters(world)
    expand(now=NOW)
    monkeypatch.setattr(import_module("notifications.delivery.deliver"), "RUN_SECONDS", -1)
    out = Told()
    send_due(now=HOUR, transport=out)
    assert len(out.letters) == 1
