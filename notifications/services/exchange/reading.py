"""A CSV file as rows with the numbers of their lines; what is wrong is gathered, line by line."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext

from notifications.clauses.sections import read_date
from notifications.errors import BadFileError, Problem, RuleBrokenError
from notifications.services.exchange.cells import unguarded

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 100_000

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass
class Table:
    """The rows of a file, and everything that is wrong with them."""

    file: str
    columns: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int | None, column: str, sentence: str) -> None:
        """Note what is wrong in a line, naming the column it concerns or none."""
        self.problems.append(Problem(self.file, line, column, sentence))

    def finish(self) -> None:
        """Raise BadFileError with all that was noted, in the order of the lines."""
        if self.problems:
            found = dict.fromkeys(self.problems)
            raise BadFileError(sorted(found, key=lambda problem: problem.line or 0))


@dataclass(frozen=True)
class Row:
    """One row: the line on which it begins, and its cells by column."""

    table: Table
    line: int
    cells: dict[str, str]

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return column in self.cells

    def text(self, column: str) -> str:
        """The text of a cell; empty where the file has no such column."""
        return self.cells.get(column, "")

    def fault(self, column: str, sentence: str) -> None:
        """Note what is wrong in this row."""
        self.table.fault(self.line, column, sentence)

    def refuse(self, error: RuleBrokenError) -> None:
        """Note what a rule of the registry does not admit, at the column where there is one."""
        self.fault(error.field if error.field in self.cells else "", error.sentence)

    def required(self, column: str) -> str:
        """The text of a cell that may not be empty."""
        text = self.text(column)
        if not text:
            self.fault(column, gettext("This cell is empty."))
        return text

    def day(self, column: str) -> date | None:
        """A date, or None where the cell is empty or holds none."""
        text = self.text(column)
        found = read_date(text) if text else None
        if text and found is None:
            sentence = gettext("“%(text)s” is no date of the calendar, such as 2020-05-22.")
            self.fault(column, sentence % {"text": text})
        return found

    def flag(self, column: str) -> bool:
        """True or false; false where the cell is empty."""
        text = self.text(column).casefold()
        if text not in {"", "true", "false"}:
            self.fault(column, gettext("Only true or false may stand here."))
        return text == "true"

    def number(self, column: str, otherwise: int) -> int:
        """A whole number; ``otherwise`` where the cell is empty or holds none."""
        text = self.text(column)
        if text and not (text.isascii() and text.isdigit() and len(text) < 7):
            sentence = gettext("“%(text)s” is no whole number.") % {"text": text}
            self.fault(column, sentence)
            return otherwise
        return int(text) if text else otherwise

    def words(self, column: str) -> list[str]:
        """What stands in a cell with spaces between."""
        return self.text(column).split()


def read_table(
    data: bytes, *, file: str, columns: Sequence[str], required: Collection[str]
) -> Table:
    """Read a CSV file: UTF-8, with commas or semicolons, its first line naming the columns.

    Rows that are short, long or not well-formed stand in ``Table.problems``.

    Raises BadFileError where the rows cannot be told apart: another encoding, wrong columns.
    """
    table = Table(file)
    lines = _Lines(_decoded(data, table), columns, table)
    table.columns = _header(next(lines, None), table, columns, required)
    for line, cells in lines:
        if len(table.rows) == MOST_ROWS:
            sentence = gettext("A file has at most %(count)d rows.") % {"count": MOST_ROWS}
            table.fault(line, "", sentence)
            break
        if any(cells[len(table.columns) :]) or len(cells) < len(table.columns):
            sentence = gettext("This row has %(cells)d cells where there are %(columns)d columns.")
            counts = {"cells": len(cells), "columns": len(table.columns)}
            table.fault(line, "", sentence % counts)
            continue
        named = zip(table.columns, cells, strict=False)
        table.rows.append(Row(table, line, {name: unguarded(cell) for name, cell in named}))
    if not table.rows and not table.problems:
        table.fault(None, "", gettext("The file has no rows below its columns."))
    return table


class _Lines:
    """The rows of a text that are not blank, each with the number of its first line."""

    def __init__(self, text: str, columns: Sequence[str], table: Table) -> None:
        self._table = table
        self._reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=_delimiter(text, columns), strict=True
        )

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return self

    def __next__(self) -> tuple[int, list[str]]:
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except csv.Error as error:
                reason = gettext("This line is no well-formed CSV: %(reason)s.")
                self._table.fault(line, "", reason % {"reason": error})
                continue
            if any(cell.strip() for cell in cells):
                return line, cells


def _decoded(data: bytes, table: Table) -> str:
    """The text of a file. Raises BadFileError."""
    if len(data) > MOST_BYTES:
        sentence = gettext("The file is larger than %(size)d MiB.")
        table.fault(None, "", sentence % {"size": MOST_BYTES // 1024**2})
    elif data.startswith(_UTF_16):
        sentence = gettext("The file is UTF-16 text: save it as CSV with UTF-8.")
        table.fault(None, "", sentence)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            sentence = gettext("The file is not UTF-8 text: save it as CSV with UTF-8.")
            table.fault(line, "", sentence)
        else:
            if "\0" not in text:
                return text
            line = text.count("\n", 0, text.index("\0")) + 1
            table.fault(line, "", gettext("This line holds a character that is no text."))
    table.finish()
    return ""


def _delimiter(text: str, columns: Collection[str]) -> str:
    """The one that parts the first line into more columns that are known."""
    first = text.lstrip().partition("\n")[0].strip().replace('"', "")
    known = {mark: len({*first.split(mark)} & {*columns}) for mark in ",;"}
    return ";" if known[";"] > known[","] else ","


def _header(
    found: tuple[int, list[str]] | None,
    table: Table,
    columns: Sequence[str],
    required: Collection[str],
) -> tuple[str, ...]:
    """The columns that the first row names. Raises BadFileError with all that is wrong."""
    if found is None:
        if not table.problems:
            table.fault(None, "", gettext("The file is empty."))
        table.finish()
        return ()
    line, cells = found
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    for number, name in enumerate(names, start=1):
        if not name:
            sentence = gettext("Column %(number)d has no name.") % {"number": number}
            table.fault(line, "", sentence)
        elif name not in columns:
            sentence = gettext("There is no such column. Those there are: %(columns)s.")
            table.fault(line, name, sentence % {"columns": ", ".join(columns)})
        elif name in names[: number - 1]:
            table.fault(line, name, gettext("This column stands twice."))
    for name in required:
        if name not in names:
            table.fault(line, name, gettext("This column is missing."))
    table.finish()
    return tuple(names)
