"""Joint acts: whoever gives an act with another one agrees to its wording first."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import (
    Concurrence,
    Draft,
    Event,
    Notification,
    Participation,
    Role,
    TreatyDepositary,
    User,
)
from notifications.register import verify
from notifications.services.concurring import concur, decline
from notifications.services.drafting import draft_notification, return_draft
from notifications.services.issuing import issue_notification
from tests.factories import NOW, TODAY, Cast, issue, issue_act, make_user
from tests.services.acting import as_depositary, draft_of, head_of, sent


@pytest.fixture
def joint(cast: Cast) -> Draft:
    """A declaration of the United States with Germany and France, sent for approval."""
    return sent(draft_of(cast, "declaration", joint_with=["FRA", "DEU"], text="Together."))


@pytest.fixture
def german_head() -> User:
    return head_of("DEU", "Hanna Head")


def agree(draft: Draft, cast: Cast, code: str, actor: User) -> Concurrence:
    return concur(draft=draft, party=cast.party(code), version=draft.version, actor=actor, now=NOW)


def test_a_joint_act_is_issued_once_everybody_has_agreed(
    cast: Cast, joint: Draft, german_head: User
) -> None:
    awaited = Concurrence.objects.awaited().values_list("party__code", "version")
    assert set(awaited) == {("DEU", joint.version), ("FRA", joint.version)}
    agree(joint, cast, "DEU", german_head)
    with pytest.raises(RuleBrokenError, match=r"still waits.*France") as refusal:
        issue_notification(draft=joint, actor=cast.us_head, now=NOW)
    assert refusal.value.field == "joint_with"
    agree(joint, cast, "FRA", head_of("FRA"))
    issued = issue_notification(draft=joint, actor=cast.us_head, now=NOW)
    assert set(issued.senders.values_list("code", flat=True)) == {"USA", "DEU", "FRA"}
    assert not issued.addressees().filter(code__in=("USA", "DEU", "FRA")).exists()
    assert verify().ok


def test_the_other_mission_reads_the_draft_while_it_is_asked_and_not_before(
    cast: Cast, german_head: User
) -> None:
    draft = draft_of(cast, "declaration", joint_with=["DEU"], text="Together.")

    def seen() -> list[Draft]:
        return list(Draft.objects.visible_to(german_head, TODAY))

    assert seen() == []
    waiting = sent(draft)
    assert seen() == [draft]
    return_draft(
        draft=waiting, reason="Not yet.", version=waiting.version, actor=cast.us_head, now=NOW
    )
    assert seen() == []
    assert not Concurrence.objects.exists()


def test_a_second_click_on_agreeing_gives_the_first_record(
    cast: Cast, joint: Draft, german_head: User
) -> None:
    first = agree(joint, cast, "DEU", german_head)
    assert agree(joint, cast, "DEU", german_head) == first
    assert Event.objects.filter(act="draft-concurred").count() == 1
    assert json.loads(Event.objects.get(act="draft-concurred").body)["party"] == "DEU"


def test_only_a_head_of_mission_of_a_party_that_is_asked_agrees(cast: Cast, joint: Draft) -> None:
    for code, actor in (
        ("DEU", cast.german_observer),
        ("FRA", head_of("DEU")),
        ("RUS", cast.russian_head),
        ("USA", cast.us_head),
    ):
        with pytest.raises(NotPermittedError):
            agree(joint, cast, code, actor)
        with pytest.raises(NotPermittedError):
            decline(draft=joint, party=cast.party(code), reason="No.", actor=actor, now=NOW)
    assert Concurrence.objects.awaited().count() == 2


def test_nobody_agrees_to_another_wording_than_the_one_that_was_read(
    cast: Cast, joint: Draft, german_head: User
) -> None:
    with pytest.raises(ChangedMeanwhileError):
        concur(
            draft=joint,
            party=cast.party("DEU"),
            version=joint.version - 1,
            actor=german_head,
            now=NOW,
        )


def test_who_declines_gives_the_draft_back_with_the_reason(
    cast: Cast, joint: Draft, german_head: User
) -> None:
    agree(joint, cast, "FRA", head_of("FRA"))
    party = cast.party("DEU")
    with pytest.raises(RuleBrokenError) as refusal:
        decline(draft=joint, party=party, reason=" ", actor=german_head, now=NOW)
    assert refusal.value.field == "reason"
    returned = decline(
        draft=joint, party=party, reason="The second line.", actor=german_head, now=NOW
    )
    assert (returned.state, returned.return_reason) == ("returned", "The second line.")
    assert not Concurrence.objects.exists()
    # Sent again, everybody has to agree anew: who agreed before, agreed to another wording.
    again = sent(returned)
    assert Concurrence.objects.awaited().filter(version=again.version).count() == 2


@pytest.mark.parametrize(
    ("codes", "words"),
    [(["JPN"], "no party to Open Skies"), (["USA", "DEU"], "name the others alone")],
)
def test_a_joint_act_names_other_parties_alone(cast: Cast, codes: list[str], words: str) -> None:
    cast.party("JPN")
    with pytest.raises(RuleBrokenError, match=words) as refusal:
        sent(draft_of(cast, "suspension", joint_with=codes, text="Together."))
    assert refusal.value.field == "joint_with"


def refused(draft: Draft, words: str) -> None:
    """Nobody is asked to agree to what one of those who give it cannot give."""
    with pytest.raises(RuleBrokenError, match=words):
        sent(draft)
    assert not draft.concurrences.exists()


def test_a_depositary_that_is_no_party_gives_no_act_of_a_party_jointly(cast: Cast) -> None:
    TreatyDepositary.objects.create(treaty=cast.treaty, party=cast.party("JPN"))
    for act in ("suspension", "declaration"):
        refused(draft_of(cast, act, joint_with=["JPN"], text="Together."), "Japan is no party")


def test_what_only_its_giver_can_do_is_not_done_jointly_with_another(cast: Cast) -> None:
    given = issue_act(cast, "suspension", {"text": "Suspended.", "reasons": "Need."})
    joint = {"refers_to": given, "joint_with": ["DEU"], "text": "Resumed."}
    refused(draft_of(cast, "resumption", **joint), "only who gave that notification")
    refused(draft_of(cast, "rescission", **joint), "Only the party that gave the notice")
    assert sent(draft_of(cast, "resumption", **{**joint, "joint_with": []}))


def test_nobody_objects_jointly_to_an_act_of_its_own(cast: Cast) -> None:
    joint = {"refers_to": issue(cast), "text": "We object."}
    refused(draft_of(cast, "objection", "RUS", joint_with=["DEU", "USA"], **joint), "one's own")
    assert sent(draft_of(cast, "objection", "RUS", joint_with=["DEU"], **joint))


def test_what_one_of_them_has_ended_already_is_not_ended_jointly(
    cast: Cast, german_head: User
) -> None:
    draft = sent(draft_of(cast, "suspension", joint_with=["DEU"], text="Suspended."))
    agree(draft, cast, "DEU", german_head)
    given = issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    drafter = make_user("Dora Drafter", "DEU", Role.DRAFTER)
    own = draft_notification(
        treaty=cast.treaty,
        party=cast.party("DEU"),
        act="resumption",
        fields={"text": "Resumed."},
        actor=drafter,
        now=NOW,
        refers_to=given,
    )
    issue_notification(draft=sent(own), actor=german_head, now=NOW)
    joint = draft_of(cast, "resumption", refers_to=given, joint_with=["DEU"], text="Resumed.")
    refused(joint, "has been ended already")


def test_who_is_a_party_already_joins_in_no_signature(cast: Cast) -> None:
    Participation.objects.filter(treaty=cast.treaty, party__code="USA").delete()
    fields = {
        "joint_with": ["DEU"],
        "text": "Signed.",
        "signed_on": "2020-05-22",
        "signed_by": "Minister",
    }
    refused(draft_of(cast, "signature", **fields), "Germany is a party to Open Skies already")


def test_a_joint_conference_is_issued_by_the_agreement_of_the_other_depositary(
    cast: Cast,
) -> None:
    notice = issue(cast)
    draft = as_depositary(
        cast, "conference", "CAN", "HUN", refers_to=notice, held_on="2020-07-06", text="Come."
    )
    assert isinstance(draft, Draft)
    assert draft.state == "awaiting-approval"
    with pytest.raises(RuleBrokenError, match="still waits"):
        issue_notification(draft=draft, actor=cast.canadian_officer, now=NOW)
    for actor in (cast.canadian_officer, cast.us_head):
        with pytest.raises(NotPermittedError):
            agree(draft, cast, "HUN", actor)
    agree(draft, cast, "HUN", cast.hungarian_officer)
    issued = Notification.objects.with_way().get(draft=draft)
    assert set(issued.senders.values_list("code", flat=True)) == {"CAN", "HUN"}
    assert issued.circulation.number.endswith(".conference")
    assert (issued.drafted_by, issued.approved_by) == (
        cast.canadian_officer,
        cast.hungarian_officer,
    )
    # A second click finds it done.
    agree(draft, cast, "HUN", cast.hungarian_officer)
    assert verify().ok


def test_the_register_is_locked_last_by_who_agrees_last(cast: Cast) -> None:
    draft = as_depositary(
        cast, "conference", "CAN", "HUN", refers_to=issue(cast), held_on="2020-07-06", text="Come."
    )
    assert isinstance(draft, Draft)
    with CaptureQueriesContext(connection) as done:
        agree(draft, cast, "HUN", cast.hungarian_officer)
    statements = [query["sql"] for query in done]
    events = [no for no, sql in enumerate(statements) if 'INTO "notifications_event"' in sql]
    numbers = [no for no, sql in enumerate(statements) if "notifications_counter" in sql]
    assert len(events) == 2
    assert numbers[-1] < events[0]
