"""Defects: brought to the sender's attention, refusing nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Alert, Defect, Event, Message, Notification, Role
from notifications.register import verify
from notifications.services.defects import bring_defect
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, Cast, issue, issue_act, make_user

WORDS = "The note bears no signature (VCLT 67(2))."


def test_the_senders_are_told_and_nothing_is_refused(cast: Cast) -> None:
    act = issue(cast)
    before = list(act.deadlines.order_by("pk").values_list("status", "current_version"))
    defect = bring_defect(notification=act, text=WORDS, actor=cast.canadian_officer, now=NOW)
    assert (defect.text, defect.by) == (WORDS, cast.canadian_officer)
    assert list(act.deadlines.order_by("pk").values_list("status", "current_version")) == before
    alert = Alert.objects.get(kind="defect")
    assert (alert.notification, alert.audience, alert.due_at) == (act, "senders", NOW)
    assert Event.objects.latest("pk").act == "defect-brought"
    assert WORDS not in Event.objects.latest("pk").act
    assert verify().ok


def test_the_mail_goes_to_the_mission_that_gave_the_note_with_the_words(cast: Cast) -> None:
    act = issue(cast)
    bring_defect(notification=act, text=WORDS, actor=cast.hungarian_officer, now=NOW)
    send_alerts(now=NOW + timedelta(minutes=1))
    told = Message.objects.filter(alert__kind="defect").select_related("rendering")
    assert {message.user for message in told} == {cast.us_drafter, cast.us_head}
    assert all(message.rendering is not None for message in told)
    assert all(b"no signature" in bytes(message.rendering.mime) for message in told)  # type: ignore[union-attr]


def test_a_second_click_tells_nobody_twice(cast: Cast) -> None:
    act = issue(cast)
    first = bring_defect(notification=act, text=WORDS, actor=cast.canadian_officer, now=NOW)
    again = bring_defect(
        notification=act, text=f" {WORDS}\r\n", actor=cast.canadian_officer, now=NOW
    )
    assert again == first
    bring_defect(notification=act, text="No date.", actor=cast.canadian_officer, now=NOW)
    assert Defect.objects.count() == Alert.objects.filter(kind="defect").count() == 2


def test_the_secretariat_looks_at_the_due_form_too(cast: Cast) -> None:
    secretary = make_user("Sofia Secretary", "UNO", Role.SECRETARIAT)
    assert bring_defect(notification=issue(cast), text=WORDS, actor=secretary, now=NOW).pk
    hidden = issue_act(
        cast,
        "breach-allegation",
        {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"},
    )
    with pytest.raises(NotPermittedError):
        bring_defect(notification=hidden, text=WORDS, actor=secretary, now=NOW)


def test_nobody_else_does(cast: Cast) -> None:
    act = issue(cast)
    elsewhere = make_user("Other Officer", "JPN", Role.DEPOSITARY_OFFICER)
    others = (cast.us_head, cast.russian_head, cast.german_observer, cast.administrator)
    for person in (*others, elsewhere):
        with pytest.raises(NotPermittedError):
            bring_defect(notification=act, text=WORDS, actor=person, now=NOW)
    assert not Defect.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n ", "turned \u202e round", "x" * 100_001])
def test_words_that_are_none_are_refused(cast: Cast, text: str) -> None:
    act = issue(cast)
    with pytest.raises(RuleBrokenError) as refused:
        bring_defect(notification=act, text=text, actor=cast.canadian_officer, now=NOW)
    assert refused.value.field == "text"
    assert not Alert.objects.filter(kind="defect").exists()


def test_a_replayed_act_has_no_defects(cast: Cast) -> None:
    act = issue(cast)
    type(act.case).objects.filter(pk=act.case.pk).update(origin="replay", scenario="a-replay")
    with pytest.raises(NotPermittedError):
        bring_defect(
            notification=Notification.objects.get(),
            text=WORDS,
            actor=cast.canadian_officer,
            now=NOW,
        )
