"""The mails on a record: a defect, a receipt in doubt, a fact that moved clocks, a silence."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import emails
from notifications.models import Alert, Fact, Notification, User
from notifications.services.defects import bring_defect
from notifications.services.ledger import end_fact, stop_clock
from notifications.services.outcomes import confirm_outcome
from notifications.services.overriding import override_date
from notifications.services.receiving import correct_receipt, dispute_receipt
from notifications.services.sweeps import track_deadlines
from tests.delivery.records import World
from tests.emails.reading import Mail, write
from tests.factories import NOW, XV_3, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.ledgers import (
    EFFECT,
    IN_CONFLICT,
    INFORMED,
    SIX_MONTHS,
    at,
    circulate,
    clock_of,
    conflict,
    day,
    receive,
)

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(make_treaty(rules=[EFFECT, XV_3]))


@pytest.fixture
def act(cast: Cast) -> Notification:
    """A withdrawal given on 22 May 2020 and received by Canada on that day."""
    notification = issue(cast)
    receive(cast, notification, "2020-05-22")
    return notification


def mail(kind: str) -> Mail:
    return write(Alert.objects.filter(kind=kind).latest("pk"))


def test_a_defect_is_told_in_the_words_of_who_found_it(cast: Cast, act: Notification) -> None:
    text = "The full powers are <not> attached."
    bring_defect(notification=act, text=text, actor=cast.canadian_officer, now=LATER)
    told = mail("defect")
    assert told.subject == (
        "Open Skies: not in due form – withdrawal by the United States of America"
    )
    assert f"> {text}" in told.text
    assert "The full powers are &lt;not&gt; attached." in told.html
    assert "The act stands as it was given, and its clocks run on." in told.text


def test_a_dispute_tells_both_dates_and_which_of_them_counts(cast: Cast, act: Notification) -> None:
    dispute_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=day("2020-05-25"),
        reason="Our courier has a signature.",
        actor=cast.us_drafter,
        now=at("2020-06-01"),
    )
    told = mail("disputed")
    assert "date of receipt disputed" in told.subject
    for body in (told.text, told.html):
        assert "22 May 2020 (Friday)" in body
        assert "25 May 2020 (Monday)" in body
        assert "clocks count from the one that was registered" in body
        assert "Our courier has a signature." in body


def test_a_correction_of_a_disputed_receipt_tells_the_date_that_counted_before(
    cast: Cast, act: Notification
) -> None:
    receipt = dispute_receipt(
        notification=act,
        party=cast.party("CAN"),
        on=day("2020-05-25"),
        reason="Our courier has a signature.",
        actor=cast.us_drafter,
        now=at("2020-06-01"),
    )
    correct_receipt(
        receipt=receipt,
        on=day("2020-05-23"),
        reason="The stamp says so.",
        actor=cast.canadian_officer,
        now=at("2020-06-02"),
    )
    told = mail("disputed")
    assert "date of receipt corrected" in told.subject
    assert "registered for 22 May 2020 (Friday); it is corrected to 23 May 2020" in told.text


def test_a_stop_and_its_end_tell_which_clock_moved_from_where_to_where_and_why(
    cast: Cast, act: Notification
) -> None:
    fact = stop_clock(
        deadline=clock_of(act, "xv-3"),
        on=day("2020-06-01"),
        reason="By agreement of the parties.",
        actor=cast.canadian_officer,
        now=at("2020-06-01"),
    )
    told = mail("fact")
    assert "a date has moved" in told.subject
    assert "The clock is stopped by agreement from 1 June 2020." in told.text
    assert "now stopped" in told.text
    assert "> By agreement of the parties." in told.text
    end_fact(
        fact=fact,
        until=day("2020-06-11"),
        reason="",
        actor=cast.canadian_officer,
        now=at("2020-06-11"),
    )
    told = mail("fact")
    assert "runs again from 11 June 2020" in told.text
    assert "Conference of the parties: before stopped; now from 1 July 2020" in told.text


def test_an_extension_by_an_act_tells_the_new_date_on_the_act_that_it_extends(
    cast: Cast,
) -> None:
    asked = {"against": ["RUS"], "respond_by": "2020-06-30", "text": "x"}
    allegation = issue_act(cast, "breach-allegation", asked)
    given = {"clause": "respond_by", "until_on": "2020-07-31", "text": "More time is given."}
    issue_act(cast, "extension", given, refers_to=allegation, now=LATER)
    told = mail("fact")
    assert "allegation of a breach made by the United States of America" in told.subject
    assert "The time-limit was extended to 31 July 2020." in told.text
    assert "before 30 June 2020 (Tuesday); now 31 July 2020 (Friday)" in told.text
    assert "> More time is given." in told.text


def test_another_date_that_the_depositary_registered_is_told_with_the_one_before(
    cast: Cast, act: Notification
) -> None:
    override_date(
        deadline=clock_of(act, "xv-2"),
        on=day("2020-12-01"),
        reason="As the parties agreed.",
        actor=cast.canadian_officer,
        now=at("2020-06-01"),
    )
    told = mail("fact")
    assert "The depositary registered another date: 1 December 2020." in told.text
    assert "before 22 November 2020 (Sunday); now 1 December 2020 (Tuesday)" in told.text


@pytest.mark.parametrize("until", [None, "2020-07-01"])
@pytest.mark.parametrize("kind", Fact.Kind.values)
def test_every_kind_of_fact_is_told_in_a_sentence_of_its_own(
    world: World, kind: str, until: str | None
) -> None:
    fact = Fact(
        case=world.case,
        kind=kind,
        deadline=world.deadline().deadline,
        notification=world.notification,
        party=world.parties["RUS"],
        on=day("2020-06-01"),
        until=day("2020-07-01") if until or kind in {"extension", "override"} else None,
        entered_at=NOW,
        by=User.objects.create(email="officer@can.example", name="Officer"),
        reason="As was agreed.",
    )
    world.seal(fact)
    told = write(world.alert(kind="fact", stage=str(fact.uid)))
    sentence = told.text.split("It was recorded on")[0].splitlines()[-1]
    named = ("1 June 2020", "1 July 2020", "The Russian Federation")
    assert any(name in sentence for name in named)
    assert re.fullmatch(r"[A-Z][^.%]+\. ", sentence)
    assert "> As was agreed." in told.text


def silence(cast: Cast) -> Notification:
    """A notice on which all parties kept silent until the end of their time."""
    notification = issue(cast)
    circulate(cast, notification, "2020-05-25")
    track_deadlines(now=at("2020-08-25"))
    return notification


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_silence_tells_who_was_silent_what_it_would_mean_and_what_was_decided(
    db: None, is_confirmed: bool
) -> None:
    cast = make_cast(make_treaty(rules=[INFORMED]))
    notification = silence(cast)
    proposed = mail("proposed")
    assert "silence proposes an outcome" in proposed.subject
    for body in (proposed.text, proposed.html):
        assert "The time under Article XX(5) ended on 23 August 2020 (Sunday)." in body
        assert "5 parties said nothing: Canada, France, Germany, Hungary and" in body
        assert "those that said nothing are taken to have accepted" in body
        assert "it is never applied by itself" in body
    confirm_outcome(
        deadline=clock_of(notification, "xx-5", "RUS"),
        is_confirmed=is_confirmed,
        reason="As the practice has it.",
        actor=cast.canadian_officer,
        now=at("2020-08-26"),
    )
    told = mail("confirmed")
    assert ("outcome confirmed" in told.subject) is is_confirmed
    assert ("outcome declined" in told.subject) is not is_confirmed
    assert "> As the practice has it." in told.text
    assert ("Nothing follows from the silence." in told.text) is not is_confirmed


def test_mails_on_many_records_take_no_more_queries_than_on_one(
    cast: Cast, act: Notification
) -> None:
    counts = []
    for round_ in range(2):
        for text in ("One.", "Two.", "Three.")[: 1 + 2 * round_]:
            said = f"{text} {round_}"
            bring_defect(notification=act, text=said, actor=cast.canadian_officer, now=LATER)
        keys = list(Alert.objects.filter(kind="defect").values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as queries:
            background = emails.gather(keys, ["en"])
        counts.append(len(queries))
        assert all(b"due form" in emails.build(background, key, "en") for key in keys)
    assert counts[0] == counts[1]


def test_a_conflict_tells_which_date_fell_away_and_which_one_came(db: None) -> None:
    cast = make_cast(make_treaty(rules=(SIX_MONTHS, IN_CONFLICT)))
    conflict(cast, issue(cast), "2020-05-01")
    told = mail("fact").text
    assert "before 22 November 2020 (Sunday); now none: the clause counts no more" in told
    assert "before no date yet; now 22 May 2022 (Sunday)" in told


def test_a_date_that_falls_away_with_nothing_in_its_place_is_told(db: None) -> None:
    never = {key: value for key, value in IN_CONFLICT.items() if key not in {"starts", "count"}}
    never["yields"] = "not-permitted"
    cast = make_cast(make_treaty(rules=(SIX_MONTHS, never)))
    conflict(cast, issue(cast), "2020-05-01")
    told = mail("fact").text
    assert "before 22 November 2020 (Sunday); now none: the clause counts no more" in told
    assert "now 22" not in told
