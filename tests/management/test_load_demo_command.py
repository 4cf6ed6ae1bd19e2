"""``manage.py load_demo``: embedded alone, in steps, and as often as one likes."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.management.commands import load_demo
from notifications.models import Case, Event, Message, User
from notifications.register import verify
from notifications.services.demo import scenario_files
from notifications.services.scenarios import replaying

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_demo, "PAUSE_SECONDS", 0)


def load(*words: str) -> str:
    out = StringIO()
    call_command("load_demo", *words, stdout=out)
    return out.getvalue()


def test_the_embedded_settings_alone_have_it(settings: Any) -> None:
    settings.TREATYFLOW_EMBEDDED = False
    with pytest.raises(CommandError, match="embedded settings alone"):
        load()
    assert not User.objects.exists()


def test_the_cast_comes_first_and_alone_where_that_is_asked_for() -> None:
    assert load("--cast-only") == "demonstration: 10 people registered\n"
    assert not Case.objects.exists()


def test_it_tells_its_steps_and_a_second_run_changes_nothing() -> None:
    told = load().splitlines()
    assert told[0] == "demonstration: 10 people registered"
    assert told[1] == "demonstration: a case for exercises is waiting for the cast"
    assert [line.split(":")[1].strip() for line in told[2:]] == [f"{n} of 5" for n in range(1, 6)]
    assert Case.objects.count() == 6
    assert Message.objects.filter(alert__case__origin="replay", state="sent").count() > 200
    events = Event.objects.count()
    load()
    assert Event.objects.count() == events
    assert verify().ok


def test_a_run_that_was_cut_off_is_taken_up_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off in the second scenario: the first stays, nothing is left of the second."""
    two = list(scenario_files())[:2]
    monkeypatch.setattr(load_demo, "scenario_files", lambda: two)
    swept = 0
    track = replaying.track_deadlines

    def cut_off(**options: Any) -> Any:
        nonlocal swept
        swept += options["case"].scenario == "cfe-ru-2023"
        if swept == 5:
            raise KeyboardInterrupt
        return track(**options)

    monkeypatch.setattr(replaying, "track_deadlines", cut_off)
    with pytest.raises(KeyboardInterrupt):
        load()
    assert list(Case.objects.exclude(scenario=None).values_list("scenario", flat=True)) == [
        "abm-2001-2002"
    ]
    assert verify().ok
    monkeypatch.setattr(replaying, "track_deadlines", track)
    load()
    assert Case.objects.count() == 3
    assert verify().ok
