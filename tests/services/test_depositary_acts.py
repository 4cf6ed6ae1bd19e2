"""What a depositary gives as such: by one officer, numbered and circulated at once."""

from __future__ import annotations

import uuid

import pytest

from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Draft, Notification, Role
from notifications.register import verify
from notifications.services.drafting import draft_notification
from notifications.services.issuing import issue_notification
from tests.factories import NOW, TODAY, Cast, issue, make_user
from tests.services.acting import as_depositary, draft_of, sent

MISTAKE = {"passage": "Article IV", "reads": "fligth", "should_read": "flight"}


def test_one_officer_corrects_the_text_of_the_treaty(cast: Cast) -> None:
    filed = as_depositary(cast, "correction", **MISTAKE)
    assert isinstance(filed, Notification)
    assert filed.circulation.number.endswith(".correction")
    assert filed.progress.circulated_at == NOW
    assert filed.drafted_by == filed.approved_by == cast.canadian_officer
    assert set(filed.addressees().values_list("code", flat=True)) == {
        "USA",
        "RUS",
        "HUN",
        "DEU",
        "FRA",
    }
    assert verify().ok


def test_a_second_click_files_it_once(cast: Cast) -> None:
    mark = uuid.uuid4()
    first = as_depositary(cast, "correction", uid=mark, **MISTAKE)
    assert as_depositary(cast, "correction", uid=mark, **MISTAKE) == first
    assert Notification.objects.count() == 1


def test_a_party_does_not_correct_the_text_of_a_treaty_that_has_a_depositary(cast: Cast) -> None:
    with pytest.raises(RuleBrokenError, match="corrected by its depositary"):
        sent(draft_of(cast, "correction", **MISTAKE))


def test_an_officer_corrects_no_act_of_a_party(cast: Cast) -> None:
    notice = issue(cast)
    with pytest.raises(RuleBrokenError, match="only who gave"):
        as_depositary(cast, "correction", refers_to=notice, **MISTAKE)


@pytest.mark.parametrize("who", ["us_head", "hungarian_officer", "administrator"])
def test_nobody_else_acts_for_a_depositary(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermittedError):
        as_depositary(cast, "correction", actor=getattr(cast, who), **MISTAKE)
    assert not Notification.objects.exists()


def test_acts_of_parties_are_none_of_the_depositary(cast: Cast) -> None:
    with pytest.raises(RuleBrokenError, match="no act of a depositary"):
        as_depositary(cast, "withdrawal", article="XV(2)")
    with pytest.raises(RuleBrokenError, match="given by a depositary"):
        as_depositary(cast, "correction", "USA", actor=cast.us_head, **MISTAKE)


def test_what_stands_against_an_act_of_a_depositary_is_refused(cast: Cast) -> None:
    with pytest.raises(RuleBrokenError, match="It should read is missing") as refusal:
        as_depositary(cast, "correction", passage="Article IV", reads="fligth")
    assert refusal.value.field == "should_read"
    with pytest.raises(RuleBrokenError, match="name the notification it refers to"):
        as_depositary(cast, "conference", held_on="2020-07-06")
    notice = issue(cast)
    with pytest.raises(RuleBrokenError, match="before the day of the note"):
        as_depositary(cast, "conference", refers_to=notice, held_on="2020-05-01")
    assert Notification.objects.count() == 1


def test_an_officer_drafts_and_issues_alone(cast: Cast) -> None:
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("CAN"),
        act="correction",
        fields=MISTAKE,
        actor=cast.canadian_officer,
        now=NOW,
    )
    assert draft.fields["capacity"] == "depositary"
    issued = issue_notification(draft=sent(draft), actor=cast.canadian_officer, now=NOW)
    assert Notification.objects.with_way().get(pk=issued.pk).progress.status == "circulated"


def test_canada_corrects_its_own_note_as_a_party_and_two_persons_are_needed(cast: Cast) -> None:
    person = make_user("Both Hats", "CAN", Role.DRAFTER)
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("CAN"),
        act="declaration",
        fields={"text": "We read it so."},
        actor=person,
        now=NOW,
    )
    head = make_user("Canadian Head", "CAN", Role.HEAD_OF_MISSION)
    note = issue_notification(draft=sent(draft), actor=head, now=NOW)
    correction = draft_notification(
        treaty=cast.treaty,
        party=cast.party("CAN"),
        act="correction",
        fields={"passage": "The verb", "reads": "read", "should_read": "understand"},
        actor=person,
        now=NOW,
        refers_to=note,
    )
    assert "capacity" not in correction.fields
    with pytest.raises(NotPermittedError):
        issue_notification(draft=sent(correction), actor=cast.canadian_officer, now=NOW)
    assert Draft.objects.get(pk=correction.pk).state == "awaiting-approval"


def test_a_mission_and_the_depositary_of_the_same_party_read_no_drafts_of_each_other(
    cast: Cast,
) -> None:
    person = make_user("Canadian Drafter", "CAN", Role.DRAFTER)
    of_mission, of_office = (
        draft_notification(
            treaty=cast.treaty,
            party=cast.party("CAN"),
            act="correction" if actor is cast.canadian_officer else "declaration",
            fields=MISTAKE if actor is cast.canadian_officer else {"text": "We read it so."},
            actor=actor,
            now=NOW,
        )
        for actor in (person, cast.canadian_officer)
    )
    assert of_office.fields["capacity"] == "depositary"

    assert list(Draft.objects.visible_to(person, TODAY)) == [of_mission]
    assert list(Draft.objects.visible_to(cast.canadian_officer, TODAY)) == [of_office]


def test_to_agree_to_a_joint_act_it_is_read_in_the_capacity_in_which_it_is_given(
    cast: Cast,
) -> None:
    notice = issue(cast)
    of_parties = sent(draft_of(cast, "declaration", joint_with=["HUN"], text="Together."))
    of_offices = as_depositary(
        cast, "conference", "CAN", "HUN", refers_to=notice, held_on="2020-07-06", text="Come."
    )
    head = make_user("Hungarian Head", "HUN", Role.HEAD_OF_MISSION)

    assert list(Draft.objects.visible_to(head, TODAY)) == [of_parties]
    assert list(Draft.objects.visible_to(cast.hungarian_officer, TODAY)) == [of_offices]
