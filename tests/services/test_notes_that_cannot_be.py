"""Paper notes that say what cannot be: recorded and flagged, and no harm done to who is a party."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifications.errors import RuleBrokenError
from notifications.models import Notification, Participation, User
from notifications.register import verify
from notifications.services.sweeps import track_deadlines
from tests.factories import NOW, Cast, add_clause, issue
from tests.services.ledgers import at, day
from tests.services.noting import GIVEN, enter

SIGNED = {"signed_by": "The Minister"}


def joining(cast: Cast, secretary: User, act: str, code: str, **fields: Any) -> Notification:
    senders = [cast.party(code)]
    return enter(cast, secretary, senders=senders, act=act, fields={**SIGNED, **fields})


def test_a_succession_to_oneself_is_recorded_and_takes_over_from_nobody(
    cast: Cast, secretary: User
) -> None:
    Participation.objects.filter(treaty=cast.treaty, party__code="USA").delete()
    fields = {"mode": "succession", "predecessor": "USA", "succession_on": "2020-01-01"}

    note = joining(cast, secretary, "instrument", "USA", **fields)

    assert "unknown-predecessor" in {flag["code"] for flag in note.fields["flags"]}
    assert Participation.objects.get(treaty=cast.treaty, party__code="USA").succeeds is None
    assert verify().ok


def test_a_signature_dated_in_the_future_is_not_written_to_who_is_a_party(
    cast: Cast, secretary: User
) -> None:
    Participation.objects.filter(treaty=cast.treaty, party__code="USA").delete()

    note = joining(cast, secretary, "signature", "USA", signed_on="2030-01-01")

    assert "day-to-come" in {flag["code"] for flag in note.fields["flags"]}
    row = Participation.objects.get(treaty=cast.treaty, party__code="USA")
    assert row.signed_on == GIVEN


def test_a_signature_after_the_consent_leaves_what_is_on_record(
    cast: Cast, secretary: User
) -> None:
    row = Participation.objects.get(treaty=cast.treaty, party__code="USA")
    row.consent, row.consent_on = "accession", date(2001, 1, 1)
    row.save()

    joining(cast, secretary, "signature", "USA", signed_on="2020-05-01")

    row.refresh_from_db()
    assert (row.signed_on, row.consent_on) == (None, date(2001, 1, 1))


def test_a_note_is_not_given_before_the_one_it_refers_to(cast: Cast, secretary: User) -> None:
    notice = issue(cast)

    with pytest.raises(RuleBrokenError, match="22 May 2020") as refusal:
        enter(
            cast,
            secretary,
            act="rescission",
            fields={"text": "Taken back."},
            given_on=GIVEN,
            refers_to=notice,
        )

    assert refusal.value.field == "given_on"
    assert Notification.objects.count() == 1


def test_nobody_is_a_party_before_the_treaty_itself_is_in_force(
    cast: Cast, secretary: User
) -> None:
    rule = {
        "id": "xvii",
        "article": "XVII",
        "governs": "instrument",
        "starts": "given",
        "count": [{"add": "P10D"}],
        "yields": "effect",
    }
    add_clause(cast.treaty, rule)
    Participation.objects.filter(treaty=cast.treaty).delete()
    cast.treaty.in_force_on = day("2021-01-01")
    cast.treaty.save()

    joining(cast, secretary, "instrument", "USA", mode="accession")
    track_deadlines(now=at("2020-06-01"))

    row = Participation.objects.get(treaty=cast.treaty, party__code="USA")
    assert row.in_force_on == day("2021-01-01")
    assert not row.covers(NOW.date())
