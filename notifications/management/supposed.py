"""Supposed facts on the command line: the options, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser

from notifications.clauses.facts import Lasting
from notifications.clauses.instants import Moment
from notifications.clauses.sections import OUT_OF_RANGE, is_zone
from notifications.clauses.supposing import Supposed
from notifications.clauses.typed import NoMomentError, OutOfRangeError, typed_day, typed_moment
from notifications.clauses.vocabulary import ACTS, LASTING_FACTS

_MOMENTS: Final = {
    "given": "the date of the note",
    "registered": "registered by the depositary",
    "circulated": "circulated by the depositary",
    "informed": "the party was informed by the depositary",
    "consented": "the party consented to be bound",
    "in_force": "the treaty entered into force (the recorded date unless said)",
    "in_force_for_party": "the treaty entered into force for the party",
}
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,39}")
_MOST_PARTIES: Final = 1000


def add_facts(parser: CommandParser) -> None:
    """The options for every fact that a clause can count from."""
    for name, told in _MOMENTS.items():
        parser.add_argument(_option(name), metavar="DATE", help=told)
    parser.add_argument(
        "--received",
        "--deposited",
        dest="received",
        action="append",
        metavar="[CODE=]DATE",
        default=[],
        help="received by (deposited with) the depositary, or by whoever has to receive it; "
        "repeat it with the codes of several",
    )
    parser.add_argument("--effective", metavar="DATE", help="the date that the notice names")
    parser.add_argument("--reasons", action="store_true", help="the notice states its reasons")
    for option, metavar, told in (
        ("--field", "NAME=VALUE", "a field of the act, such as mode=accession or occurs_at=DATE"),
        ("--fact", "NAME=FROM[..UNTIL]", "what lasts or lasted, such as an armed-conflict"),
        ("--act", "ACT=DATE", "an act that counts towards a threshold, each of another party"),
        ("--date-of", "CLAUSE=DATE", "the date under another clause, in place of counting it"),
    ):
        parser.add_argument(option, action="append", default=[], metavar=metavar, help=told)
    parser.add_argument("--party", metavar="CODE", default="", help="whose act and clock it is")
    parser.add_argument("--parties", metavar="N", help="how many parties there are, for shares")
    parser.add_argument("--zone", metavar="ZONE", default="", help="in which dates are read")
    parser.add_argument(
        "--from", dest="run_from", metavar="DATE", help="recurring clauses: from when (today)"
    )


def read_zone(options: Mapping[str, Any]) -> str:
    """The zone that the options name, empty where they name none. Raises as below."""
    name: str = options["zone"]
    if name and not is_zone(name):
        raise _refusal("--zone", f'"{name}" is no IANA time zone, such as UTC.')
    return name


def read_supposed(options: Mapping[str, Any], *, zone: str, today: date) -> Supposed:
    """What the options suppose.

    Raises CommandError (exit status 2) with one sentence that names the option.
    """
    if options["party"] and not _CODE.fullmatch(options["party"]):
        raise _refusal("--party", f'"{options["party"]}" is no code of a party, such as USA.')
    fields = dict(_pairs("--field", options["field"]))
    moments = {name: options[name] for name in (*_MOMENTS, "effective") if options[name]}
    return Supposed(
        **{name: _moment(_option(name), text, zone) for name, text in moments.items()},
        received=_received(options["received"], zone),
        has_reasons=options["reasons"],
        fields=fields,
        stated=_stated(fields, zone),
        acts=tuple(
            (_one_of("--act", act, ACTS), _moment("--act", text, zone))
            for act, text in _pairs("--act", options["act"])
        ),
        lasting=tuple(
            _lasting(_one_of("--fact", kind, LASTING_FACTS), text)
            for kind, text in _pairs("--fact", options["fact"])
        ),
        party=options["party"],
        parties=_parties(options["parties"]),
        yielded={
            clause: _moment("--date-of", text, zone)
            for clause, text in _pairs("--date-of", options["date_of"])
        },
        run_from=_day("--from", options["run_from"]) if options["run_from"] else today,
    )


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _refusal(option: str, sentence: str) -> CommandError:
    return CommandError(f"{option}: {sentence}", returncode=2)


def _moment(option: str, text: str, zone: str) -> Moment:
    try:
        return typed_moment(text, zone)
    except OutOfRangeError as error:
        raise _refusal(option, OUT_OF_RANGE) from error
    except NoMomentError as error:
        sentence = f'"{text}" is no date, such as 2020-05-22, and no instant, such as '
        raise _refusal(option, f"{sentence}2022-02-11T10:00Z.") from error


def _day(option: str, text: str) -> date:
    try:
        return typed_day(text)
    except OutOfRangeError as error:
        raise _refusal(option, OUT_OF_RANGE) from error
    except NoMomentError as error:
        sentence = f'"{text}" is no date of the calendar, such as 2020-05-22.'
        raise _refusal(option, sentence) from error


def _pairs(option: str, texts: Iterable[str]) -> Iterable[tuple[str, str]]:
    for text in texts:
        name, is_pair, value = text.partition("=")
        if not (is_pair and name and value):
            raise _refusal(option, f'"{text}" is not written as NAME=VALUE.')
        yield name, value


def _received(texts: Iterable[str], zone: str) -> dict[str, Moment]:
    found: dict[str, Moment] = {}
    for text in texts:
        code, is_named, day = text.rpartition("=")
        if is_named and not _CODE.fullmatch(code):
            raise _refusal("--received", f'"{code}" is no code of a party, such as CAN.')
        if code in found:
            whose = f"for {code}" if code else "without a code"
            raise _refusal("--received", f"It stands twice {whose}.")
        found[code] = _moment("--received", day, zone)
    return found


def _stated(fields: Mapping[str, str], zone: str) -> dict[str, Moment]:
    """Those fields that hold a date or an instant; one that only looks like it is refused."""
    return {
        name: _moment("--field", text, zone)
        for name, text in fields.items()
        if re.match(r"\d{4}-\d{2}", text)
    }


def _one_of(option: str, name: str, known: Iterable[str]) -> str:
    if name not in known:
        raise _refusal(option, f'"{name}" is none of: {", ".join(known)}.')
    return name


def _lasting(kind: str, text: str) -> Lasting:
    first, _is_over, last = text.partition("..")
    on, until = _day("--fact", first), _day("--fact", last) if last else None
    if until is not None and until <= on:
        raise _refusal("--fact", f"It is over after {on}, not on {until}.")
    return Lasting(kind, on, until)


def _parties(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= _MOST_PARTIES:
        raise _refusal("--parties", f"A whole number from 1 to {_MOST_PARTIES} must stand here.")
    return int(text)
