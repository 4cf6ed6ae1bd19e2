"""``manage.py replay``: its output for people and for programs, and its exit statuses."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Case, Message, Role
from notifications.services.library import SCENARIOS
from tests.factories import make_user
from tests.infrastructure.mail import Sink

pytestmark = pytest.mark.django_db

US_2020 = SCENARIOS / "open-skies-us-2020.yaml"

STRAIT = """\
id: strait
title: Pact on the Strait
depositaries: []
zone: Asia/Tokyo
in_force: 2000-01-01
parties: [JPN, KOR]
"""
STRAIT_CASE = """\
id: strait-1
treaty: strait
until: 2011-02-01
acts:
  - {id: note, at: 2010-12-30, act: withdrawal, by: JPN}
  - {at: 2011-01-05, act: response, by: KOR, to: note, position: takes-note}
expect:
  - {unanswered: note, by: KOR, when: 2011-01-06}
"""


def run(*words: str | Path) -> str:
    out = StringIO()
    call_command("replay", *map(str, words), stdout=out)
    return out.getvalue()


def test_json_has_the_shape_that_is_promised() -> None:
    report: dict[str, Any] = json.loads(run(US_2020, "--json"))
    assert set(report) == {"acts", "deadlines", "alerts", "messages", "expect"}
    assert [act["act"] for act in report["acts"]] == [
        "statement",
        "breach-allegation",
        "withdrawal",
        "response",
        "conference-request",
        "conference",
        "dialogue-proposal",
        "statement",
    ]
    effect = next(row for row in report["deadlines"] if row["clause"] == "xv-2")
    assert {key: effect[key] for key in ("of", "bearer", "opens", "due", "status")} == {
        "of": "note",
        "bearer": "USA",
        "opens": None,
        "due": "2020-11-22",
        "status": "effective",
    }
    assert "22 May 2020" in effect["trace"][0]["words"]
    duty = next(row for row in report["deadlines"] if row["clause"] == "xv-3")
    assert (duty["bearer"], duty["opens"]) == ("depositaries", "2020-06-21")
    assert set(report["alerts"]) == {"planned", "sent", "void", "unaddressed"}
    assert report["messages"] == 0
    assert [set(row) for row in report["expect"]] == [{"ok", "line", "got"}] * 6
    assert [row["line"] for row in report["expect"]] == [69, 70, 71, 72, 73, 74]
    assert all(row["ok"] for row in report["expect"])


def test_people_read_acts_deadlines_and_verdicts() -> None:
    text = run(US_2020)
    assert "The United States leaves the Treaty on Open Skies" in text
    assert "2020-05-22 withdrawal by USA (note) as TF-R.1.2020.OPEN-SKIES.withdrawal" in text
    assert "xv-3 of note: 2020-06-21 to 2020-07-21, met (depositaries)" in text
    assert text.count("  ok: line") == 6


def test_people_read_days_of_the_zone_of_the_treaty_and_positions_in_words(tmp_path: Path) -> None:
    """00:00 in Tokyo is the day before in UTC."""
    folder = tmp_path / "treaties"
    folder.mkdir()
    (folder / "strait.yaml").write_text(STRAIT)
    file = tmp_path / "strait-1.yaml"
    file.write_text(STRAIT_CASE)
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 of 1 expectations"):
        call_command("replay", str(file), "--treaties", str(folder), stdout=out)
    text = out.getvalue()
    assert "2010-12-30 withdrawal by JPN (note)" in text
    assert "2011-01-05 response by KOR takes note" in text
    assert "failed: line 8: it takes note on 2011-01-05" in text
    assert "2010-12-29" not in text
    assert "takes-note" not in text


def test_a_failed_expectation_ends_with_status_1_after_the_report(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(US_2020.read_text().replace("due: 2020-11-22, s", "due: 2020-11-23, s"))
    out = StringIO()
    with pytest.raises(CommandError, match=r"1 of 6 expectations") as ended:
        call_command("replay", str(file), "--json", stdout=out)
    assert ended.value.returncode == 1
    assert json.loads(out.getvalue())["expect"][0] == {
        "ok": False,
        "line": 69,
        "got": "USA: due 2020-11-22, effective",
    }


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            US_2020.read_text().replace("by: USA", "by: US"),
            "line 9: acts[announcement].by:",
        ),
        ("acts: [", "not well-formed"),
        ("", "A scenario file holds keys with values"),
    ],
)
def test_a_bad_file_ends_with_status_2_and_stores_nothing(
    tmp_path: Path, text: str, says: str
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(CommandError) as ended:
        run(file)
    assert ended.value.returncode == 2
    assert says in str(ended.value)
    assert not Case.objects.exists()


def test_a_file_that_is_not_there_ends_with_status_2(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read") as ended:
        run(tmp_path / "nothing.yaml")
    assert ended.value.returncode == 2


def test_another_content_under_the_same_id_ends_with_status_2(tmp_path: Path) -> None:
    run(US_2020)
    file = tmp_path / "other.yaml"
    file.write_text(US_2020.read_text().replace("position: rejects", "position: regrets"))
    with pytest.raises(CommandError, match="another content") as ended:
        run(file)
    assert ended.value.returncode == 2
    assert len(str(ended.value).splitlines()) == 1


def test_sending_without_a_mail_server_is_refused_before_anything_happens(settings: Any) -> None:
    settings.TREATYFLOW_MAIL_TRANSPORT = "mailbox"
    with pytest.raises(CommandError, match="EMAIL_URL") as ended:
        run(US_2020, "--send")
    assert ended.value.returncode == 2
    assert not Case.objects.exists()


def test_mail_stays_in_the_mailbox_unless_it_is_to_be_sent(smtp_sink: Sink, tmp_path: Path) -> None:
    make_user("Alice", "RUS", Role.DRAFTER)
    run(US_2020)
    kept = Message.objects.filter(state="sent").count()
    assert kept > 0
    assert smtp_sink.received == []
    file = tmp_path / "again.yaml"
    file.write_text(US_2020.read_text().replace("id: open-skies-us-2020", "id: again"))
    run(file, "--send")
    assert smtp_sink.addresses() == ["alice@example.org"] * kept


def test_a_server_that_is_away_is_told_of(smtp_sink: Sink) -> None:
    make_user("Alice", "RUS", Role.DRAFTER)
    smtp_sink.go_down()
    text = run(US_2020, "--send")
    count = Message.objects.count()
    assert f"{count} of {count} messages wait; run the same command again\n" in text
    assert text.count("  ok: line") == 6
    assert f"{count} of {count} messages wait; run the same command again with --send" in run(
        US_2020
    )
    smtp_sink.come_back()
    assert "wait" not in run(US_2020, "--send")
    assert smtp_sink.addresses() == ["alice@example.org"] * count
    run(US_2020, "--send")
    assert len(smtp_sink.received) == count


def test_what_the_server_will_not_have_is_told_of(smtp_sink: Sink) -> None:
    make_user("Alice", "RUS", Role.DRAFTER)
    smtp_sink.answer_recipient["alice@example.org"] = "550 nobody here"
    text = run(US_2020, "--send")
    count = Message.objects.count()
    assert f"{count} of {count} messages could not be delivered" in text
    assert "wait" not in text


@pytest.mark.parametrize("key", ["until: 2020-11-23", "at: 2020-05-22"])
@pytest.mark.parametrize(
    "moment", ["0001-01-01", "9999-12-30", "'9999-01-30'", "0001-01-01 00:00+14:00"]
)
def test_a_date_at_the_end_of_the_calendar_is_refused(
    tmp_path: Path, key: str, moment: str
) -> None:
    file = tmp_path / "far.yaml"
    name = key.split(":", maxsplit=1)[0]
    file.write_text(US_2020.read_text().replace(key, f"{name}: {moment}", 1))
    with pytest.raises(CommandError, match="between 1800 and 2300") as ended:
        run(file)
    assert ended.value.returncode == 2
    assert not Case.objects.exists()


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "half.yaml"
    file.write_text(US_2020.read_text().replace("position: rejects", 'position: "\\ud800"'))
    with pytest.raises(CommandError, match="invalid Unicode") as ended:
        run(file)
    assert ended.value.returncode == 2
