"""What each act asks for and may refer to, and what stands against it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifications.acts import ACTS
from notifications.acts.shape import ActField
from notifications.errors import RuleBrokenError
from notifications.models import Fact, Notification
from notifications.register import verify
from notifications.services.fields import READERS, clean_fields
from notifications.services.receiving import register_receipt
from tests.factories import NOW, TODAY, Cast, issue, issue_act
from tests.services.acting import draft_of, sent

REQUEST = {"text": "Please explain.", "respond_by": "2020-06-30"}


DOMAIN = {
    "withdrawal",
    "rescission",
    "suspension",
    "resumption",
    "extension",
    "derogation",
    "breach-allegation",
    "consultation-request",
    "dialogue-proposal",
    "assurance-request",
    "conference-request",
    "conference",
    "objection",
    "reservation",
    "reservation-withdrawal",
    "declaration",
    "signature",
    "instrument",
    "amendment-proposal",
    "acceptance",
    "correction",
    "formatted-message",
}


def test_every_kind_of_act_is_an_entry_with_all_that_a_door_needs() -> None:
    assert set(ACTS) == DOMAIN
    for kind, act in ACTS.items():
        assert act.kind == kind
        assert act.title
        assert act.group
        assert act.summary.endswith((".", "…"))
        assert set(act.refers_to) <= set(ACTS)
        assert act.refers_to or not act.must_refer
        assert {field.kind for field in act.fields} <= set(READERS)
        for field in act.fields:
            assert bool(field.choices) == (field.kind == "choice"), (kind, field.name)
        assert len({field.name for field in act.fields}) == len(act.fields)


VALUES: dict[str, Any] = {
    "line": "Article 1",
    "text": "Words.",
    "date": "2020-05-20",
    "instant": "2020-05-23T10:00:00+02:00",
    "yes-no": True,
    "number": 30,
    "parties": ["RUS"],
    "clause": "respond_by",
    "visibility": "parties",
}


def _value(field: ActField) -> Any:
    return field.choices[0][0] if field.kind == "choice" else VALUES.get(field.kind)


@pytest.mark.parametrize("kind", [kind for kind, act in ACTS.items() if act.filed_by == "party"])
def test_every_act_of_a_party_is_drafted_approved_and_sealed_with_what_it_asks_for(
    cast: Cast, kind: str
) -> None:
    act = ACTS[kind]
    code = "RUS" if act.by_another else "USA"
    fields = {field.name: _value(field) for field in act.fields if field.is_required}
    if kind == "extension":
        fields |= {"days": 10, "clause": "respond_by"}
    if kind in ("signature", "instrument"):
        cast.treaty.participations.filter(party=cast.party(code)).delete()
    target = _target(cast, kind, act.refers_to) if act.must_refer or kind == "extension" else None
    if kind == "correction":
        target = issue(cast)
        fields |= {"reads": "notice", "should_read": "formal notice"}
    filed = issue_act(cast, kind, fields, code=code, refers_to=target)
    assert filed.act == kind
    assert "flags" not in filed.fields
    assert filed.text == fields.get("text", "")
    assert verify().ok


def _target(cast: Cast, kind: str, kinds: tuple[str, ...]) -> Notification:
    if kind in ("rescission", "objection"):
        return issue(cast)
    if kind == "extension":
        return issue_act(cast, "consultation-request", REQUEST)
    wanted = {"acceptance": "amendment-proposal"}.get(kind, kinds[0])
    asked = {f.name: _value(f) for f in ACTS[wanted].fields if f.is_required}
    return issue_act(cast, wanted, asked)


@pytest.mark.parametrize("kind", [kind for kind, act in ACTS.items() if act.filed_by == "party"])
def test_an_act_that_lacks_what_it_asks_for_is_refused_naming_the_field(
    cast: Cast, kind: str
) -> None:
    act = ACTS[kind]
    for field in act.fields:
        if not field.is_required:
            continue
        fields = {f.name: _value(f) for f in act.fields if f.is_required and f is not field}
        draft = draft_of(cast, kind, **fields)
        with pytest.raises(RuleBrokenError) as refusal:
            sent(draft)
        assert refusal.value.field in {field.name, "refers_to"}
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields", "field", "words"),
    [
        ("instrument", {"mode": "gift"}, "mode", "choose one of the list"),
        ("instrument", {"predecessor": ["YUG"]}, "predecessor", "one party by its code"),
        ("formatted-message", {"occurs_at": "tomorrow"}, "occurs_at", "no date with a time"),
        ("formatted-message", {"occurs_at": "2020-05-23 10:00"}, "occurs_at", "offset from UTC"),
        ("formatted-message", {"occurs_at": "1020-05-23 10:00Z"}, "occurs_at", "between 1800"),
        ("extension", {"days": "0"}, "days", "whole number from 1"),
        ("extension", {"days": "1.5"}, "days", "whole number from 1"),
        ("extension", {"days": "99999999999"}, "days", "whole number from 1"),
        ("extension", {"days": True}, "days", "whole number from 1"),
        ("suspension", {"until_on": "2020-02-30"}, "until_on", "no date of the calendar"),
        ("signature", {"is_subject_to_ratification": "yes"}, "is_subject_to_rat", "yes or no"),
        ("declaration", {"capacity": "depositary"}, "capacity", "is no field"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(
    kind: str, fields: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(RuleBrokenError, match=words) as refusal:
        clean_fields(kind, fields)
    assert (refusal.value.field or "").startswith(field)


SIGNED = {"signed_by": "The Minister"}


@pytest.mark.parametrize(
    ("kind", "fields", "field", "words"),
    [
        ("instrument", {**SIGNED, "mode": "succession"}, "predecessor", "name the state"),
        (
            "instrument",
            {**SIGNED, "mode": "accession", "predecessor": "SUN"},
            "predecessor",
            "a succession alone",
        ),
        (
            "instrument",
            {**SIGNED, "mode": "accession", "from_on": "2020-01-01"},
            "from_on",
            "provisional application alone",
        ),
        (
            "suspension",
            {"from_on": "2020-06-02", "until_on": "2020-06-01"},
            "until_on",
            "before the first",
        ),
        ("extension", {"text": "More time."}, "until_on", "name the new date"),
        (
            "extension",
            {"text": "More.", "until_on": "2021-01-01", "clause": "xv-2"},
            "clause",
            "name the notification",
        ),
        ("extension", {"text": "More.", "days": 3, "clause": "xv-2"}, "clause", "name the notif"),
        (
            "breach-allegation",
            {"text": "A breach.", "against": ["USA"]},
            "against",
            "cannot accuse itself",
        ),
    ],
)
def test_fields_that_do_not_agree_are_refused(
    cast: Cast, kind: str, fields: dict[str, Any], field: str, words: str
) -> None:
    if ACTS[kind].kind == "instrument":
        cast.treaty.participations.filter(party=cast.party("USA")).delete()
    with pytest.raises(RuleBrokenError, match=words) as refusal:
        sent(draft_of(cast, kind, **fields))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("kind", "code", "words"),
    [
        ("objection", "USA", "of one's own"),
        ("acceptance", "RUS", "cannot refer to this notification"),
        ("resumption", "RUS", "cannot refer to this notification"),
        ("reservation-withdrawal", "RUS", "cannot refer to this notification"),
        ("correction", "RUS", "only who gave"),
        ("extension", "RUS", "only who gave"),
        ("rescission", "RUS", "Only the party that gave the notice"),
    ],
)
def test_an_act_refers_to_what_it_may_alone(cast: Cast, kind: str, code: str, words: str) -> None:
    notice = issue(cast)
    fields = {f.name: _value(f) for f in ACTS[kind].fields if f.is_required}
    if kind == "extension":
        fields["until_on"] = "2021-05-20"
    with pytest.raises(RuleBrokenError, match=words) as refusal:
        sent(draft_of(cast, kind, code, refers_to=notice, **fields))
    assert refusal.value.field == "refers_to"


def test_what_was_taken_back_or_ended_is_referred_to_no_more(cast: Cast) -> None:
    suspension = issue_act(cast, "suspension", {})
    issue_act(cast, "resumption", {}, refers_to=suspension)
    with pytest.raises(RuleBrokenError, match="ended already"):
        issue_act(cast, "resumption", {}, refers_to=suspension)
    request = issue_act(cast, "consultation-request", REQUEST)
    issue_act(cast, "rescission", {}, refers_to=request)
    more = {"text": "More.", "clause": "respond_by", "until_on": "2020-08-01"}
    with pytest.raises(RuleBrokenError, match="taken back"):
        issue_act(cast, "extension", more, refers_to=request)
    assert not request.deadlines.exclude(status="void").exists()


def test_an_extension_moves_the_limit_that_its_giver_has_set(cast: Cast) -> None:
    request = issue_act(cast, "consultation-request", REQUEST)
    fields = {"clause": "respond_by", "until_on": "2020-07-15", "text": "Two weeks more."}
    extension = issue_act(cast, "extension", fields, refers_to=request)
    clocks = list(request.deadlines.with_reasons())
    assert {clock.version.due_on for clock in clocks} == {date(2020, 7, 15)}
    assert {clock.version.no for clock in clocks} == {2}
    assert Fact.objects.filter(notification=extension).count() == len(clocks)
    assert verify().ok


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"clause": "respond_by", "until_on": "2020-06-30"}, "until_on", "after the present date"),
        ({"clause": "respond_by", "until_on": "2020-05-22"}, "until_on", "after the day of that"),
        ({"clause": "xv-9", "until_on": "2020-07-15"}, "clause", "no such time-limit"),
    ],
)
def test_an_extension_to_no_later_day_or_of_no_limit_is_refused(
    cast: Cast, more: dict[str, Any], field: str, words: str
) -> None:
    request = issue_act(cast, "consultation-request", REQUEST)
    with pytest.raises(RuleBrokenError, match=words) as refusal:
        sent(draft_of(cast, "extension", refers_to=request, text="More.", **more))
    assert refusal.value.field == field


def test_a_party_does_not_extend_the_duty_of_the_depositaries(cast: Cast) -> None:
    notice = issue(cast)
    register_receipt(
        notification=notice,
        party=cast.party("CAN"),
        on=TODAY,
        actor=cast.canadian_officer,
        now=NOW,
    )
    with pytest.raises(RuleBrokenError, match="binds the depositaries"):
        sent(draft_of(cast, "extension", refers_to=notice, text="M.", clause="xv-3", days=9))
