"""What a signature and an instrument do to who is a party to a treaty."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications.errors import RuleBrokenError
from notifications.models import Event, Notification, Participation, Party, Succession, Treaty
from notifications.register import verify
from notifications.services.preview import preview
from notifications.services.receiving import register_receipt
from notifications.services.sweeps import track_deadlines
from tests.emails.reading import write
from tests.factories import NOW, TODAY, Cast, add_clause, issue_act, make_party
from tests.services.acting import draft_of, sent

ENTRY: dict[str, Any] = {
    "id": "xvii",
    "article": "XVII",
    "governs": "instrument",
    "summary": "In force sixty days after the deposit of the instrument.",
    "starts": "deposited",
    "count": [{"add": "P60D"}],
    "yields": "effect",
}
SIGNED = {"signed_by": "The Minister"}
DEPOSITED = TODAY + timedelta(days=3)


@pytest.fixture
def treaty(cast: Cast) -> Treaty:
    """The treaty, to which the United States is no party yet."""
    add_clause(cast.treaty, ENTRY)
    Participation.objects.filter(treaty=cast.treaty, party__code="USA").delete()
    return cast.treaty


def ours(treaty: Treaty) -> Participation:
    return Participation.objects.select_related("succeeds").get(treaty=treaty, party__code="USA")


def accede(cast: Cast, **fields: Any) -> Notification:
    return issue_act(cast, "instrument", {"mode": "accession", **SIGNED, **fields})


def deposit(cast: Cast, instrument: Notification, on: date = DEPOSITED) -> None:
    register_receipt(
        notification=instrument,
        party=cast.party("CAN"),
        on=on,
        actor=cast.canadian_officer,
        now=datetime.combine(on, NOW.timetz()),
    )


def test_a_signature_subject_to_ratification_makes_nobody_a_party(
    cast: Cast, treaty: Treaty
) -> None:
    fields = {**SIGNED, "signed_on": "2020-05-20", "is_subject_to_ratification": True}
    issue_act(cast, "signature", fields)
    row = ours(treaty)
    assert (row.signed_on, row.consent, row.in_force_on) == (date(2020, 5, 20), "", None)
    assert not Party.objects.party_to(treaty, TODAY).filter(code="USA").exists()


def test_a_definitive_signature_expresses_consent(cast: Cast, treaty: Treaty) -> None:
    act = issue_act(cast, "signature", {**SIGNED, "signed_on": "2020-05-20"})
    row = ours(treaty)
    assert (row.consent, row.consent_on) == ("signature", date(2020, 5, 20))
    assert row.instrument == act


def test_consent_dates_from_the_deposit_and_the_treaty_enters_into_force_by_its_clause(
    cast: Cast, treaty: Treaty
) -> None:
    instrument = accede(cast)
    assert (ours(treaty).consent, ours(treaty).in_force_on) == ("accession", None)
    deposit(cast, instrument)
    assert ours(treaty).consent_on == DEPOSITED
    clock = instrument.deadlines.with_reasons().get()
    due = DEPOSITED + timedelta(days=60)
    assert clock.version.due_on == due
    track_deadlines(now=datetime.combine(due, datetime.min.time(), tzinfo=UTC))
    assert ours(treaty).in_force_on == due
    assert ours(treaty).instrument == instrument
    body = json.loads(Event.objects.get(act="deadline-took-effect").body)
    assert body["participation"]["outcome"] == "began"
    told = write(instrument.alerts.get(kind="participation", stage="USA"))
    assert told.subject == "Open Skies: the United States of America has become a party"
    assert "in force for the United States of America from 24 July 2020 (Friday) on." in told.text
    assert "no longer" not in told.text + told.html
    assert verify().ok


def test_ratification_completes_the_participation_that_the_signature_began(
    cast: Cast, treaty: Treaty
) -> None:
    fields = {**SIGNED, "signed_on": "2020-05-20", "is_subject_to_ratification": True}
    issue_act(cast, "signature", fields)
    issue_act(cast, "instrument", {"mode": "ratification", **SIGNED})
    row = ours(treaty)
    assert (row.signed_on, row.consent) == (date(2020, 5, 20), "ratification")


def test_an_entry_that_is_known_otherwise_is_reported_and_not_overwritten(
    cast: Cast, treaty: Treaty
) -> None:
    instrument = accede(cast)
    deposit(cast, instrument)
    known = date(2020, 6, 1)
    Participation.objects.filter(pk=ours(treaty).pk).update(in_force_on=known)
    due = DEPOSITED + timedelta(days=60)
    track_deadlines(now=datetime.combine(due, datetime.min.time(), tzinfo=UTC))
    assert ours(treaty).in_force_on == known
    body = json.loads(Event.objects.get(act="deadline-took-effect").body)
    assert body["participation"]["outcome"] == "differs"
    assert not instrument.alerts.filter(kind="participation").exists()


def test_provisional_application_makes_nobody_a_party(cast: Cast, treaty: Treaty) -> None:
    fields = {"mode": "provisional-application", "from_on": "2020-06-01"}
    instrument = accede(cast, **fields)
    deposit(cast, instrument)
    later = datetime.combine(DEPOSITED + timedelta(days=60), datetime.min.time(), tzinfo=UTC)
    track_deadlines(now=later)
    assert not Participation.objects.filter(treaty=treaty, party__code="USA").exists()
    assert not instrument.alerts.filter(kind="participation").exists()


@pytest.fixture
def former(treaty: Treaty) -> Party:
    """A state that is no more, party to the treaty, to which the United States succeeds."""
    former = make_party("OLD")
    former.exists_to = date(2010, 1, 1)
    former.save()
    Succession.objects.create(
        old=former, new=make_party("USA"), on=former.exists_to, kind="succession"
    )
    Participation.objects.create(party=former, treaty=treaty, in_force_on=date(2002, 1, 1))
    return former


SUCCEEDS = {"mode": "succession", "predecessor": "OLD", "succession_on": "2010-01-01"}


def test_a_successor_takes_over_from_the_date_of_succession(
    cast: Cast, treaty: Treaty, former: Party
) -> None:
    instrument = accede(cast, **SUCCEEDS)
    assert ours(treaty).in_force_on is None
    deposit(cast, instrument)
    row = ours(treaty)
    assert (row.in_force_on, row.consent, row.succeeds) == (
        date(2010, 1, 1),
        "succession",
        former,
    )
    ended = Participation.objects.get(party=former)
    assert (ended.exit_on, ended.notification) == (date(2010, 1, 1), instrument)
    told = write(instrument.alerts.get(kind="participation", stage="USA"))
    assert "in force for the United States of America from 1 January 2010 (Friday) on." in told.html
    # The clause on entry into force confirms it later, and moves nothing.
    due = DEPOSITED + timedelta(days=60)
    track_deadlines(now=datetime.combine(due, datetime.min.time(), tzinfo=UTC))
    assert ours(treaty).in_force_on == date(2010, 1, 1)
    body = json.loads(Event.objects.get(act="deadline-took-effect").body)
    assert body["participation"]["outcome"] == "confirmed"
    assert instrument.alerts.filter(kind="participation").count() == 1


def test_a_predecessor_that_goes_on_stays_a_party(
    cast: Cast, treaty: Treaty, former: Party
) -> None:
    Party.objects.filter(pk=former.pk).update(exists_to=None)
    deposit(cast, accede(cast, **SUCCEEDS))
    assert ours(treaty).in_force_on == date(2010, 1, 1)
    assert Participation.objects.get(party=former).exit_on is None


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"predecessor": "XXX"}, "predecessor", "name another state"),
        ({"predecessor": "USA"}, "predecessor", "name another state"),
        ({"predecessor": "JPN"}, "predecessor", "not on record"),
        ({"succession_on": "2001-12-31"}, "succession_on", "was no party"),
        ({"succession_on": "2020-05-23"}, "succession_on", "still to come"),
    ],
)
def test_a_succession_to_another_state_or_on_another_day_is_refused(
    cast: Cast, former: Party, changes: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(RuleBrokenError, match=words) as refusal:
        sent(draft_of(cast, "instrument", **{**SIGNED, **SUCCEEDS, **changes}))
    assert refusal.value.field == field
    assert former.code == "OLD"


def test_who_is_a_party_does_not_become_one(cast: Cast) -> None:
    for kind, fields in (
        ("instrument", {"mode": "accession", **SIGNED}),
        ("signature", {"signed_on": "2020-05-20", **SIGNED}),
    ):
        with pytest.raises(RuleBrokenError, match="is a party to Open Skies already"):
            sent(draft_of(cast, kind, **fields))


def test_consent_and_signature_are_given_once(cast: Cast, treaty: Treaty) -> None:
    issue_act(cast, "signature", {**SIGNED, "signed_on": "2020-05-20"})
    with pytest.raises(RuleBrokenError, match="recorded already") as refusal:
        accede(cast)
    assert refusal.value.field == "mode"
    with pytest.raises(RuleBrokenError, match="recorded already") as refusal:
        issue_act(cast, "signature", {**SIGNED, "signed_on": "2020-05-21"})
    assert refusal.value.field == "signed_on"
    assert Participation.objects.filter(treaty=treaty, party__code="USA").count() == 1


def test_a_signature_to_come_is_refused(cast: Cast, treaty: Treaty) -> None:
    with pytest.raises(RuleBrokenError, match="still to come") as refusal:
        sent(draft_of(cast, "signature", signed_on="2020-05-23", **SIGNED))
    assert refusal.value.field == "signed_on"
    assert not treaty.participations.filter(party__code="USA").exists()


def test_without_a_clause_on_entry_the_person_is_told_who_enters_the_date(cast: Cast) -> None:
    Participation.objects.filter(treaty=cast.treaty, party__code="USA").delete()
    draft = draft_of(cast, "instrument", mode="accession", **SIGNED)
    findings = preview(draft=draft, today=TODAY).findings
    assert [(found.level, found.code) for found in findings] == [("warn", "no-clause")]


def test_a_state_on_its_way_makes_a_reservation_and_a_stranger_does_not(
    cast: Cast, treaty: Treaty
) -> None:
    said = {"provision": "Article IV", "text": "Not for us."}
    with pytest.raises(RuleBrokenError, match="no party to Open Skies"):
        sent(draft_of(cast, "reservation", **said))
    signature = issue_act(
        cast,
        "signature",
        {**SIGNED, "signed_on": "2020-05-20", "is_subject_to_ratification": True},
    )
    assert issue_act(cast, "reservation", said, refers_to=signature).case == signature.case
    assert ours(treaty).in_force_on is None
