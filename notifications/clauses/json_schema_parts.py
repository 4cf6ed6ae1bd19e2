"""The parts of the JSON Schema that many keys share: text, days, periods, steps and starts."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from typing import Final

from notifications.clauses import vocabulary as words
from notifications.clauses.periods import PATTERN
from notifications.clauses.sections import FIRST_YEAR, LAST_YEAR
from notifications.clauses.working_days import CALENDAR

# A schema, or a part of one, as plain JSON data.
Schema = dict[str, object]

SLUG: Final = r"^[a-z0-9]+(-[a-z0-9]+)*$"
FIELD: Final = r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$"
# A period says how long at least once; the names of its groups are Python's own.
_PERIOD: Final = r"^(?=.*[1-9])" + re.sub(r"\?P<\w+>", "", PATTERN) + "$"
_CALENDAR_PERIOD: Final = _PERIOD.replace("^", "^(?!.*T)", 1)


def described(description: str, part: Schema) -> Schema:
    """The part with the sentence that an editor shows for it."""
    return {"description": description, **part}


def reference(name: str) -> Schema:
    """A part that stands once, under ``$defs``."""
    return {"$ref": f"#/$defs/{name}"}


def text(*, at_most: int | None = None, pattern: str = r"\S") -> Schema:
    """Text that is not blank."""
    longest = {"maxLength": at_most} if at_most else {}
    return {"type": "string", "pattern": pattern, **longest}


def choice(options: Sequence[str]) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(options)}


def list_of(item: Schema, *, at_least: int = 0) -> Schema:
    """A list in which nothing stands twice."""
    fewest = {"minItems": at_least} if at_least else {}
    return {"type": "array", "items": item, "uniqueItems": True, **fewest}


def mapping(properties: dict[str, Schema], required: Iterable[str] = ()) -> Schema:
    """Keys with values, these and no others."""
    needed = {"required": list(required)} if required else {}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": dict(properties),
        **needed,
    }


def shared_parts() -> dict[str, Schema]:
    """What stands under ``$defs``, by its name."""
    return {
        "day": described(
            f"A date such as 2020-05-22, in the years {FIRST_YEAR} to {LAST_YEAR}.",
            {"type": ["string", "null"], "format": "date", "pattern": _day_pattern()},
        ),
        "period": described(
            "An ISO 8601 period in whole units, such as P6M, P150D or PT48H.",
            text(pattern=_PERIOD),
        ),
        "calendar_period": described(
            "An ISO 8601 period in years, months, weeks and days, such as P10Y.",
            text(pattern=_CALENDAR_PERIOD),
        ),
        "calendar_date": described(
            'A month and a day of every year, such as "12-31".',
            text(pattern=_calendar_date_pattern()),
        ),
        "steps": described(
            "Steps in the order in which they are taken; none means the same day.",
            {"type": "array", "items": {"anyOf": list(_steps())}},
        ),
        "fact": described(
            "One recorded fact from which a clock runs.",
            choice(words.STARTS),
        ),
        "start": described(
            "The fact from which the clock runs: a word, or one key that says more.",
            {"anyOf": [reference("fact"), *_origins()]},
        ),
        "branch": described(
            "One way to a date, with a start and steps of its own.",
            mapping({"starts": reference("start"), "count": reference("steps")}, ["starts"]),
        ),
    }


def _steps() -> Iterable[Schema]:
    period, day = reference("period"), reference("calendar_date")
    said = {
        "add": described("Counts a period forward.", period),
        "subtract": described("Counts a period back.", period),
        "next": described(
            "Goes to the following day, or to the first day of the following month.",
            choice(("day", "month")),
        ),
        "start": described("Goes back to the first day of the same month.", choice(("month",))),
        "until": described("Goes to the first such date on or after the day.", day),
        "after": described("Goes to the first such date strictly after the day.", day),
        "term": described("Goes to the end of the term that leaves time for the notice.", _term()),
    }
    for key, part in said.items():
        yield mapping({key: part}, [key])
    yield mapping(
        {
            "roll": described(
                "Moves an act to be done to the next working day.", choice(("forward",))
            ),
            "calendar": described(
                "The public calendar of a country or of a part of it, such as FR or DE-BY.",
                text(pattern=f"^{CALENDAR}$"),
            ),
            "weekend": described("Whether it also moves from a weekend.", {"type": "boolean"}),
        },
        ["roll"],
    )


def _term() -> Schema:
    length = reference("calendar_period")
    properties = {
        "from": described("The fact from which the terms run.", reference("fact")),
        "first": described("How long the first term is.", length),
        "every": described("How long each further term is.", length),
        "notice": described("How long before the end of a term the act must be done.", length),
    }
    return mapping(properties, ["from", "first", "every"])


def _origins() -> Iterable[Schema]:
    length = reference("calendar_period")
    yield mapping(
        {"clause": described("The id of the clause whose date is counted from.", text())},
        ["clause"],
    )
    yield mapping(
        {
            "field": described(
                "The field of the notification that states the date, such as occurs_at.",
                text(pattern=FIELD),
            )
        },
        ["field"],
    )
    yield mapping(
        {
            "count_of": described("The acts that are counted.", choice(words.ACTS)),
            "reaches": described(
                'How many it takes: a number, a word, or a fraction such as "7/8".', _reaches()
            ),
            "within": described("The time within which they must come in.", reference("period")),
            "of": described("The fact from which that time runs.", reference("fact")),
        },
        ["count_of", "reaches"],
    )
    dates = list_of(reference("calendar_date"), at_least=1)
    yield mapping(
        {"yearly": described("The dates on which a run ends in every year.", dates)}, ["yearly"]
    )
    yield mapping(
        {
            "every": described("How long each run is.", length),
            "from": described("The fact from which the runs follow.", reference("fact")),
            "first": described("How long the first run is, where it differs.", length),
        },
        ["every", "from"],
    )


def _reaches() -> Schema:
    number = {"type": "integer", "minimum": 1, "maximum": words.MOST_ACTS}
    fraction = text(pattern="^[1-9][0-9]*/[1-9][0-9]*$")
    return {"anyOf": [number, choice(words.SHARES), fraction]}


def _day_pattern() -> str:
    """The years in which a date may lie; that the calendar has it, the reader says."""
    first, last = FIRST_YEAR // 100, LAST_YEAR // 100
    years = "|".join(str(century) for century in range(first, last))
    return rf"^(({years})[0-9][0-9]|{LAST_YEAR})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"


def _calendar_date_pattern() -> str:
    """Every month with the days that it has in every year."""
    ends = {28: "0[1-9]|1[0-9]|2[0-8]", 30: "0[1-9]|[12][0-9]|30", 31: "0[1-9]|[12][0-9]|3[01]"}
    last_days = [calendar.monthrange(2023, month)[1] for month in range(1, 13)]
    ways = []
    for last, days in ends.items():
        months = "|".join(
            f"{month:02d}" for month, own in enumerate(last_days, start=1) if own == last
        )
        ways.append(f"({months})-({days})")
    return f"^({'|'.join(ways)})$"
