"""The rule of a clause in words: every start, every step, every modifier as a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from notifications.clauses.reading import parse_clause
from notifications.clauses.schema import Clause
from notifications.clauses.vocabulary import BEARERS, FULFILLING_ACTS, LASTING_FACTS, SILENCES
from notifications.web.rule_ends import DUTIES, OPEN, OWED
from notifications.web.rule_ends import SILENCES as SAID_SILENCES
from notifications.web.rule_steps import Around
from notifications.web.rules import sentences

NOTE = "the first recorded receipt or, without one, the date of the note"
ANSWER = {"bearer": "addressee", "act": "response"}
OWN = {"bearer": "notifier", "act": "formatted-message"}


def clause(**keys: Any) -> Clause:
    """An effect of a withdrawal, unless keys say otherwise (None leaves a key out)."""
    article = keys.get("article", "X(1)")
    data = {"id": keys.get("id", "x-1"), "article": article, "governs": "withdrawal"}
    data = {**data, "yields": "effect", "starts": "received", "count": [], **keys}
    return parse_clause({key: value for key, value in data.items() if value is not None})


def duty(**keys: Any) -> Clause:
    """A response that is owed on a request."""
    own = {"governs": "consultation-request", "yields": "duty", "duty": ANSWER}
    return clause(**{**own, **keys})


def told(rule: Clause, **around: Any) -> list[str]:
    return sentences(rule, Around(**around))


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("given", f"on the day of {NOTE}"),
        ("received", "on the day of receipt"),
        ("deposited", "on the day of deposit with the depositary"),
        ("registered", "on the day of registration by the depositary"),
        ("circulated", "on the day of circulation by the depositary"),
        ("consented", "on the day of the consent of the party to be bound"),
        ("in_force", "on the day of the entry into force of the treaty"),
        ("in_force_for_party", "on the day of the entry into force of the treaty for the party"),
        ({"clause": "v"}, "at the date under Article V"),
        (
            {"field": "effective_on"},
            "at the date that the notification states (“Date of withdrawal named in the note”)",
        ),
    ],
)
def test_every_start_is_said(start: Any, said: str) -> None:
    other = clause(id="v", article="V", yields="right")
    (sentence,) = told(clause(starts=start), rules=(other,))
    assert sentence == f"The act takes effect {said} (at the start of that day)."


def test_a_clock_of_each_party_says_so() -> None:
    sentences_of = told(clause(starts="informed", yields="lapse", count=[{"add": "P12M"}]))
    assert sentences_of == [
        (
            "The right ends 12 months after the information of the party by the depositary "
            "(at the end of that day)."
        ),
        "It runs for each party, from the day on which that party was informed.",
    ]


@pytest.mark.parametrize(
    ("keys", "around", "by"),
    [
        ({"addressees": ["depositaries"]}, {}, "receipt by the depositary"),
        ({}, {"has_depositary": False}, "receipt by the addressee"),
        ({"which": "last"}, {}, "the last receipt"),
    ],
)
def test_by_whom_it_is_received_is_said_where_it_is_plain(
    keys: dict[str, Any], around: dict[str, Any], by: str
) -> None:
    (sentence,) = told(clause(count=[{"add": "P6M"}], **keys), **around)
    assert sentence == f"The act takes effect 6 months after {by} (at the start of that day)."


@pytest.mark.parametrize(
    ("step", "first", "later"),
    [
        ({"add": "P1Y6M"}, "1 year and 6 months after receipt", "1 year and 6 months later"),
        ({"subtract": "P5D"}, "5 days before receipt", "5 days earlier"),
        ({"next": "day"}, "on the day after receipt", "the following day"),
        (
            {"next": "month"},
            "on the first day of the month after receipt",
            "the first day of the following month",
        ),
        (
            {"start": "month"},
            "on the first day of the month of receipt",
            "the first day of that month",
        ),
        (
            {"until": "12-31"},
            "on the first 31 December on or after receipt",
            "the first 31 December on or after that day",
        ),
        (
            {"after": "01-01"},
            "on the first 1 January after receipt",
            "the first 1 January after that day",
        ),
        (
            {"term": {"from": "in_force", "first": "P3Y", "every": "P5Y"}},
            "at the first end of a term on or after receipt",
            "the first end of a term on or after that day",
        ),
        (
            {"term": {"from": "in_force", "first": "P3Y", "every": "P5Y", "notice": "P6M"}},
            "at the first end of a term not less than 6 months after receipt",
            "the first end of a term not less than 6 months after that day",
        ),
    ],
)
def test_every_step_is_said_first_and_later(step: Any, first: str, later: str) -> None:
    assert first in " ".join(told(clause(count=[step])))
    assert f"2 weeks after receipt, then {later}" in " ".join(
        told(clause(count=[{"add": "P2W"}, step]))
    )


def test_what_a_term_is_stands_beside_it() -> None:
    step = {"term": {"from": "in_force", "first": "P3Y", "every": "P5Y", "notice": "P6M"}}
    assert told(clause(count=[step]))[1] == (
        "A term ends 3 years after the entry into force of the treaty, and again at intervals of "
        "5 years."
    )


def test_working_days_say_which_days_are_none() -> None:
    roll = {"roll": "forward", "calendar": "FR", "weekend": True}
    assert told(duty(count=[{"add": "P10D"}, roll]))[1:] == [
        (
            "It is due 10 days after receipt by the addressee, then the first working day on or "
            "after that day at the latest (by the end of that day)."
        ),
        (
            "Not counted as working days: Saturdays and Sundays, the public holidays of the "
            "calendar FR."
        ),
    ]


def test_hours_are_due_to_the_minute_and_say_from_when_they_count() -> None:
    assert told(duty(count=[{"add": "PT48H"}]), zone="Europe/Paris") == [
        "The addressee owes a response.",
        "It is due 48 hours after receipt by the addressee at the latest, to the minute.",
        (
            "Hours count from the exact instant; of a fact whose day alone is known, from 00:00 "
            "Europe/Paris."
        ),
    ]


def test_an_own_zone_is_said() -> None:
    assert "Its days are read in the zone Europe/Paris." in told(clause(zone="Europe/Paris"))
    assert told(clause(zone="UTC")) == told(clause())


def test_a_window_opens_and_closes_and_a_right_ends_with_it() -> None:
    span = {"count": None, "opens": [{"add": "P30D"}], "closes": [{"add": "P60D"}]}
    said = "Opens 30 days after receipt; closes 60 days after receipt."
    conference = {"bearer": "depositaries", "act": "conference"}
    assert told(duty(**span, duty=conference)) == [
        "The depositaries jointly owe a conference.",
        said,
    ]
    assert told(clause(**span, yields="lapse")) == [said, "When it closes, the right ends."]


@pytest.mark.parametrize(
    ("reaches", "said"),
    [
        (1, "the first such act (request for a conference)"),
        (3, "the act (request for a conference) that brings their number to 3"),
        ("last", "the last recorded act (request for a conference)"),
        ("all", "the act (request for a conference) by which every party has given one"),
        (
            "majority",
            "the act (request for a conference) by which a majority of the parties has given one",
        ),
        ("7/8", "the act (request for a conference) by which 7/8 of the parties have given one"),
    ],
)
def test_acts_that_are_counted_are_said(reaches: Any, said: str) -> None:
    start = {"count_of": "conference-request", "reaches": reaches}
    assert told(duty(starts=start, count=[{"add": "P30D"}]))[1] == (
        f"It is due 30 days after {said} at the latest (by the end of that day)."
    )


def test_within_what_time_acts_count_and_that_each_party_counts_once() -> None:
    start = {"count_of": "conference-request", "reaches": 3, "within": "P90D", "of": "circulated"}
    assert told(duty(starts=start))[2:] == [
        "Such acts count where they come in within 90 days after circulation by the depositary.",
        "Of each party one act counts, its first.",
    ]


def test_what_recurs_says_when() -> None:
    owed = {"bearer": "each-party", "act": "formatted-message"}
    yearly = duty(governs="none", starts={"yearly": ["11-15", "02-15"]}, duty=owed)
    assert told(yearly) == [
        "It recurs every year: 15 February and 15 November.",
        "Each party owes a message in the agreed format.",
        "It is due on each of these days at the latest (by the end of that day).",
    ]
    start = {"every": "P6M", "from": "in_force", "first": "P1Y"}
    runs = duty(governs="none", starts=start, count=[{"add": "P30D"}], duty=owed)
    assert told(runs)[0] == (
        "It recurs: first 1 year after the entry into force of the treaty, then at intervals of "
        "6 months."
    )
    assert "It is due 30 days after each of these days at the latest" in told(runs)[2]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("later_of", "The later of these days counts: "),
        ("earlier_of", "The earlier of these days counts, as far as they are known: "),
    ],
)
def test_several_ways_are_told_one_after_another(key: str, said: str) -> None:
    ways = [
        {"starts": "received", "count": [{"add": "P12M"}]},
        {"starts": "consented", "count": []},
    ]
    first, second = told(clause(**{key: ways, "starts": None, "count": None}))
    assert first == (
        f"{said}12 months after receipt; on the day of the consent of the party to be bound."
    )
    assert second == "The act takes effect on that day (at the start of that day)."


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"mode": "accession"}, "Only for an accession."),
        ({"mode": ["ratification", "accession"]}, "Only for a ratification or an accession."),
        ({"party": "USA"}, "Only for the state USA."),
        (
            {"party": ["RUS", "annex-i"]},
            (
                "Only for the state RUS and the parties of the list “annex-i” (the state DEU and "
                "the state FRA)."
            ),
        ),
        (
            {"fact": "armed-conflict"},
            "Only for a party that is in an armed conflict on the day of its notice.",
        ),
        (
            {"has_full_powers": True},
            "Only where the act says “Full powers came with the note”: yes.",
        ),
    ],
)
def test_to_which_acts_a_clause_is_limited_comes_first(when: Any, said: str) -> None:
    rule = clause(governs="instrument", when=when)
    around = {"lists": {"annex-i": ("DEU", "FRA")}, "party_name": lambda code: f"the state {code}"}
    assert told(rule, **around)[0] == said


def test_a_message_is_named() -> None:
    rule = duty(governs="formatted-message", when={"format": "OSN-012"}, duty=OWN)
    assert told(rule)[0] == "Only for the message “OSN-012”."
    rule = duty(governs="formatted-message", when={"format": ["A", "B"]}, duty=OWN)
    assert told(rule)[0] == "Only for the messages “A” or “B”."


def test_a_message_that_is_its_own_duty_is_told_so() -> None:
    start, count = {"field": "occurs_at"}, [{"subtract": "PT72H"}]
    rule = duty(governs="formatted-message", starts=start, count=count, duty=OWN)
    assert told(rule)[:2] == [
        "The act itself is what is owed: it has to be given in this time.",
        (
            "It is due 72 hours before the time that the notification states (“Time announced”) at "
            "the latest, to the minute."
        ),
    ]


def test_the_general_clause_says_that_special_ones_go_before_it() -> None:
    special = clause(id="y", article="Y", when={"party": "RUS"})
    general = "For every case that no more special clause covers."
    assert told(clause(), rules=(special,))[0] == general
    assert general not in told(clause())
    assert general not in told(clause(governs="suspension"), rules=(special,))


def test_when_an_act_is_admitted() -> None:
    three = {"starts": "in_force_for_party", "count": [{"add": "P3Y"}]}
    window = {"starts": "in_force", "first": "P10Y", "every": "P10Y", "for": "P1Y"}
    rule = clause(admissible={"not_before": three, "not_after": three, "window": window})
    entry = "3 years after the entry into force of the treaty for the party"
    assert told(rule)[:3] == [
        f"The act is admitted {entry} at the earliest; before that it is premature.",
        f"The act is admitted {entry} at the latest; after that it comes too late.",
        (
            "The act is admitted at certain times alone: first 10 years after the entry into force "
            "of the treaty, then at intervals of 10 years, each time for 1 year, the first and the "
            "last day included; between them it is premature."
        ),
    ]


def test_everything_that_an_effect_can_carry() -> None:
    rule = clause(
        minimum=True,
        at="end",
        requires=["statement-of-extraordinary-events", "list-of-reasons"],
        open_while={"fact": "armed-conflict", "at": "notice"},
        override="allowed",
        cascades=["paris", "kyoto"],
        survives="P20Y",
    )
    assert told(rule, treaties={"paris": "Paris Agreement"}) == [
        "The act takes effect on the day of receipt (at the end of that day).",
        "The notice may name a later day, not an earlier one.",
        (
            "The notice must hold a statement of the extraordinary events that jeopardise the "
            "supreme interests of the party and “list of reasons”."
        ),
        "It does not end while an armed conflict of the day of notice lasts.",
        "The depositary may register another date, with its reasons.",
        "The effect carries over to: Paris Agreement, kyoto.",
        "Obligations that outlast the effect end 20 years after the effect.",
    ]


def test_promptly_is_a_target_and_a_lapse_calls_for_an_act() -> None:
    owed = {"bearer": "depositaries", "act": "correction", "soft": "P7D", "on_lapse": "conference"}
    assert told(duty(duty=owed)) == [
        "The depositaries jointly owe a correction.",
        (
            "The clause says “promptly”: the target is 7 days after receipt; a target, not a "
            "time-limit whose passing is a breach."
        ),
        "If it is not done in time, the clause calls for a conference.",
    ]


def test_what_silence_means_and_what_is_not_admitted() -> None:
    rule = clause(yields="lapse", silence="acceptance", count=[{"add": "P12M"}])
    assert told(rule)[1].startswith("Whoever says nothing by then is proposed as having accepted")
    rule = clause(yields="not-permitted", starts=None, count=None)
    assert told(rule) == ["The treaty admits no such act."]


def test_every_word_of_the_language_has_its_words() -> None:
    assert set(FULFILLING_ACTS) <= set(DUTIES)
    assert set(BEARERS) == set(OWED)
    assert set(SILENCES) == set(SAID_SILENCES)
    assert set(LASTING_FACTS) == set(OPEN)


def test_sentences_are_put_together_after_translation() -> None:
    with override("fr"):
        assert "1 mois après la réception" in told(clause(count=[{"add": "P1M"}]))[0]
