"""Drafts: who may write them, what is refused, and two people at one draft."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import Draft, Event, Notification, Participation
from notifications.register import verify
from notifications.services.drafting import (
    draft_notification,
    edit_draft,
    return_draft,
    send_for_approval,
)
from notifications.services.issuing import issue_notification
from tests.factories import NOW, WITHDRAWAL_FIELDS, Cast, make_cast, make_treaty


def begin(cast: Cast, **fields: Any) -> Draft:
    return draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="withdrawal",
        fields={**WITHDRAWAL_FIELDS, **fields},
        actor=cast.us_drafter,
        now=NOW,
    )


def send(draft: Draft, cast: Cast) -> Draft:
    return send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)


def test_a_drafter_begins_a_draft_in_a_case_of_its_own(cast: Cast) -> None:
    draft = begin(cast)
    assert draft.state == "draft"
    assert draft.case.is_live
    assert Event.objects.get(act="draft-begun").record == f"draft:{draft.pk}"
    assert not Notification.objects.exists()


@pytest.mark.parametrize("who", ["german_observer", "canadian_officer", "russian_head"])
def test_nobody_else_drafts_for_a_party(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermittedError):
        draft_notification(
            treaty=cast.treaty,
            party=cast.party("USA"),
            act="withdrawal",
            fields={},
            actor=getattr(cast, who),
            now=NOW,
        )
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("effective_on", "2020-02-30", "“2020-02-30” is no date of the calendar"),
        ("effective_on", "soon", "is no date of the calendar"),
        ("signed_by", "A\nB", "Signed by: write it on one line."),
        ("text", "a\x00b", "control character"),
        ("signed_by", "x" * 301, "at most 300 characters"),
        ("colour", "red", "“colour” is no field of this act."),
        ("has_full_powers", "perhaps", "yes or no"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_name(
    cast: Cast, field: str, value: str, said: str
) -> None:
    with pytest.raises(RuleBrokenError, match=said) as refusal:
        begin(cast, **{field: value})
    assert refusal.value.field == field
    assert not Draft.objects.exists()


def test_markup_and_line_breaks_of_a_text_are_kept_as_typed(cast: Cast) -> None:
    draft = begin(cast, text="<script>alert(1)</script>\r\nsecond line")
    assert draft.fields["text"] == "<script>alert(1)</script>\nsecond line"


def test_two_people_editing_one_draft_lose_nothing(cast: Cast) -> None:
    draft = begin(cast)
    edit_draft(
        draft=draft,
        fields={**WITHDRAWAL_FIELDS, "text": "The head's wording."},
        version=draft.version,
        actor=cast.us_head,
        now=NOW,
    )
    with pytest.raises(ChangedMeanwhileError, match="changed by Henry Head meanwhile"):
        edit_draft(
            draft=draft,
            fields={**WITHDRAWAL_FIELDS, "text": "The drafter's wording."},
            version=draft.version,
            actor=cast.us_drafter,
            now=NOW,
        )
    draft.refresh_from_db()
    assert draft.fields["text"] == "The head's wording."


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"article": ""}, "article", "Article relied on is missing."),
        ({"signed_by": ""}, "signed_by", "Signed by is missing."),
        (
            {"effective_on": "2020-11-21"},
            "effective_on",
            r"The earliest date that Article XV\(2\) allows is 22 November 2020\.",
        ),
    ],
)
def test_what_the_clause_does_not_allow_is_not_sent_for_approval(
    cast: Cast, fields: dict[str, str], field: str, said: str
) -> None:
    draft = begin(cast, **fields)
    with pytest.raises(RuleBrokenError, match=said) as refusal:
        send(draft, cast)
    assert refusal.value.field == field
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_later_date_is_allowed_where_the_clause_sets_a_minimum(cast: Cast) -> None:
    assert send(begin(cast, effective_on="2021-01-01"), cast).state == "awaiting-approval"


def test_a_notice_without_the_statement_its_clause_asks_for_is_refused(db: None) -> None:
    rule = {
        "id": "xix-2",
        "article": "XIX(2)",
        "governs": "withdrawal",
        "summary": "Notice with a statement of the extraordinary events.",
        "starts": "given",
        "count": [{"add": "P150D"}, {"next": "day"}],
        "yields": "effect",
        "requires": ["statement-of-extraordinary-events"],
    }
    cast = make_cast(make_treaty("cfe", rules=[rule]))
    with pytest.raises(RuleBrokenError, match="asks for a statement of reasons") as refusal:
        send(begin(cast), cast)
    assert refusal.value.field == "reasons"
    assert send(begin(cast, reasons="Extraordinary events."), cast).state == "awaiting-approval"


def test_a_state_that_is_no_party_is_refused_where_the_list_is_complete(cast: Cast) -> None:
    Participation.objects.filter(party__code="USA").update(exit_on=date(2020, 1, 1))
    with pytest.raises(
        RuleBrokenError, match="United States of America is no party to Open Skies on this day"
    ):
        send(begin(cast), cast)


def test_where_the_list_is_not_complete_the_form_asks_and_wants_it_confirmed(db: None) -> None:
    cast = make_cast(make_treaty("inf", members=["RUS"], depositaries=[], is_complete=False))
    with pytest.raises(RuleBrokenError, match="say since when") as refusal:
        send(begin(cast), cast)
    assert refusal.value.field == "in_force_for_party"
    with pytest.raises(RuleBrokenError, match="confirm that it is") as refusal:
        send(begin(cast, in_force_for_party="1988-06-01"), cast)
    assert refusal.value.field == "confirmed"
    confirmed = begin(cast, in_force_for_party="1988-06-01", confirmed=["participation-unknown"])
    assert send(confirmed, cast).state == "awaiting-approval"


def test_a_returned_draft_says_why_and_can_be_sent_again(cast: Cast) -> None:
    draft = send(begin(cast), cast)
    with pytest.raises(NotPermittedError):
        return_draft(
            draft=draft, reason="no", version=draft.version, actor=cast.us_drafter, now=NOW
        )
    with pytest.raises(RuleBrokenError, match="say why"):
        return_draft(draft=draft, reason="  ", version=draft.version, actor=cast.us_head, now=NOW)
    draft = return_draft(
        draft=draft, reason="Name the article.", version=draft.version, actor=cast.us_head, now=NOW
    )
    assert (draft.state, draft.return_reason) == ("returned", "Name the article.")
    assert send(draft, cast).state == "awaiting-approval"


def test_a_draft_that_waits_or_is_issued_is_edited_no_more(cast: Cast) -> None:
    draft = send(begin(cast), cast)
    for _state in ("awaiting approval", "issued"):
        with pytest.raises(RuleBrokenError, match="cannot be done now"):
            edit_draft(
                draft=draft,
                fields={},
                version=draft.version,
                actor=cast.us_drafter,
                now=NOW,
            )
        if draft.state == "awaiting-approval":
            issue_notification(draft=draft, actor=cast.us_head, now=NOW)
            draft.refresh_from_db()
    assert verify().ok
