"""Participations from files: who is meant, what is new, what overlaps; ten thousand at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Event, Participation, Party, Succession, Treaty
from notifications.register import verify
from tests.factories import Cast, issue, make_party
from tests.services.exchange.files import bring, dry, places, problems_of

HEAD = "treaty,party,in_force_on,exit_on"
FULL = "treaty,party,signed_on,consent,consent_on,in_force_on,exit_on,succeeds,source"


def rows_of(code: str) -> list[tuple[date | None, date | None]]:
    rows = Participation.objects.filter(party__code=code).order_by("in_force_on")
    return [(row.in_force_on, row.exit_on) for row in rows]


def test_new_ones_are_entered_and_others_corrected_in_one_go(cast: Cast) -> None:
    make_party("ITA")
    plan = bring(
        "participations",
        HEAD,
        "open-skies,ITA,2003-01-01,2005-01-01",
        "open-skies,ITA,2006-01-01,",
        "open-skies,USA,2002-01-01,2020-11-22",
        "open-skies,FRA,2002-02-02,",
        "open-skies,CAN,2002-01-01,",
    )
    assert [row.action for row in plan.rows] == ["create", "create", "change", "change", "same"]
    assert plan.rows[3].changes == [("in_force_on", "2002-01-01", "2002-02-02")]
    assert rows_of("ITA") == [
        (date(2003, 1, 1), date(2005, 1, 1)),
        (date(2006, 1, 1), None),
    ]
    assert rows_of("USA") == [(date(2002, 1, 1), date(2020, 11, 22))]
    assert rows_of("FRA") == [(date(2002, 2, 2), None)]
    assert rows_of("RUS") == [(date(2002, 1, 1), None)]
    assert Event.objects.filter(act="registry-imported").count() == 1
    assert verify().ok


def test_one_may_end_and_the_next_begin_in_one_file(cast: Cast) -> None:
    bring(
        "participations",
        HEAD,
        "open-skies,USA,2021-01-01,",
        "open-skies,USA,2002-01-01,2020-11-22",
    )
    assert len(rows_of("USA")) == 2
    bring(
        "participations",
        HEAD,
        "open-skies,USA,2002-01-01,2021-01-01",
    )
    assert rows_of("USA")[0] == (date(2002, 1, 1), date(2021, 1, 1))


def test_a_signatory_becomes_a_party_in_the_same_row(cast: Cast) -> None:
    make_party("ITA")
    bring("participations", FULL, "open-skies,ITA,2003-01-01,,,,,,")
    plan = bring(
        "participations",
        FULL,
        "open-skies,ITA,2003-01-01,ratification,2004-01-01,2004-02-01,,,a letter",
    )
    assert plan.counts["change"] == 1
    row = Participation.objects.get(party__code="ITA")
    assert (row.consent, row.in_force_on) == ("ratification", date(2004, 2, 1))


def test_a_successor_takes_a_participation_over(cast: Cast) -> None:
    former, serbia = make_party("SCG"), make_party("SRB")
    Succession.objects.create(old=former, new=serbia, on=date(2006, 6, 3), kind="continuation")
    bring(
        "participations",
        FULL,
        "open-skies,SCG,,,,2003-01-01,2006-06-03,,",
        "open-skies,SRB,,succession,2006-10-01,2006-06-03,,SCG,",
    )
    assert Participation.objects.get(party=serbia).succeeds == former


def test_every_problem_is_told_by_line_and_nothing_is_imported(cast: Cast) -> None:
    make_party("ITA")
    before = Participation.objects.count()
    found = problems_of(
        "participations",
        FULL,
        "nowhere,ITA,,,,2003-01-01,,,",
        "open-skies,XXX,,,,2003-01-01,,,",
        "open-skies,ITA,,,,01/02/2003,,,",
        "open-skies,DEU,,,,2002-01-01,2001-01-01,,",
        "open-skies,JPN,,,,2003-01-01,2004-01-01,,",
        "open-skies,JPN,,,,2003-01-01,,,",
        "open-skies,JPN,,,,2003-06-01,2003-07-01,,",
        "open-skies,RUS,,accession,2002-01-01,2002-01-01,,SUN,",
        "open-skies,HUN,,accession,2002-01-01,2002-01-01,,RUS,",
        "open-skies,CAN,,,,2001-01-01,,,",
        ",,,,,2003-01-01,,,",
    )
    assert places(found) == [
        (2, "treaty"),
        (3, "party"),
        (4, "in_force_on"),
        (4, "in_force_on"),
        (5, "exit_on"),
        (7, ""),
        (8, "in_force_on"),
        (9, "succeeds"),
        (10, "succeeds"),
        (11, "in_force_on"),
        (12, "treaty"),
        (12, "party"),
    ]
    assert "line 6 already" in found[5][2]
    assert found[6][2] == "This overlaps with line 6."
    assert Participation.objects.count() == before
    assert not Event.objects.filter(act="registry-imported").exists()


def test_an_overlap_with_what_only_the_table_holds_is_told(cast: Cast) -> None:
    italy = make_party("ITA")
    for start, end in ((2003, 2005), (2007, 2009)):
        Participation.objects.create(
            treaty=cast.treaty,
            party=italy,
            in_force_on=date(start, 1, 1),
            exit_on=date(end, 1, 1),
        )
    # It meets two, so that it is neither of them.
    found = problems_of("participations", HEAD, "open-skies,ITA,2004-06-01,2008-01-01")
    assert places(found) == [(2, "in_force_on"), (2, "in_force_on")]
    assert [sentence for _line, _column, sentence in found] == [
        "This overlaps with what is on record: from 2003-01-01 until 2005-01-01.",
        "This overlaps with what is on record: from 2007-01-01 until 2009-01-01.",
    ]


def test_what_an_act_recorded_is_not_changed_by_a_file(cast: Cast) -> None:
    notice = issue(cast)
    Participation.objects.filter(party__code="USA").update(
        exit_on=date(2020, 11, 22), notification=notice
    )
    found = problems_of("participations", HEAD, "open-skies,USA,2002-01-01,2020-12-01")
    assert places(found) == [(2, "exit_on")]
    assert dry("participations", HEAD, "open-skies,USA,2002-01-01,2020-11-22").counts["same"] == 1


def test_only_administrators_import_and_with_a_reason(cast: Cast) -> None:
    row = "open-skies,USA,2002-01-01,"
    for way in (dry, bring):
        with pytest.raises(NotPermittedError):
            way("participations", HEAD, row, actor=cast.canadian_officer)
    with pytest.raises(RuleBrokenError):
        bring("participations", HEAD, row, actor=cast.administrator, reason=" ")
    assert bring("participations", HEAD, row, actor=cast.administrator).counts["same"] == 1
    assert not Event.objects.filter(act="registry-imported").exists()


def many(treaties: int, source: str) -> list[str]:
    codes = (
        Party.objects.filter(code__startswith="Q").order_by("code").values_list("code", flat=True)
    )
    return [
        f"t-{number},{code},1995-01-01,,{source}" for number in range(treaties) for code in codes
    ]


def test_ten_thousand_rows_take_a_few_statements_a_thousand_and_tell_how_far_they_are(
    db: None,
) -> None:
    letters = "ABCDEFGHIJ"
    Party.objects.bulk_create(
        Party(code=f"Q{one}{two}", kind="state") for one in letters for two in letters
    )
    Treaty.objects.bulk_create(
        Treaty(slug=f"t-{number}", title="T", short_title="T") for number in range(100)
    )
    head = f"{HEAD},source"
    told: list[tuple[int, int]] = []
    for source, count in (("a list", "create"), ("another list", "change")):
        told.clear()
        with CaptureQueriesContext(connection) as queries:
            plan = bring(
                "participations",
                head,
                *many(100, source),
                progress=lambda done, total: told.append((done, total)),
            )
        assert plan.counts[count] == 10_000
        assert told == [(done, 10_000) for done in range(1000, 10_001, 1000)]
        assert len(queries) <= 25, "not one statement a row"
    assert Participation.objects.filter(source="another list").count() == 10_000
