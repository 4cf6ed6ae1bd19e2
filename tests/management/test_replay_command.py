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
    assert "messages were not sent" in text
    assert text.count("  ok: line") == 6
