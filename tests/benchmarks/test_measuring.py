"""The arithmetic of ``make bench``: medians, ratios, goals, the exit status; nothing is timed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.measuring import Outcome, exit_status, in_turn, ratio_of_rates, seconds_of
from benchmarks.rows import ROWS


def clock_of(*lengths: float) -> Callable[[], float]:
    """A clock on which one piece of work after the other takes so long."""

    def readings() -> Iterator[float]:
        now = 100.0
        for length in lengths:
            yield now
            now += length
            yield now

    return readings().__next__


def outcome(value: float, *, goal: float = 0.2, is_better: str = "higher") -> Outcome:
    return Outcome("clause", value, goal, is_better, "of two", unit="")  # type: ignore[arg-type]


def test_a_call_takes_its_share_of_the_time_of_all_calls() -> None:
    done = count()

    assert seconds_of(lambda: next(done), 4, clock_of(10.0)) == 2.5
    assert next(done) == 4


def test_two_are_measured_in_turn_and_the_middle_of_each_is_taken() -> None:
    order: list[str] = []
    clock = clock_of(1.0, 10.0, 90.0, 50.0, 3.0, 20.0)

    one, other = in_turn(
        lambda: order.append("one"), lambda: order.append("other"), calls=1, rounds=3, clock=clock
    )

    assert order == ["one", "other"] * 3
    assert (one, other) == (3.0, 20.0)


def test_the_ratio_is_that_of_the_rates() -> None:
    assert ratio_of_rates(2.0, 8.0) == 0.25


@pytest.mark.parametrize(
    ("value", "is_better", "is_met"),
    [
        (0.19, "higher", False),
        (0.2, "higher", True),
        (0.3, "higher", True),
        (0.19, "lower", True),
        (0.2, "lower", True),
        (0.21, "lower", False),
    ],
)
def test_a_goal_is_met_from_the_goal_itself_on(
    value: float, is_better: str, *, is_met: bool
) -> None:
    made = outcome(value, is_better=is_better)

    assert made.is_met is is_met
    assert ("MISSED" in made.line) is not is_met
    assert made.as_data()["is_met"] is is_met


def test_a_line_names_the_row_the_figures_and_the_goal() -> None:
    made = Outcome("library", 0.314, 1.0, "lower", "88 treaty files", unit="s")

    assert " ".join(made.line.split()) == "library 0.31 s goal ≤ 1.00 s met 88 treaty files"


def test_one_goal_that_is_missed_fails_the_whole() -> None:
    assert exit_status([outcome(0.3), outcome(0.2)]) == 0
    assert exit_status([outcome(0.3), outcome(0.1), outcome(0.2)]) == 1


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Rows with these values in place of what is really measured."""

    def put(**values: float) -> None:
        made = {name: (lambda value=value: outcome(value)) for name, value in values.items()}
        monkeypatch.setattr(bench, "ROWS", made)

    return put


def test_all_rows_are_printed_and_kept(
    rows: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows(clause=0.3, library=0.1)

    assert bench.main([], tmp_path / "results.json") == 1

    kept = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [(row["value"], row["is_met"]) for row in kept["rows"]] == [(0.3, True), (0.1, False)]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_row_alone_is_measured_without_touching_what_is_kept(
    rows: Callable[..., None], tmp_path: Path
) -> None:
    rows(clause=0.3, library=0.1)

    assert bench.main(["clause"], tmp_path / "results.json") == 0
    assert not (tmp_path / "results.json").exists()


def test_a_row_that_does_not_exist_is_refused(
    rows: Callable[..., None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows(clause=0.3)

    assert bench.main(["clauses"], tmp_path / "results.json") == 2
    assert "no row clauses; there are: clause" in capsys.readouterr().err


def test_the_rows_are_those_of_the_tables_of_goals() -> None:
    assert set(ROWS) == {
        "clause",
        "library",
        "delivery_1",
        "delivery_4",
        "cpu_ms_per_alert",
        "first_alert",
        "scan",
        "tick",  # beside those of the design: a million deadlines
        "filing_queries",
        "filing_time",
        "memory",
    }
