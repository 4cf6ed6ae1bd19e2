"""Files on the pages: downloads, the files of a draft and of a response, defects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from notifications.models import Attachment, Defect, Document, Draft, Response, Role, User
from notifications.models.papers import path_of
from notifications.services.defects import bring_defect
from notifications.services.draft_files import add_files
from notifications.services.drafting import send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.papers import Upload
from notifications.services.responding import respond_to_notification
from tests import paper
from tests.factories import NOW, Cast, issue, make_treaty, make_user, us_draft

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    """A folder of its own for the files of each test."""
    settings.TREATYFLOW_DOCUMENTS = tmp_path / "documents"


def chosen(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")


def with_file(cast: Cast, name: str = "powers.pdf", data: bytes = b"") -> Draft:
    draft = us_draft(cast, is_sent=False)
    uploads = [Upload(data or paper.pdf(), name)]
    return add_files(draft=draft, uploads=uploads, version=1, actor=cast.us_drafter, now=NOW)


def issued_file(cast: Cast, name: str = "powers.pdf") -> Attachment:
    draft = with_file(cast, name)
    draft = send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)
    return issue_notification(draft=draft, actor=cast.us_head, now=NOW).attachments.get()


def test_a_file_is_downloaded_as_it_was_handed_in(cast: Cast, sign_in: SignIn) -> None:
    file = issued_file(cast, "Полномочия № 5.pdf")
    answer = sign_in(cast.russian_drafter).get(reverse("attachment", kwargs={"uid": file.uid}))
    assert b"".join(answer.streaming_content) == paper.pdf()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%D0%9F")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Cache-Control"] == "private, no-store"


def test_the_type_is_that_of_the_content_and_markup_in_a_name_stays_text(
    cast: Cast, sign_in: SignIn
) -> None:
    file = issued_file(cast, '"><script>alert(1)</script>.html')
    browser = sign_in(cast.russian_drafter)
    answer = browser.get(reverse("attachment", kwargs={"uid": file.uid}))
    assert list(answer)  # to its end, so that its file is closed
    assert answer["Content-Type"] == "application/pdf"
    page = browser.get(reverse("notification", kwargs={"uid": file.notification.uid}))  # type: ignore[union-attr]
    assert "<script>alert" not in page.text
    assert "script&gt;.html" in page.text


def test_a_file_that_is_missing_is_not_found_and_logged(
    cast: Cast, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    file = issued_file(cast)
    path_of(file.document.sha256).unlink()
    answer = sign_in(cast.us_drafter).get(reverse("attachment", kwargs={"uid": file.uid}))
    assert answer.status_code == 404
    assert f"document {file.document.pk}: its file cannot be read" in caplog.text


def test_files_are_added_to_a_draft_and_removed(cast: Cast, sign_in: SignIn) -> None:
    draft = us_draft(cast, is_sent=False)
    address, browser = reverse("draft-files", kwargs={"uid": draft.uid}), sign_in(cast.us_drafter)
    assert "None yet." in browser.get(address).text
    files = [chosen(paper.pdf(), "powers.pdf"), chosen(paper.tiff(), "map.tif")]
    page = browser.post(address, {"version": "1", "do": "add", "files": files}, follow=True)
    assert "Added: it goes with the act" in page.text
    draft.refresh_from_db()
    assert [one["name"] for one in draft.fields["attachments"]] == ["powers.pdf", "map.tif"]
    sha256 = draft.fields["attachments"][0]["sha256"]
    assert "powers.pdf" in browser.get(reverse("draft", kwargs={"uid": draft.uid})).text
    gone = browser.post(
        address, {"version": str(draft.version), "do": "remove", "sha256": sha256}, follow=True
    )
    assert "was removed" in gone.text
    draft.refresh_from_db()
    assert [one["name"] for one in draft.fields["attachments"]] == ["map.tif"]


@pytest.mark.parametrize(
    ("files", "version", "sentence"),
    [
        ([], "1", "Choose a file to be added."),
        ([chosen(b"<html>", "note.pdf")], "1", "“note.pdf”: The file is none of the kinds"),
        ([chosen(b"", "note.pdf")], "1", "“note.pdf”: The file is empty."),
        ([chosen(paper.pdf(), "note.pdf")], "7", "You changed this draft in another window"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_changed(
    cast: Cast,
    sign_in: SignIn,
    files: list[SimpleUploadedFile],
    version: str,
    sentence: str,
) -> None:
    draft = us_draft(cast, is_sent=False)
    address = reverse("draft-files", kwargs={"uid": draft.uid})
    page = sign_in(cast.us_drafter).post(address, {"version": version, "files": files})
    assert sentence in page.text.replace("&#x27;", "'")
    draft.refresh_from_db()
    assert (draft.version, draft.fields.get("attachments")) == (1, None)


def test_the_head_of_mission_reads_the_files_before_issuing(cast: Cast, sign_in: SignIn) -> None:
    draft = with_file(cast)
    send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)
    browser = sign_in(cast.us_head)
    sha256 = draft.fields["attachments"][0]["sha256"]
    address = reverse("draft-file", kwargs={"uid": draft.uid, "sha256": sha256})
    approval = browser.get(reverse("draft-approval", kwargs={"uid": draft.uid})).text
    assert address in approval
    assert b"".join(browser.get(address).streaming_content) == paper.pdf()  # type: ignore[attr-defined]
    files = browser.get(reverse("draft-files", kwargs={"uid": draft.uid})).text
    assert 'type="file"' not in files
    other = reverse("draft-file", kwargs={"uid": draft.uid, "sha256": "0" * 64})
    assert browser.get(other).status_code == 404


def test_a_response_carries_files_that_the_page_lists(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.russian_drafter)
    address = reverse("respond", kwargs={"uid": act.uid})
    files = [chosen(paper.pdf("annex"), "annex.pdf")]
    refused = browser.post(
        address, {"position": "regrets", "text": "Our words.", "files": [chosen(b"MZ", "a.exe")]}
    )
    assert "“a.exe”: The file is none of the kinds" in refused.text
    assert "Our words." in refused.text
    assert "have to be chosen again" in refused.text
    assert not Response.objects.exists()
    done = browser.post(
        address, {"position": "regrets", "text": "Our words.", "files": files}, follow=True
    )
    assert "annex.pdf" in done.text
    assert "with the response of: the Russian Federation" in done.text


def test_a_file_that_is_too_long_never_reaches_the_disk_whole(
    cast: Cast, sign_in: SignIn, settings: Settings
) -> None:
    settings.TREATYFLOW_DOCUMENT_MEGABYTES = 1
    draft = us_draft(cast, is_sent=False)
    address = reverse("draft-files", kwargs={"uid": draft.uid})
    answer = sign_in(cast.us_drafter).post(
        address, {"version": "1", "files": [chosen(b"%PDF-" + b"x" * (5 << 20), "long.pdf")]}
    )
    assert "larger than 1 MB" in answer.text
    (came,) = answer.wsgi_request.FILES.getlist("files")
    assert (1 << 20) < came.size <= (1 << 20) + (1 << 17)
    assert not Document.objects.exists()


def test_a_defect_is_shown_on_the_page_of_the_act(cast: Cast, sign_in: SignIn) -> None:
    act, browser = issue(cast), sign_in(cast.canadian_officer)
    here = {"uid": act.uid}
    address, page = reverse("defect", kwargs=here), reverse("notification", kwargs=here)
    assert address in browser.get(page).text
    assert address not in sign_in(cast.russian_drafter).get(page).text
    empty = browser.post(address, {"text": " "})
    assert "say it, as the sender is to read it" in empty.text
    assert not Defect.objects.exists()
    done = browser.post(address, {"text": "No <b>seal</b>."}, follow=True)
    assert "Brought to the attention of the sender." in done.text
    for person in (cast.us_drafter, cast.german_observer):
        seen = sign_in(person).get(page).text
        assert "No &lt;b&gt;seal&lt;/b&gt;." in seen
        assert "Not in due form" in seen
    assert "No &lt;b&gt;seal" in browser.get(address).text


def queries(browser: Client, address: str, **asked: str) -> int:
    """The number of queries of one page, which was shown once before."""
    assert browser.get(address, asked).status_code == 200
    with CaptureQueriesContext(connection) as found:
        browser.get(address, asked)
    return len(found)


def test_a_page_asks_as_often_for_many_files_and_defects_as_for_one(
    cast: Cast, sign_in: SignIn
) -> None:
    act, counts = issue(cast), []
    browser, page = sign_in(cast.us_head), reverse("notification", kwargs={"uid": act.uid})
    for number in (1, 4):
        for one in range(number):
            text = f"Defect {number}.{one}"
            bring_defect(notification=act, text=text, actor=cast.canadian_officer, now=NOW)
            respond_to_notification(
                notification=act,
                party=cast.party("RUS"),
                position="regrets",
                text="",
                actor=cast.russian_drafter,
                now=NOW,
                files=[Upload(paper.pdf(text), f"{text}.pdf")],
            )
        counts.append(queries(browser, page))
    assert counts[0] == counts[1]


def test_the_form_of_a_paper_note_asks_as_often_for_many_parties_as_for_few(
    cast: Cast, sign_in: SignIn
) -> None:
    many = [f"X{letter}{other}" for letter in "ABCDE" for other in "ABCDEFGH"]
    large = make_treaty("large", members=("USA", "RUS", "CAN", "HUN", *many))
    browser = sign_in(make_user("Sofia Secretary", "UNO", Role.SECRETARIAT))
    counts = {
        queries(browser, reverse("paper-note"), treaty=treaty.slug, party="USA", act="withdrawal")
        for treaty in (cast.treaty, large)
    }
    assert len(counts) == 1
