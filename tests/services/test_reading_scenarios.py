"""Scenario files read strictly: everything that is wrong at once, each with line and key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from notifications.errors import BadFileError
from notifications.services.scenarios.content import (
    DeadlineExpected,
    LapseExpected,
    MembershipExpected,
    Scenario,
    SilenceExpected,
)
from notifications.services.scenarios.reading import Known, read_scenario

KNOWN = Known(
    zones={"open-skies": "UTC", "lake": "Asia/Tokyo"},
    parties=frozenset({"USA", "RUS", "CAN", "HUN"}),
)
FILE = """\
id: one
title: One case
treaty: open-skies
until: 2020-12-01
acts:
  - id: note
    at: 2020-05-22
    act: withdrawal
    by: USA
    article: XV(2)
    received: {CAN: 2020-05-22, HUN: 2020-05-23}
  - id: answer
    at: 2020-05-25
    act: response
    by: RUS
    to: note
    position: regrets
  - at: 2020-06-25
    act: conference
    by: [CAN, HUN]
    to: note
expect:
  - {clause: xv-2, of: note, due: 2020-11-22, status: effective}
"""


def read(tmp_path: Path, text: str) -> Scenario:
    file = tmp_path / "one.yaml"
    file.write_text(text)
    return read_scenario(file, known=KNOWN)


def problems(tmp_path: Path, text: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(BadFileError) as caught:
        read(tmp_path, text)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"one.yaml"}
    return [(p.line, p.key, p.sentence) for p in caught.value.problems]


def test_a_file_becomes_acts_in_order_with_their_ways(tmp_path: Path) -> None:
    scenario = read(tmp_path, FILE)
    assert (scenario.id, scenario.treaty, scenario.until) == (
        "one",
        "open-skies",
        date(2020, 12, 1),
    )
    note, answer, conference = scenario.acts
    assert note.way.received == {"CAN": date(2020, 5, 22), "HUN": date(2020, 5, 23)}
    assert note.fields is not None
    assert note.fields["article"] == "XV(2)"
    assert (answer.to, answer.position, answer.fields) == ("note", "regrets", None)
    assert (conference.ref, conference.by, conference.line) == ("act-3", ("CAN", "HUN"), 18)
    assert scenario.expect == (
        DeadlineExpected(23, "note", clause="xv-2", due=date(2020, 11, 22), status="effective"),
    )


def test_acts_are_sorted_by_instant_and_a_date_is_midnight_in_the_zone_of_the_treaty(
    tmp_path: Path,
) -> None:
    text = (
        FILE.replace("treaty: open-skies", "treaty: lake")
        .replace("at: 2020-05-22", "at: 2020-05-24 14:00Z")
        .replace("{CAN: 2020-05-22, HUN: 2020-05-23}", "2020-05-26")
    )
    scenario = read(tmp_path, text)
    note, answer, _conference = scenario.acts
    assert scenario.instant(answer.at) == datetime(2020, 5, 24, 15, 0, tzinfo=UTC)
    assert note.way.received == {None: date(2020, 5, 26)}


def test_every_form_of_expectation_is_read(tmp_path: Path) -> None:
    text = (
        FILE
        + """\
  - {of: note, governs: withdrawal, opens: '2020-06-21', due: 2020-11-22T00:00Z}
  - {party: USA, when: 2020-11-21}
  - {not_party: USA, when: 2020-11-22}
  - {lapsed: note, by: each-party, when: 2020-11-22}
  - {unanswered: note, by: RUS, when: 2020-11-22}
"""
    )
    by_act, party, not_party, lapse, silence = read(tmp_path, text).expect[1:]
    assert by_act == DeadlineExpected(
        24,
        "note",
        governs="withdrawal",
        opens=date(2020, 6, 21),
        due=datetime(2020, 11, 22, tzinfo=UTC),
    )
    assert party == MembershipExpected(25, "USA", is_party=True, on=date(2020, 11, 21))
    assert not_party == MembershipExpected(26, "USA", is_party=False, on=date(2020, 11, 22))
    assert lapse == LapseExpected(27, "note", "each-party", date(2020, 11, 22))
    assert silence == SilenceExpected(28, "note", "RUS", date(2020, 11, 22))


def test_the_same_content_has_the_same_digest_in_another_layout(tmp_path: Path) -> None:
    first = read(tmp_path, FILE)
    again = read(
        tmp_path,
        FILE.replace("title: One case", "# a comment\ntitle: 'One case'").replace(
            "until: 2020-12-01", 'until: "2020-12-01"'
        ),
    )
    other = read(tmp_path, FILE.replace("regrets", "rejects"))
    assert first.digest == again.digest != other.digest


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "words"),
    [
        ("title: One case", "titel: One case", 2, "titel", '"titel" is unknown'),
        ("id: one\n", "", None, "id", "required"),
        ("id: one", "id: one two", 1, "id", "letters, numbers"),
        ("treaty: open-skies", "treaty: openskies", 3, "treaty", "not in the library"),
        ("until: 2020-12-01", "until: 2020-13-01", 4, "until", "no date"),
        ("until: 2020-12-01", "until: soon", 4, "until", "no date and no instant"),
        ("until: 2020-12-01", "until: 2020-12-01 10:00", 4, "until", "offset"),
        ("until: 2020-12-01", "until: 2020-06-01", 18, "acts[2].at", "after the day of until"),
        ("at: 2020-05-22", "at: 2020-02-30", 7, "acts[note].at", "no date of the calendar"),
        ("act: withdrawal", "act: withdrawl", 8, "acts[note].act", "is none of"),
        ("act: withdrawal", "act: fact", 6, "acts[note].from", "required"),
        ("act: withdrawal", "act: objection", 6, "acts[note].to", "required"),
        ("    by: USA\n", "", 6, "acts[note].by", "required"),
        ("by: USA", "by: XXX", 9, "acts[note].by", '"XXX" is unknown'),
        ("by: USA", "by: []", 9, "acts[note].by", "At least one"),
        ("until: 2020-12-01", "parties: []\nuntil: 2020-12-01", 4, "parties", "At least one"),
        ("until: 2020-12-01", "until: 2301-01-01", 4, "until", "between 1800 and 2300"),
        ("until: 2020-12-01", "until: 9999-12-31 23:59-14:00", 4, "until", "between 1800"),
        ("at: 2020-05-22", "at: '0001-01-01 00:00+14:00'", 7, "acts[note].at", "between 1800"),
        ("article: XV(2)", "effective: 9999-01-30", 10, "acts[note].effective", "between 1800"),
        ("CAN: 2020-05-22", "CAN: 0001-01-01", 11, "acts[note].received.CAN", "between 1800"),
        ("due: 2020-11-22", "due: 9999-11-22", 23, "expect[0].due", "between 1800 and 2300"),
        ("title: One case", 'title: "One \\ud800"', 2, "", "not well-formed"),
        (
            "article: XV(2)",
            "circulated: {CAN: 2020-05-23, HUN: 2020-05-24}",
            10,
            "acts[note].circulated",
            "circulated once",
        ),
        ("article: XV(2)", "articel: XV(2)", 10, "acts[note].articel", "unknown"),
        (
            "article: XV(2)",
            "registered: {CAN: 2020-05-23, HUN: 2020-05-24}",
            10,
            "acts[note].registered",
            "registered once",
        ),
        ("article: XV(2)", "informed: 2020-05-21", 10, "acts[note].informed", "before the day"),
        ("article: XV(2)", "informed: {XXX: 2020-05-23}", 10, "acts[note].informed", "unknown"),
        ("article: XV(2)", "mode: accession", 10, "acts[note].mode", "none of: withdrawal"),
        ("article: XV(2)", "has_full_powers: 1", 10, "acts[note].has_full_powers", "Only true"),
        ("article: XV(2)", "provision: 3", 10, "acts[note].provision", "unknown"),
        ("article: XV(2)", "position: regrets", 10, "acts[note].position", "unknown"),
        ("article: XV(2)", "article: 15", 10, "acts[note].article", "not text"),
        ("article: XV(2)", "addressees: [XXX]", 10, "acts[note].addressees", "unknown"),
        ("article: XV(2)", "against: XXX", 10, "acts[note].against", "unknown"),
        ("article: XV(2)", "effective: 2020-05-21", 10, "acts[note].effective", "before the day"),
        ("article: XV(2)", "respond_by: tomorrow", 10, "acts[note].respond_by", "no date"),
        ("article: XV(2)", "dated: roughly", 10, "acts[note].dated", "none of: approximate"),
        ("article: XV(2)", "circulated: 2021-05-22", 6, "acts[note]", "after the day of until"),
        ("article: XV(2)", "circulated: 2020-05-21", 10, "acts[note].circulated", "before the day"),
        (
            "article: XV(2)",
            "deposited: {CAN: 2020-05-24}",
            10,
            "acts[note].deposited",
            "Another day",
        ),
        ("{CAN: 2020-05-22", "{XXX: 2020-05-22", 11, "acts[note].received", "unknown"),
        ("{CAN: 2020-05-22", "{CAN: 2020-05-21", 11, "acts[note].received", "before the day"),
        ("{CAN: 2020-05-22", "{CAN: 2020-31-21", 11, "acts[note].received.CAN", "no date"),
        ("id: answer", "id: note", 12, "acts[note].id", "Another act has the id"),
        ("    to: note\n    position", "    position", 12, "acts[answer].to", "required"),
        ("to: note\n    position", "to: nothing\n    position", 16, "acts[answer].to", "No act"),
        (
            "to: note\n    position",
            "to: answer\n    position",
            16,
            "acts[answer].to",
            "no notification",
        ),
        ("position: regrets", "position: sulks", 17, "acts[answer].position", "none of: accepts"),
        ("    position: regrets\n", "", 12, "acts[answer].position", "required"),
        ("at: 2020-06-25", "at: 2020-05-21", 21, "acts[2].to", "comes no earlier"),
        ("by: [CAN, HUN]", "by: [CAN, CAN]", 20, "acts[2].by[1]", "stands twice"),
        (
            "by: [CAN, HUN]",
            "by: [CAN, HUN]\n    deposited: 2020-06-25",
            21,
            "acts[2].deposited",
            "unknown",
        ),
        ("of: note", "of: nothing", 23, "expect[0].of", "No notification"),
        ("of: note", "of: answer", 23, "expect[0].of", "No notification"),
        ("due: 2020-11-22", "due: never", 23, "expect[0].due", "no date"),
        ("status: effective", "status: finished", 23, "expect[0].status", "none of"),
        ("status: effective", "status: premature-no", 23, "expect[0].status", "none of"),
        (", due: 2020-11-22, status: effective", "", 23, "expect[0]", "says nothing"),
        ("clause: xv-2, of", "of", 23, "expect[0]", "One of these keys"),
        ("{clause: xv-2, of: note, due", "{party: USA, due", 23, "expect[USA].due", "unknown"),
        ("status: effective}", "status: effective", None, "", "not well-formed"),
        ("acts:\n", "acts:\n  - text\n", 6, "acts[0]", "Keys with values"),
        ("id: one", "id: one\nid: one", 2, "id", "stands twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_key(
    tmp_path: Path, old: str, new: str, *, line: int | None, key: str, words: str
) -> None:
    assert FILE.count(old) >= 1
    found = problems(tmp_path, FILE.replace(old, new, 1))
    fitting = [place for place in found if place[1] == key and words in place[2]]
    assert fitting, found
    assert line is None or fitting[0][0] == line, found


def test_all_problems_come_in_one_report_in_the_order_of_lines(tmp_path: Path) -> None:
    text = (
        FILE.replace("by: USA", "by: XXX")
        .replace("position: regrets", "position: sulks")
        .replace("of: note, due: 2020-11-22", "of: nothing, due: 2020-02-30")
    )
    found = problems(tmp_path, text)
    assert [line for line, _key, _sentence in found] == [9, 17, 23, 23]


def test_a_parties_list_is_read_as_in_a_treaty_file(tmp_path: Path) -> None:
    parties = "parties: [USA, {party: RUS, in_force: 2001-01-01, until: 2021-01-01}]\nuntil"
    scenario = read(tmp_path, FILE.replace("until", parties, 1))
    assert scenario.parties is not None
    assert [(entry.party, entry.until) for entry in scenario.parties] == [
        ("USA", None),
        ("RUS", date(2021, 1, 1)),
    ]
    found = problems(tmp_path, FILE.replace("until", "parties: [USA, ZZZ]\nuntil", 1))
    assert found == [(4, "parties[1]", 'The party "ZZZ" is unknown.')]


def test_one_day_of_circulation_may_be_said_of_each_depositary(tmp_path: Path) -> None:
    text = FILE.replace("article: XV(2)", "circulated: {CAN: 2020-05-23, HUN: 2020-05-23}")
    assert read(tmp_path, text).acts[0].way.circulated == date(2020, 5, 23)


def test_a_mapping_under_a_treaty_without_dates_says_since_when(tmp_path: Path) -> None:
    """A code alone is a party on the first day; a mapping says on which it became one."""
    undated = replace(KNOWN, undated=frozenset({"open-skies"}))
    file = tmp_path / "one.yaml"
    for entry, is_sound in (
        ("USA", True),
        ("{party: USA, in_force: 2002-01-01}", True),
        ("{party: USA, until: 2020-11-22}", False),
    ):
        file.write_text(FILE.replace("until", f"parties: [RUS, {entry}]\nuntil", 1))
        if is_sound:
            assert read_scenario(file, known=undated).parties
            continue
        with pytest.raises(BadFileError, match="Say in_force for the party or") as bad:
            read_scenario(file, known=undated)
        assert [(p.line, p.key) for p in bad.value.problems] == [(4, "parties[USA]")]
        assert read_scenario(file, known=KNOWN).parties


def test_a_file_that_holds_no_mapping_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path, "- 1\n")
    assert found[0][2] == "A scenario file holds keys with values."


def test_a_made_name_of_an_act_never_meets_a_given_one(tmp_path: Path) -> None:
    scenario = read(tmp_path, FILE.replace("id: answer", "id: act-3"))
    assert len({act.ref for act in scenario.acts}) == 3


def test_the_day_of_an_instant_is_that_of_the_zone_of_the_treaty(tmp_path: Path) -> None:
    """01:00 in Karachi is the day before in UTC: a receipt of that day does not come too early."""
    text = FILE.replace("at: 2020-05-22", "at: 2020-05-22 01:00+05:00")
    early = text.replace("{CAN: 2020-05-22", "{CAN: 2020-05-21")
    assert read(tmp_path, early).acts[0].way.received["CAN"] == date(2020, 5, 21)
    too_early = text.replace("{CAN: 2020-05-22", "{CAN: 2020-05-20")
    assert "before the day" in problems(tmp_path, too_early)[0][2]
