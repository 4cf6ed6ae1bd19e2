"""``manage.py clause_impact``: which deadlines a changed file would move; nothing is stored."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.clauses.reading import parse_clause
from notifications.models import ClauseVersion, DeadlineVersion, Event, User
from notifications.services.clause_changes import change_clause
from tests.factories import NOW, XV_2, XV_3, Cast, add_clause, issue, issue_act, make_cast

NINE = {**XV_2, "count": [{"add": "P9M"}]}
ANSWER: dict[str, Any] = {
    "id": "xx-5",
    "article": "XX(5)",
    "governs": "breach-allegation",
    "starts": "given",
    "count": [{"add": "P10D"}],
    "yields": "lapse",
}


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast of Open Skies."""
    return make_cast()


def write(folder: Path, *rules: dict[str, Any], treaty: str = "open-skies") -> Path:
    """A treaty file with these clauses (JSON is YAML, too)."""
    path = folder / f"{treaty}.yaml"
    content = {"id": treaty, "title": "A treaty", "depositaries": ["CAN", "HUN"], "zone": "UTC"}
    path.write_text(json.dumps({**content, "clauses": list(rules)}, indent=1), encoding="utf-8")
    return path


def told(file: Path, *words: str) -> str:
    out = StringIO()
    call_command("clause_impact", str(file), *words, stdout=out)
    return out.getvalue()


def data(file: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(file, *words, "--json"))
    return {clause["id"]: clause for clause in found["clauses"]}


def refusal(file: Path, *words: str) -> str:
    with pytest.raises(CommandError) as ended:
        told(file, *words)
    assert ended.value.returncode == 2
    return str(ended.value)


def test_each_deadline_is_told_with_its_act_from_where_to_where(cast: Cast, tmp_path: Path) -> None:
    issue(cast)
    said = told(write(tmp_path, NINE, XV_3))
    assert "xv-2: changed" in said
    assert "Withdrawal by the United States of America, 22 May 2020" in said
    assert "Withdrawal takes effect, the United States of America: 2020-11-22 → 2021-02-22" in said
    assert "+ 9 months → 22 February 2021" in said
    assert "clauses: 1 differ, 1 unchanged; deadlines that would move: 1" in said


def test_nothing_is_stored(cast: Cast, tmp_path: Path) -> None:
    issue(cast)
    models: tuple[Any, ...] = (ClauseVersion, DeadlineVersion, Event, User)
    before = [model.objects.count() for model in models]
    assert len(data(write(tmp_path, NINE, XV_3))["xv-2"]["moves"]) == 1
    assert [model.objects.count() for model in models] == before


def test_clauses_that_are_new_gone_or_as_they_were_are_said_so(cast: Cast, tmp_path: Path) -> None:
    new = {**XV_3, "id": "xvi", "article": "XVI"}
    found = data(write(tmp_path, XV_2, new))
    states = {slug: clause["state"] for slug, clause in found.items()}
    assert states == {"xv-2": "same", "xvi": "new", "xv-3": "gone"}
    said = told(write(tmp_path, XV_2, new))
    assert "xvi: new" in said
    assert "xv-3: no longer in the file" in said


def test_one_clause_alone_can_be_asked_for(cast: Cast, tmp_path: Path) -> None:
    file = write(tmp_path, NINE, {**XV_3, "summary": "Otherwise."})
    assert list(data(file, "--clause", "xv-3")) == ["xv-3"]
    assert "has a clause “xx”" in refusal(file, "--clause", "xx")


def test_what_running_clocks_do_not_allow_is_said_and_the_rest_told(
    cast: Cast, tmp_path: Path
) -> None:
    issue(cast)
    other = {**XV_3, "duty": {"bearer": "each-party", "act": "conference"}}
    found = data(write(tmp_path, NINE, other))
    assert found["xv-3"]["state"] == "refused"
    assert "“duty” cannot change while clocks of this clause run" in found["xv-3"]["refusal"]
    assert len(found["xv-2"]["moves"]) == 1


def test_effects_may_change_together_so_that_one_of_them_has_a_when(
    cast: Cast, tmp_path: Path
) -> None:
    issue(cast)
    special = {**XV_2, "when": {"party": "RUS"}}
    general = {**NINE, "id": "xvii", "article": "XVII"}
    found = data(write(tmp_path, special, general, XV_3))
    assert (found["xv-2"]["state"], found["xvii"]["state"]) == ("changed", "new")
    (move,) = found["xv-2"]["moves"]
    assert (move["before"], move["after"]) == (
        "2020-11-22",
        "none: the clause counts for it no more",
    )


def test_a_rule_that_an_administrator_entered_is_said_to_be_kept(
    cast: Cast, tmp_path: Path
) -> None:
    version = ClauseVersion.objects.get(clause__slug="xv-2")
    file = write(tmp_path, NINE, XV_3)
    assert not data(file)["xv-2"]["kept"]
    change_clause(
        clause=version.clause,
        rule=parse_clause({**XV_2, "count": [{"add": "P8M"}]}),
        reason="Eight.",
        actor=cast.administrator,
        now=NOW,
    )
    assert data(file)["xv-2"]["kept"]
    assert "loading the file leaves it as it is" in told(file)


def test_an_administrator_is_shown_what_that_person_may_read(cast: Cast, tmp_path: Path) -> None:
    add_clause(cast.treaty, ANSWER)
    restricted = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted"}
    issue_act(cast, "breach-allegation", {**restricted, "text": "x"})
    file = write(tmp_path, XV_2, XV_3, {**ANSWER, "count": [{"add": "P20D"}]})
    own = data(file, "--as", cast.administrator.email)["xx-5"]
    assert (own["moves"], own["hidden"]) == ([], 1)
    assert len(data(file)["xx-5"]["moves"]) == 1
    assert "Only an administrator" in refusal(file, "--as", cast.us_head.email)
    assert "nobody has the address" in refusal(file, "--as", "nobody@example.org")


def test_a_bad_file_ends_with_every_problem_and_an_unknown_treaty_too(
    cast: Cast, tmp_path: Path
) -> None:
    wrong = {**NINE, "count": [{"add": "P9X"}], "yields": "joy"}
    lines = refusal(write(tmp_path, wrong)).splitlines()
    assert len(lines) == 2
    assert "clauses[xv-2].count[0].add" in lines[0] + lines[1]
    assert "no treaty “nowhere”" in refusal(write(tmp_path, NINE, treaty="nowhere"))
    assert "nothing.yaml" in refusal(tmp_path / "nothing.yaml")
