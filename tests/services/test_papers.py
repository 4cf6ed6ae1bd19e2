"""Files: stored once by their digest, named as text, with a draft, with an act, with a response."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from notifications.errors import ChangedMeanwhileError, NotPermittedError, RuleBrokenError
from notifications.models import Attachment, Document, Event, Response
from notifications.models.papers import fault_of, path_of
from notifications.register import verify
from notifications.services.draft_files import add_files, remove_file
from notifications.services.drafting import edit_draft, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.papers import Upload, store_document
from notifications.services.responding import respond_to_notification
from tests import paper
from tests.factories import NOW, WITHDRAWAL_FIELDS, Cast, issue, us_draft


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """A folder of its own for the files of each test."""
    settings.TREATYFLOW_DOCUMENTS = tmp_path / "documents"
    return tmp_path / "documents"


def stored(cast: Cast, data: bytes, name: str = "note.pdf") -> Document:
    return store_document(data, name=name, actor=cast.us_drafter, now=NOW)


def test_a_file_is_stored_once_by_its_digest(cast: Cast, folder: Path) -> None:
    data = paper.pdf()
    first = stored(cast, data)
    assert stored(cast, data, "another-name.pdf") == first
    assert stored(cast, paper.pdf("another note")) != first
    path = folder / first.sha256[:2] / first.sha256
    assert path.read_bytes() == data
    assert (first.size, first.type) == (len(data), "application/pdf")
    assert path.stat().st_mode & 0o077 == 0
    assert Event.objects.filter(act="document-stored").count() == 2
    assert sorted(one.name for one in path.parent.iterdir()) == [first.sha256]


def test_a_file_is_read_where_it_lies_and_not_by_its_name(cast: Cast) -> None:
    file = BytesIO(paper.png())
    file.read(10)
    kept = store_document(file, name="report.pdf", actor=cast.us_drafter, now=NOW)
    assert kept.type == "image/png"


def test_what_was_rolled_back_is_stored_again(cast: Cast) -> None:
    with transaction.atomic():
        stored(cast, paper.png())
        transaction.set_rollback(True)
    assert not Document.objects.exists()
    assert verify().ok
    assert stored(cast, paper.png()).type == "image/png"


@pytest.mark.parametrize(
    ("data", "word"),
    [(b"", "empty"), (b"x" * (2 << 20), "larger than 1 MB"), (b"GIF89a", "PDF, PNG, JPEG")],
)
def test_files_that_are_not_taken_leave_nothing(
    cast: Cast, folder: Path, settings: Settings, data: bytes, word: str
) -> None:
    settings.TREATYFLOW_DOCUMENT_MEGABYTES = 1
    with pytest.raises(RuleBrokenError, match=word) as refused:
        stored(cast, data)
    assert refused.value.field == "files"
    assert not folder.exists()
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "name", ["", "  ", "..", "/", "a\x00b.pdf", "line\nbreak.pdf", "a\u202egpj.exe", "x" * 201]
)
def test_a_name_that_is_no_plain_text_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(RuleBrokenError, match="name"):
        stored(cast, paper.pdf(), name)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\notes\\note.pdf", "note.pdf"),
        ("Нота № 5.pdf", "Нота № 5.pdf"),
        ('<b>"note".pdf', '<b>"note".pdf'),
    ],
)
def test_a_name_is_kept_as_text_without_its_folders(cast: Cast, given: str, kept: str) -> None:
    draft = us_draft(cast, is_sent=False)
    upload = Upload(paper.pdf(), given)
    draft = add_files(draft=draft, uploads=[upload], version=1, actor=cast.us_drafter, now=NOW)
    assert [one["name"] for one in draft.fields["attachments"]] == [kept]


def test_a_missing_or_altered_file_is_found(cast: Cast) -> None:
    document = stored(cast, paper.pdf())
    assert verify().ok
    path = path_of(document.sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    assert verify().broken == f"document {document.pk}: its file {document.sha256} is altered"
    path.unlink()
    assert verify().broken == f"document {document.pk}: its file {document.sha256} is missing"
    stored(cast, paper.pdf())
    assert fault_of(document.sha256) == ""
    assert verify().ok


def test_files_of_a_draft_are_sealed_with_the_act(cast: Cast) -> None:
    draft = us_draft(cast, is_sent=False)
    uploads = [Upload(paper.pdf("powers"), "powers.pdf"), Upload(paper.jpeg(), "map.jpg")]
    draft = add_files(draft=draft, uploads=uploads, version=1, actor=cast.us_drafter, now=NOW)
    draft = send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)
    act = issue_notification(draft=draft, actor=cast.us_head, now=NOW)
    kept = Attachment.objects.filter(notification=act).order_by("pk")
    assert [(one.name, one.is_scan) for one in kept] == [
        ("powers.pdf", False),
        ("map.jpg", False),
    ]
    assert kept[0].document.sha256 in act.canonical
    assert verify().ok


def test_an_edit_of_the_words_keeps_the_files(cast: Cast) -> None:
    draft = us_draft(cast, is_sent=False)
    upload = Upload(paper.pdf(), "powers.pdf")
    draft = add_files(draft=draft, uploads=[upload], version=1, actor=cast.us_drafter, now=NOW)
    draft = edit_draft(
        draft=draft,
        fields={**WITHDRAWAL_FIELDS, "text": "Otherwise."},
        version=draft.version,
        actor=cast.us_drafter,
        now=NOW,
    )
    assert [one["name"] for one in draft.fields["attachments"]] == ["powers.pdf"]
    forged = {**WITHDRAWAL_FIELDS, "attachments": [{"sha256": "0" * 64, "name": "x"}]}
    draft = edit_draft(
        draft=draft, fields=forged, version=draft.version, actor=cast.us_drafter, now=NOW
    )
    assert [one["name"] for one in draft.fields["attachments"]] == ["powers.pdf"]


def test_adding_a_file_changes_the_wording_that_somebody_else_approves(cast: Cast) -> None:
    draft = us_draft(cast, is_sent=False)
    upload = Upload(paper.pdf(), "powers.pdf")
    changed = add_files(draft=draft, uploads=[upload], version=1, actor=cast.us_head, now=NOW)
    assert (changed.version, changed.written_by) == (2, cast.us_head)
    with pytest.raises(ChangedMeanwhileError):
        add_files(draft=draft, uploads=[upload], version=1, actor=cast.us_drafter, now=NOW)
    sent = send_for_approval(draft=changed, version=2, actor=cast.us_drafter, now=NOW)
    with pytest.raises(NotPermittedError):
        issue_notification(draft=sent, actor=cast.us_head, now=NOW)
    with pytest.raises(RuleBrokenError):
        remove_file(
            draft=sent,
            sha256=changed.fields["attachments"][0]["sha256"],
            version=sent.version,
            actor=cast.us_drafter,
            now=NOW,
        )


def test_a_file_is_removed_again(cast: Cast) -> None:
    draft = us_draft(cast, is_sent=False)
    upload = Upload(paper.pdf(), "powers.pdf")
    draft = add_files(draft=draft, uploads=[upload], version=1, actor=cast.us_drafter, now=NOW)
    sha256 = draft.fields["attachments"][0]["sha256"]
    draft = remove_file(draft=draft, sha256=sha256, version=2, actor=cast.us_drafter, now=NOW)
    assert "attachments" not in draft.fields
    with pytest.raises(RuleBrokenError, match="does not go with"):
        remove_file(draft=draft, sha256=sha256, version=3, actor=cast.us_drafter, now=NOW)


def test_no_file_too_many_and_the_same_one_twice_are_refused(cast: Cast) -> None:
    draft = us_draft(cast, is_sent=False)
    with pytest.raises(RuleBrokenError, match="Choose a file"):
        add_files(draft=draft, uploads=[], version=1, actor=cast.us_drafter, now=NOW)
    many = [Upload(paper.pdf(f"no {no}"), f"{no}.pdf") for no in range(11)]
    with pytest.raises(RuleBrokenError, match="At most 10 files"):
        add_files(draft=draft, uploads=many, version=1, actor=cast.us_drafter, now=NOW)
    draft = add_files(draft=draft, uploads=many[:1], version=1, actor=cast.us_drafter, now=NOW)
    with pytest.raises(RuleBrokenError, match="already"):
        add_files(draft=draft, uploads=many[:1], version=2, actor=cast.us_drafter, now=NOW)


def test_nobody_else_adds_files_to_a_draft(cast: Cast) -> None:
    draft = us_draft(cast, is_sent=False)
    upload = Upload(paper.pdf(), "powers.pdf")
    for person in (cast.russian_head, cast.administrator, cast.german_observer):
        with pytest.raises(NotPermittedError):
            add_files(draft=draft, uploads=[upload], version=1, actor=person, now=NOW)
    assert not Document.objects.exists()


def test_files_go_with_a_response_and_a_second_click_adds_none(cast: Cast) -> None:
    act = issue(cast)
    answer = {
        "notification": act,
        "party": cast.party("RUS"),
        "position": "regrets",
        "text": "We regret it.",
        "actor": cast.russian_drafter,
        "now": NOW + timedelta(hours=1),
        "uid": "0b0a9d4c-7f9b-4a6e-9d1c-5a6b7c8d9e0f",
        "files": [Upload(paper.pdf("annex"), "annex.pdf")],
    }
    response = respond_to_notification(**answer)  # type: ignore[arg-type]
    assert respond_to_notification(**answer) == response  # type: ignore[arg-type]
    kept = Attachment.objects.get(response=response)
    assert (kept.name, kept.by) == ("annex.pdf", cast.russian_drafter)
    assert kept.document.sha256 in Response.objects.get().canonical
    assert verify().ok
    with pytest.raises(RuleBrokenError) as refused:
        respond_to_notification(
            **{**answer, "uid": None, "files": [Upload(b"MZ", "annex.pdf")]}  # type: ignore[arg-type]
        )
    assert refused.value.field == "files"
    assert Response.objects.count() == 1
