"""Corrections, and acts on what few may read: new acts that point back, with all versions shown."""

from __future__ import annotations

import pytest

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import Draft, Event, Notification
from notifications.services.drafting import discard_draft, edit_draft
from notifications.services.issuing import issue_notification
from notifications.services.preview import preview
from notifications.services.versions import versions_of
from tests.factories import NOW, TODAY, Cast, issue, issue_act
from tests.services.acting import draft_of, sent

DAY = {"passage": "The day", "reads": "Tuesday", "should_read": "Wednesday"}


def correct(cast: Cast, target: Notification, **fields: str) -> Notification:
    return issue_act(cast, "correction", {**DAY, **fields}, refers_to=target)


def test_each_correction_is_a_further_version_and_the_act_stays_as_it_was(cast: Cast) -> None:
    note = issue(cast, text="We leave on Tuesday.")
    digest = note.digest
    first = correct(cast, note)
    second = correct(cast, note, reads="leave", should_read="withdraw", passage="The verb")
    versions = versions_of(second)
    assert [version.text for version in versions] == [
        "We leave on Tuesday.",
        "We leave on Wednesday.",
        "We withdraw on Wednesday.",
    ]
    assert [version.notification for version in versions] == [note, first, second]
    assert [version.no for version in versions] == [1, 2, 3]
    note.refresh_from_db()
    assert (note.text, note.digest) == ("We leave on Tuesday.", digest)


def test_a_correction_of_a_correction_is_a_version_of_the_first_act(cast: Cast) -> None:
    note = issue(cast, text="We leave on Tuesday.")
    wrong = correct(cast, note)
    right = correct(cast, wrong, reads="Wednesday", should_read="Thursday")
    versions = versions_of(note)
    assert [version.notification for version in versions] == [note, wrong, right]
    assert versions[-1].text == "We leave on Thursday."


def test_what_does_not_stand_in_the_text_is_shown_and_changes_nothing_of_it(cast: Cast) -> None:
    note = issue(cast, text="We leave.")
    draft = draft_of(cast, "correction", refers_to=note, **DAY)
    findings = preview(draft=draft, today=TODAY).findings
    assert [(found.level, found.code) for found in findings] == [("warn", "passage-not-found")]
    correct(cast, note)
    last = versions_of(note)[-1]
    assert (last.text, last.is_applied, last.should_read) == ("We leave.", False, "Wednesday")


def test_versions_are_those_that_a_reader_may_read(cast: Cast) -> None:
    note = issue(cast, text="We leave on Tuesday.")
    correct(cast, note)
    assert len(versions_of(note, among=[])) == 1


def test_a_correction_moves_no_clock(cast: Cast) -> None:
    note = issue(cast)
    before = list(note.deadlines.values_list("pk", "status", "current_version"))
    correct(cast, note)
    assert list(note.deadlines.values_list("pk", "status", "current_version")) == before


def test_what_refers_to_a_restricted_act_is_told_to_nobody_else(cast: Cast) -> None:
    fields = {"text": "Between us.", "addressees": ["RUS"], "visibility": "restricted"}
    request = issue_act(cast, "consultation-request", fields)
    back = issue_act(cast, "rescission", {"visibility": "public"}, refers_to=request)
    assert back.visibility == Notification.Visibility.RESTRICTED
    assert set(back.addressees().values_list("code", flat=True)) == {"RUS"}
    assert not Notification.objects.visible_to(cast.german_observer, TODAY).exists()


def test_an_edit_does_not_widen_who_is_told(cast: Cast) -> None:
    fields = {"text": "Between us.", "addressees": ["RUS"], "visibility": "restricted"}
    request = issue_act(cast, "consultation-request", fields)
    draft = draft_of(cast, "rescission", refers_to=request)
    edited = edit_draft(
        draft=draft,
        fields={"visibility": "public", "text": "Forget it."},
        version=draft.version,
        actor=cast.us_drafter,
        now=NOW,
    )
    assert edited.fields["visibility"] == "restricted"
    assert edited.fields["addressees"] == ["RUS"]


def test_a_draft_that_is_given_up_stands_on_no_desk_and_does_nothing_more(cast: Cast) -> None:
    draft = draft_of(cast, "suspension")
    gone = discard_draft(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)
    assert gone.state == "discarded"
    assert not Draft.objects.open().exists()
    assert Event.objects.filter(act="draft-discarded").exists()
    with pytest.raises(RuleBrokenError, match="“discarded”"):
        sent(gone)
    with pytest.raises(ChangedMeanwhileError, match="discarded meanwhile"):
        edit_draft(draft=draft, fields={}, version=draft.version, actor=cast.us_drafter, now=NOW)


def test_nobody_else_discards_a_draft_and_none_that_awaits_approval(cast: Cast) -> None:
    draft = draft_of(cast, "suspension")
    for actor in (cast.russian_head, cast.canadian_officer, cast.administrator):
        with pytest.raises(NotPermittedError):
            discard_draft(draft=draft, version=draft.version, actor=actor, now=NOW)
    waiting = sent(draft)
    with pytest.raises(RuleBrokenError, match="awaiting approval"):
        discard_draft(draft=waiting, version=waiting.version, actor=cast.us_drafter, now=NOW)
    assert issue_notification(draft=waiting, actor=cast.us_head, now=NOW)
