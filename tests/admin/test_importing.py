"""Import and export: a file is looked at, row by row; what was shown is what is done."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from notifications.models import Event, Participation, Party
from tests.factories import Cast, make_cast, make_party

HEADER = "party,treaty,in_force_on,exit_on\n"
ROWS = "JPN,open-skies,2010-01-01,\nUSA,open-skies,2002-01-01,2020-11-22\n"


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone."""
    return make_cast()


def address(kind: str = "participations") -> str:
    return reverse("admin:import", args=[kind])


def look(browser: Client, content: str | bytes, name: str = "list.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return browser.post(address(), {"file": SimpleUploadedFile(name, data)})


def token(answer: Any) -> str:
    return str(answer.context["confirm"]["token"].value())


def test_every_row_is_shown_with_what_becomes_of_it(cast: Cast, administrator: Client) -> None:
    answer = look(administrator, HEADER + ROWS + "CAN,open-skies,2002-01-01,\n")
    rows = answer.context["plan"].rows
    assert [(row.line, row.action) for row in rows] == [
        (2, "create"),
        (3, "change"),
        (4, "same"),
    ]
    page = answer.content.decode()
    assert "2020-11-22" in page
    assert "Entered: 1. Changed: 1. As they are: 1." in page
    assert not Participation.objects.filter(party__code="JPN").exists()


def test_what_was_shown_is_done_with_the_reason(cast: Cast, administrator: Client) -> None:
    shown = token(look(administrator, HEADER + ROWS))
    answer = administrator.post(address(), {"token": shown, "reason": "The depositary's list."})
    assert answer.status_code == 302
    assert Participation.objects.filter(party__code="JPN").count() == 1
    event = Event.objects.latest("pk")
    assert event.act == "registry-imported"
    assert "The depositary's list." in event.body
    done = administrator.get(address()).content.decode()
    assert "Imported from list.csv: 1 entered, 1 changed, 0 as they were." in done


def test_every_problem_is_told_by_line_and_nothing_is_imported(
    cast: Cast, administrator: Client
) -> None:
    wrong = "JPN,open-skies,2010-02-30,\nXXX,open-skies,2010-01-01,\nJPN,nowhere,2010-01-01,\n"
    answer = look(administrator, HEADER + wrong + "USA,open-skies,2001-01-01,2000-01-01\n")
    lines = {problem.line for problem in answer.context["problems"]}
    assert {2, 3, 4, 5} <= lines
    assert answer.context["confirm"] is None
    assert "Nothing was imported." in answer.content.decode()
    assert Event.objects.filter(act="registry-imported").count() == 0


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00broken", b"", "colour,size\n1,2\n", HEADER + '"JPN,open'],
)
def test_a_file_of_another_kind_is_refused(
    cast: Cast, administrator: Client, content: str | bytes
) -> None:
    answer = look(administrator, content)
    assert answer.status_code == 200
    assert answer.context["plan"] is None
    assert answer.context["problems"] or answer.context["form"].errors


def test_a_reason_is_asked_for_and_the_plan_stays(cast: Cast, administrator: Client) -> None:
    shown = token(look(administrator, HEADER + ROWS))
    answer = administrator.post(address(), {"token": shown, "reason": " "})
    assert answer.context["confirm"].errors["reason"] == ["Reason is missing."]
    assert len(answer.context["plan"].rows) == 2
    assert token(answer) == shown
    assert not Participation.objects.filter(party__code="JPN").exists()


def test_a_file_that_nobody_looked_at_cannot_be_confirmed(
    cast: Cast, administrator: Client
) -> None:
    for forged in ("", "forged", token(look(administrator, HEADER + ROWS))[:-4] + "AAAA"):
        answer = administrator.post(address(), {"token": forged, "reason": "x"})
        assert "choose the file again" in answer.content.decode()
    other = token(look(administrator, HEADER + ROWS))
    answer = administrator.post(address("mandates"), {"token": other, "reason": "x"})
    assert "choose the file again" in answer.content.decode()
    assert not Participation.objects.filter(party__code="JPN").exists()


def test_what_would_be_done_otherwise_by_now_is_not_done(cast: Cast, administrator: Client) -> None:
    shown = token(look(administrator, HEADER + ROWS))
    usa = Participation.objects.get(party__code="USA")
    usa.source = "changed meanwhile"
    usa.exit_on = "2020-11-22"
    usa.save()
    answer = administrator.post(address(), {"token": shown, "reason": "x"})
    assert "Somebody changed the records meanwhile" in answer.content.decode()
    assert not Participation.objects.filter(party__code="JPN").exists()
    assert not Event.objects.filter(act="registry-imported").exists()


def test_a_file_that_has_become_wrong_is_refused_whole(cast: Cast, administrator: Client) -> None:
    shown = token(look(administrator, HEADER + ROWS))
    Participation.objects.create(
        party=make_party("JPN"), treaty=cast.treaty, in_force_on="2009-01-01"
    )
    answer = administrator.post(address(), {"token": shown, "reason": "x"})
    assert answer.status_code == 200
    assert Participation.objects.filter(party__code="USA", exit_on=None).exists()


def test_a_file_that_says_what_stands_has_nothing_to_confirm(
    cast: Cast, administrator: Client
) -> None:
    answer = look(administrator, HEADER + "CAN,open-skies,2002-01-01,\n")
    page = answer.content.decode()
    assert "There is nothing to import" in page
    assert 'name="token"' not in page


@pytest.mark.parametrize("kind", ["parties", "treaties", "participations", "mandates"])
def test_an_export_is_taken_back_unchanged(cast: Cast, administrator: Client, kind: str) -> None:
    answer = administrator.get(reverse("admin:export", args=[kind]))
    assert "attachment" in answer["Content-Disposition"]
    data = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    file = SimpleUploadedFile(f"{kind}.csv", data)
    plan = administrator.post(address(kind), {"file": file}).context["plan"]
    assert plan.rows
    assert {row.action for row in plan.rows} == {"same"}


def test_the_lists_lead_to_their_files(cast: Cast, administrator: Client) -> None:
    page = administrator.get(reverse("admin:notifications_party_changelist")).content.decode()
    assert address("parties") in page
    assert reverse("admin:export", args=["parties"]) in page
    assert Party.objects.exists()


def test_a_file_too_large_for_a_page_is_refused_with_the_way_to_do_it(
    cast: Cast, administrator: Client
) -> None:
    answer = look(administrator, b"x" * (2 * 1024 * 1024 + 1))
    assert "import_registry" in answer.context["form"].errors["file"][0]
