"""Who is a party to a treaty: entered and corrected by hand, and what no hand may do."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Event, Participation, Succession
from notifications.register import verify
from notifications.services.participations import refuse_overlap, save_participation
from tests.factories import NOW, Cast, issue, make_party

pytestmark = pytest.mark.django_db


def enter(cast: Cast, code: str, **fields: Any) -> Participation:
    return save_participation(
        participation=None,
        fields={"party": make_party(code), "treaty": cast.treaty, **fields},
        actor=cast.administrator,
        now=NOW,
        reason="it acceded",
    )


def change(cast: Cast, row: Participation, **fields: Any) -> Participation:
    return save_participation(
        participation=row, fields=fields, actor=cast.administrator, now=NOW, reason="corrected"
    )


def test_a_party_is_entered_with_how_it_came_to_be_bound(cast: Cast) -> None:
    row = enter(
        cast,
        "ITA",
        signed_on=date(2003, 1, 1),
        consent="ratification",
        consent_on=date(2004, 1, 1),
        in_force_on=date(2004, 2, 1),
    )
    assert row.covers(date(2004, 2, 1))
    body = json.loads(Event.objects.latest("pk").body)
    assert (body["party"], body["treaty"], body["is_new"]) == ("ITA", "open-skies", True)
    assert body["changes"]["in_force_on"] == [None, "2004-02-01"]
    assert verify().ok


def test_a_signatory_becomes_a_party_in_the_same_row(cast: Cast) -> None:
    row = enter(cast, "ITA", signed_on=date(2003, 1, 1))
    assert not row.covers(date(2020, 1, 1))
    change(
        cast,
        row,
        consent="ratification",
        consent_on=date(2004, 1, 1),
        in_force_on=date(2004, 2, 1),
    )
    assert Participation.objects.get(party__code="ITA").covers(date(2020, 1, 1))


def test_who_left_may_come_back_and_nobody_stands_twice(cast: Cast) -> None:
    enter(cast, "ITA", in_force_on=date(2003, 1, 1), exit_on=date(2005, 1, 1))
    back = enter(cast, "ITA", in_force_on=date(2005, 1, 1))
    for fields in (
        {"in_force_on": date(2004, 12, 31), "exit_on": date(2004, 12, 31)},
        {"in_force_on": date(2002, 1, 1), "exit_on": date(2003, 1, 2)},
        {"in_force_on": date(2010, 1, 1)},
        {"signed_on": date(2010, 1, 1)},
    ):
        with pytest.raises(RuleBrokenError):
            enter(cast, "ITA", **fields)
    with pytest.raises(RuleBrokenError, match="from 2003-01-01 until 2005-01-01") as refused:
        change(cast, back, in_force_on=date(2004, 12, 31))
    assert refused.value.field == "in_force_on"
    assert Participation.objects.filter(party__code="ITA").count() == 2


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({}, "in_force_on", "say when"),
        (
            {"in_force_on": date(2004, 1, 1), "exit_on": date(2004, 1, 1)},
            "exit_on",
            "not before",
        ),
        (
            {"in_force_on": date(2004, 1, 1), "exit_on": date(2003, 1, 1)},
            "exit_on",
            "not before",
        ),
        ({"signed_on": date(2004, 1, 1), "exit_on": date(2005, 1, 1)}, "exit_on", "never was"),
        ({"consent_on": date(2004, 1, 1)}, "consent", "say how"),
        ({"consent": "conquest", "consent_on": date(2004, 1, 1)}, "consent", "choose one"),
        (
            {
                "consent": "ratification",
                "signed_on": date(2004, 1, 2),
                "consent_on": date(2004, 1, 1),
            },
            "consent_on",
            "signed or later",
        ),
        (
            {
                "consent": "accession",
                "consent_on": date(2004, 1, 2),
                "in_force_on": date(2004, 1, 1),
            },
            "in_force_on",
            "once it consented",
        ),
        ({"in_force_on": date(2001, 12, 31)}, "in_force_on", "2002-01-01"),
        ({"in_force_on": date(1492, 1, 1)}, "in_force_on", "1800"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    *, cast: Cast, fields: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(RuleBrokenError, match=sentence) as refused:
        enter(cast, "ITA", **fields)
    assert refused.value.field == field
    assert not Participation.objects.filter(party__code="ITA").exists()


def test_nobody_is_a_party_before_it_existed_or_when_it_is_no_more(cast: Cast) -> None:
    former = make_party("SCG")
    former.exists_from, former.exists_to = date(2003, 2, 4), date(2006, 6, 3)
    former.save()
    for day in (date(2003, 2, 3), date(2006, 6, 3)):
        with pytest.raises(RuleBrokenError, match="did not exist"):
            enter(cast, "SCG", in_force_on=day)
    enter(cast, "SCG", in_force_on=date(2003, 2, 4), exit_on=date(2006, 6, 3))


def test_a_participation_is_taken_over_by_a_successor_on_record_alone(cast: Cast) -> None:
    former, serbia = make_party("SCG"), make_party("SRB")
    taken: dict[str, Any] = {
        "consent": "succession",
        "consent_on": date(2006, 10, 1),
        "in_force_on": date(2006, 6, 3),
        "succeeds": former,
    }
    with pytest.raises(RuleBrokenError, match="no successor of SCG") as refused:
        enter(cast, "SRB", **taken)
    assert refused.value.field == "succeeds"
    Succession.objects.create(old=former, new=serbia, on=date(2006, 6, 3), kind="continuation")
    with pytest.raises(RuleBrokenError, match="by succession"):
        enter(cast, "SRB", **{**taken, "consent": "accession", "in_force_on": date(2007, 1, 1)})
    assert enter(cast, "SRB", **taken).succeeds == former


def test_what_an_act_recorded_is_not_changed_by_hand(cast: Cast) -> None:
    notice = issue(cast)
    row = Participation.objects.get(party__code="USA")
    Participation.objects.filter(pk=row.pk).update(
        exit_on=date(2020, 11, 22), notification=notice, instrument=notice
    )
    for fields, field in (
        ({"exit_on": date(2020, 12, 1)}, "exit_on"),
        ({"in_force_on": date(2002, 2, 1)}, "in_force_on"),
    ):
        with pytest.raises(RuleBrokenError, match="filed here") as refused:
            change(cast, row, **fields)
        assert refused.value.field == field
    change(cast, row, signed_on=date(1992, 3, 24))
    assert Participation.objects.get(pk=row.pk).signed_on == date(1992, 3, 24)


def test_only_administrators_enter_participations_and_with_a_reason(cast: Cast) -> None:
    given: dict[str, Any] = {"party": make_party("ITA"), "treaty": cast.treaty}
    given["in_force_on"] = date(2004, 1, 1)
    common: dict[str, Any] = {"participation": None, "fields": given, "now": NOW}
    with pytest.raises(NotPermittedError):
        save_participation(**common, actor=cast.canadian_officer, reason="it acceded")
    with pytest.raises(RuleBrokenError) as refused:
        save_participation(**common, actor=cast.administrator, reason="")
    assert refused.value.field == "reason"


def test_the_check_of_overlaps_leaves_out_the_row_that_is_being_changed(cast: Cast) -> None:
    usa, row = cast.party("USA"), Participation.objects.get(party__code="USA")
    refuse_overlap(usa, cast.treaty, date(2003, 1, 1), None, but=row)
    with pytest.raises(RuleBrokenError, match="from 2002-01-01 on"):
        refuse_overlap(usa, cast.treaty, date(2003, 1, 1), None)
    refuse_overlap(usa, cast.treaty, date(1999, 1, 1), date(2002, 1, 1))
