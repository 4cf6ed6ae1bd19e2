"""Files that cannot be read, or whose rows are broken: said by line, and nothing is imported."""

from __future__ import annotations

import pytest

from notifications.errors import BadFileError
from notifications.models import Party
from notifications.services.exchange import plan_import
from tests.factories import NOW
from tests.services.exchange.files import dry, places, problems_of

pytestmark = pytest.mark.django_db

HEAD = "code,kind,name_en"
FRANCE = "FRA,state,France"


def refused(data: bytes) -> list[tuple[int | None, str, str]]:
    with pytest.raises(BadFileError) as bad:
        plan_import("parties", data, file="a.csv", actor=None, now=NOW)
    assert {problem.file for problem in bad.value.problems} == {"a.csv"}
    return [(found.line, found.key, found.sentence) for found in bad.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}\n{FRANCE}\n",
        f"{HEAD}\r\n{FRANCE}",
        f"\ufeff{HEAD}\n{FRANCE}\n",
        "code;kind;name_en\nFRA;state;France\n",
        '\n"code","kind","name_en"\n\n"FRA","state","France"\n,,\n',
        "name_en,code,kind\nFrance,FRA,state\n",
        f"{HEAD},,\n{FRANCE},,\n",
        f"{HEAD}\n{FRANCE},\n",
    ],
)
def test_utf_8_with_commas_or_semicolons_is_read_as_spreadsheets_write_it(text: str) -> None:
    plan = plan_import("parties", text.encode(), file="a.csv", actor=None, now=NOW)
    (row,) = plan.rows
    assert (row.action, row.label) == ("create", "FRA")
    assert ("name_en", "", "France") in row.changes


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"", None, "empty"),
        (b"\n \n", None, "empty"),
        (b"code,kind,name_en\n", None, "no rows"),
        (f"{HEAD}\nCIV,state,Côte".encode("latin-1"), 2, "not UTF-8"),
        (f"{HEAD}\n{FRANCE}".encode("utf-16"), None, "UTF-16"),
        (f"{HEAD}\n{FRANCE}\nBEL,state,Bel\0gium".encode(), 3, "no text"),
    ],
)
def test_a_file_that_is_no_text_of_utf_8_is_refused(
    data: bytes, line: int | None, words: str
) -> None:
    ((at, _column, sentence),) = refused(data)
    assert at == line
    assert words in sentence


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    ((_line, _column, sentence),) = refused(b"x" * (20 * 1024 * 1024 + 1))
    assert "20 MiB" in sentence


def test_every_wrong_column_is_named() -> None:
    found = problems_of("parties", "code,name_en,,flag,code", "FRA,France,,x,FRA")
    assert places(found) == [(1, ""), (1, "flag"), (1, "code"), (1, "kind")]
    assert [sentence for _line, _column, sentence in found][0::2] == [
        "Column 3 has no name.",
        "This column stands twice.",
    ]
    assert found[-1][2] == "This column is missing."


def test_rows_that_are_short_long_or_broken_are_told_with_all_the_others() -> None:
    found = problems_of(
        "parties",
        HEAD,
        FRANCE,
        "BEL,state",
        "ITA,state,Italy,Rome",
        '"a name',
        'over two lines",state,x',
        "XX,state,Nowhere",
        'DEU,state,"Germany"y',
        '"never closed,state,x',
    )
    assert places(found) == [(3, ""), (4, ""), (5, "code"), (7, "code"), (8, ""), (9, "")]
    assert not Party.objects.exists()


def test_space_around_a_cell_is_nothing_and_the_guard_of_formulas_is_taken_off() -> None:
    (row,) = dry("parties", f"{HEAD},source", " FRA , state , France ,'=SUM(A1)").rows
    assert ("name_en", "", "France") in row.changes
    assert ("source", "", "=SUM(A1)") in row.changes
