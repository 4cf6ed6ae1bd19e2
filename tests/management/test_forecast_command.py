"""``manage.py forecast``: what would be told, in lines and as JSON; bad input is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications.models import Event, Message, Preference
from tests.factories import NOW, XV_2, Cast, issue, make_cast, make_treaty


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """A withdrawal that takes effect on 22 November 2020, and the clock of its day."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cast = make_cast(make_treaty(rules=[XV_2]))
    issue(cast)
    return cast


def told(*words: str) -> str:
    out = StringIO()
    call_command("forecast", *words, stdout=out)
    return out.getvalue()


def data(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(*words, "--json"))
    return found


def refusal(*words: str) -> str:
    with pytest.raises(CommandError) as ended:
        told(*words)
    assert ended.value.returncode == 2
    return str(ended.value)


def test_each_day_has_its_stages_with_instant_treaty_deadline_and_people(cast: Cast) -> None:
    lines = told("--until", "2020-11-15").splitlines()
    assert "24 August 2020 (Monday)" in lines
    assert (
        "  00:00 UTC  Open Skies: Withdrawal takes effect, the United States of America – "
        "7 days before (2020-11-22): 7 people"
    ) in lines
    assert lines[-1].startswith("up to 2020-11-15: 5 stages, ")
    assert lines[-1].endswith(" messages at most (nothing was sent)")


def test_as_json_it_names_people_and_parties_and_no_addresses(cast: Cast) -> None:
    text = told("--until", "2020-09-30", "--json")
    (first, second) = json.loads(text)["stages"]
    assert (first["stage"], second["stage"]) == ("before-90", "before-60")
    assert first["at"] == datetime(2020, 8, 24, tzinfo=UTC).isoformat()
    boris = {"name": "Boris Drafter", "party": "RUS", "at": first["at"], "in_digest": False}
    assert boris in first["people"]
    assert "@" not in text


def test_to_one_party_alone(cast: Cast) -> None:
    (first, _second) = data("--until", "2020-09-30", "--party", "DEU")["stages"]
    (greta,) = first["people"]
    assert (greta["name"], greta["party"]) == ("Greta Observer", "DEU")


def test_whoever_takes_a_digest_is_foreseen_at_its_hour(cast: Cast) -> None:
    Preference.objects.create(user=cast.german_observer, digest="daily")
    (first, _second) = data("--until", "2020-09-30", "--party", "DEU")["stages"]
    (greta,) = first["people"]
    assert greta["in_digest"] is True
    assert greta["at"] == datetime(2020, 8, 24, 8, 5, tzinfo=UTC).isoformat()
    assert "1 person, 1 of them in a digest" in told("--until", "2020-09-30", "--party", "DEU")


def test_nothing_is_sent_or_recorded(cast: Cast) -> None:
    before = Event.objects.count()
    told("--until", "2025-12-31")
    assert (Event.objects.count(), Message.objects.count()) == (before, 0)


def test_bad_input_ends_with_one_sentence(cast: Cast) -> None:
    assert refusal("--until", "tomorrow") == (
        "--until: “tomorrow” is no date; write it as 2027-12-31."
    )
    assert refusal("--until", "2020-05-21") == "Until: the day has passed."
    assert refusal("--party", "XYZ") == "Party: there is no party “XYZ”."
    assert "nobody has the address" in refusal("--as", "nobody@example.org")
    assert "Only an administrator" in refusal("--as", cast.us_head.email)
