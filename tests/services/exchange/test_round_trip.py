"""What is exported is imported again as the same, row for row; no cell is ever a formula."""

from __future__ import annotations

import csv
import io

import pytest

from notifications.errors import NotPermittedError
from notifications.models import Event, Participation, Party, Role, Treaty
from notifications.services.exchange import COLUMNS, KINDS, apply_import, export, plan_import
from notifications.services.library import EXERCISE, TREATIES, load_library
from tests.factories import NOW, TODAY, Cast, make_user

AWKWARD = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "'=x",
    "''@",
    "a; b, c",
    'say "no"',
    "two\nlines",
    "ＬＡ",
    "＝1",
]


def exported(kind: str) -> bytes:
    return "".join(export(kind, None, TODAY)).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_the_library_comes_back_the_same(cast: Cast, kind: str) -> None:
    load_library(directories=[TREATIES, EXERCISE], now=NOW)
    protocol = Treaty.objects.get(slug="cfe")
    protocol.parent, protocol.authentic_languages = Treaty.objects.get(slug="inf"), ["en", "ru"]
    protocol.save()
    events = Event.objects.count()
    data = exported(kind)
    plan = apply_import(kind, data, file="x.csv", actor=None, now=NOW, reason="nothing new")
    assert len(plan.rows) >= 5
    assert plan.counts == {"create": 0, "change": 0, "same": len(plan.rows)}
    assert Event.objects.count() == events
    assert exported(kind) == data


def test_the_first_line_names_the_columns_behind_a_mark_for_spreadsheets(cast: Cast) -> None:
    for kind in KINDS:
        first = next(iter(export(kind, None, TODAY)))
        assert first == "\ufeff" + ",".join(COLUMNS[kind]) + "\r\n"


def test_no_cell_begins_as_a_formula_and_every_text_comes_back(cast: Cast) -> None:
    row = Participation.objects.get(party__code="USA")
    for text in AWKWARD:
        Participation.objects.filter(pk=row.pk).update(source=text)
        data = exported("participations")
        cells = [
            cell for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in line
        ]
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@＝＋－＠")], text
        plan = plan_import("participations", data, file="x.csv", actor=None, now=NOW)
        assert plan.counts["change"] == 0, text


def test_a_file_with_semicolons_comes_back_too(cast: Cast) -> None:
    rows = list(csv.reader(io.StringIO(exported("participations").decode("utf-8-sig"))))
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows(rows)
    data = buffer.getvalue().encode()
    plan = plan_import("participations", data, file="x.csv", actor=None, now=NOW)
    assert plan.counts["same"] == len(rows) - 1


def test_an_export_into_an_empty_registry_makes_the_same_registry(cast: Cast) -> None:
    parties, treaties = exported("parties"), exported("treaties")
    rows = exported("participations")
    Participation.objects.all().delete()
    changed = treaties.replace(b"open-skies", b"second-one")
    given = {"file": "x.csv", "actor": None, "now": NOW, "reason": "a copy"}
    assert apply_import("parties", parties, **given).counts["same"] == Party.objects.count()
    assert apply_import("treaties", changed, **given).counts["create"] == 1
    copied = rows.replace(b"open-skies", b"second-one")
    assert apply_import("participations", copied, **given).counts["create"] == 6
    assert exported("participations") == copied


def test_only_who_may_import_exports(cast: Cast) -> None:
    secretary = make_user("Sanna Secretary", "UNO", Role.SECRETARIAT)
    for kind in KINDS:
        with pytest.raises(NotPermittedError):
            export(kind, cast.us_head, TODAY)
        assert list(export(kind, cast.administrator, TODAY))
    assert list(export("mandates", secretary, TODAY))
    with pytest.raises(NotPermittedError):
        export("parties", secretary, TODAY)
