"""Whom a replayed note goes to, who gives it, and what its receipts say."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifications.errors import BadFileError
from notifications.models import (
    Notification,
)
from tests.services.replays import replayed, run

pytestmark = pytest.mark.django_db


NOTE = """\
id: case
treaty: fjord
parties: [SWE, DNK, NOR]
until: 2010-08-02
acts:
  - id: note
    at: 2010-03-01
    act: withdrawal
    by: SWE
"""


def note(tmp_path: Path, treaties: Path, *lines: str, by: str = "SWE") -> Notification:
    text = NOTE.replace("by: SWE", f"by: {by}")
    replayed(tmp_path, treaties, text + "".join(f"    {line}\n" for line in lines))
    return Notification.objects.get(external_ref="note")


@pytest.mark.parametrize(
    ("named", "addressed"),
    [
        ("", {"DNK", "NOR", "un-sg"}),
        ("[depositaries, parties]", {"DNK", "NOR", "un-sg"}),
        ("parties", {"DNK", "NOR"}),
        ("[parties]", {"DNK", "NOR"}),
        ("[depositaries]", {"un-sg"}),
        ("[depositaries, DNK]", {"DNK", "un-sg"}),
    ],
)
def test_roles_among_the_addressees_stand_for_those_who_hold_them(
    tmp_path: Path, treaties: Path, named: str, addressed: set[str]
) -> None:
    filed = note(tmp_path, treaties, *([f"addressees: {named}"] if named else []))
    assert set(filed.addressees().values_list("code", flat=True)) == addressed
    assert "flags" not in filed.fields
    is_limited = addressed != {"DNK", "NOR", "un-sg"}
    assert filed.fields.get("addressees", []) == (sorted(addressed) if is_limited else [])


def test_the_role_of_a_depositary_is_no_way_to_address_nobody(
    tmp_path: Path, treaties: Path
) -> None:
    file = tmp_path / "case.yaml"
    text = (
        NOTE.replace("parties: [SWE, DNK, NOR]\n", "")
        .replace("fjord", "strait")
        .replace("SWE", "JPN")
    )
    file.write_text(text + "    addressees: [depositaries]\n")
    with pytest.raises(BadFileError, match=r"acts\[note\]\.addressees: This addresses nobody"):
        run(file, treaties=treaties)


def test_a_depositary_that_gives_notice_may_address_itself_alone(
    tmp_path: Path, treaties: Path
) -> None:
    file = tmp_path / "case.yaml"
    text = (
        NOTE.replace("parties: [SWE, DNK, NOR]\n", "")
        .replace("fjord", "pass")
        .replace("SWE", "CHE")
    )
    file.write_text(text + "    addressees: [depositaries]\n")
    run(file, treaties=treaties)
    assert not Notification.objects.get().addressees().exists()


def test_every_sender_that_a_file_names_is_sealed_a_party_or_not(
    tmp_path: Path, treaties: Path
) -> None:
    filed = note(tmp_path, treaties, by="[SWE, DNK, JPN]")
    assert {party.code for party in filed.senders.all()} == {"SWE", "DNK", "JPN"}
    assert '"senders":["SWE","DNK","JPN"]' in filed.canonical
    assert [(flag["code"], flag["field"]) for flag in filed.fields["flags"]] == [
        ("not-a-party", "joint_with")
    ]
    assert "Japan" in filed.fields["flags"][0]["sentence"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("received: {JPN: 2010-03-02}", "received: JPN was not addressed"),
        (
            "addressees: [depositaries]\n    received: {NOR: 2010-03-02}",
            "received: NOR was not addressed",
        ),
        (
            "circulated: 2010-03-02\n    received: {un-sg: 2010-03-05}",
            "received: It was circulated on 2010-03-02, so un-sg had received it by then",
        ),
    ],
)
def test_a_receipt_that_cannot_be_is_refused_in_words_that_fit(
    tmp_path: Path, treaties: Path, line: str, says: str
) -> None:
    with pytest.raises(BadFileError) as refused:
        note(tmp_path, treaties, line)
    assert says in str(refused.value)
    assert refused.value.problems[0].line == 6


def test_a_scenario_may_name_the_first_and_the_last_of_its_years(
    tmp_path: Path, treaties: Path
) -> None:
    """Nothing computed from a day that is admitted leaves the calendar."""
    text = """\
id: ends
treaty: strait
parties: [{party: JPN, in_force: 1800-01-01}, {party: KOR, in_force: 1800-01-01}]
until: 2300-12-31 23:59-14:00
acts:
  - {id: first, at: 1800-01-01 00:00+14:00, act: dialogue-proposal, by: KOR}
  - {id: note, at: 2300-12-30, act: withdrawal, by: JPN, received: 2300-12-31}
expect:
  - {clause: x, of: note, status: running}
"""
    report = replayed(tmp_path, treaties, text)
    assert [expectation["ok"] for expectation in report.as_data()["expect"]] == [True]
