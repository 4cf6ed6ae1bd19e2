"""PDFs that are papers are taken; those that could do more than be read are refused."""

from __future__ import annotations

import random
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject

from notifications.documents import type_of
from notifications.errors import RuleBrokenError
from tests import paper

SCRIPT = {"/S": "/JavaScript", "/JS": "app.alert(1)"}


def refused(data: bytes) -> str:
    with pytest.raises(RuleBrokenError) as refusal:
        type_of(BytesIO(data))
    return refusal.value.sentence


@pytest.mark.parametrize(
    "root",
    [
        {},
        {"/OpenAction": [0, "/Fit"]},
        {"/OpenAction": {"/S": "/GoTo", "/D": [0, "/Fit"]}},
        {"/PageMode": "/UseOutlines", "/Lang": "fr-FR"},
        {"/StructTreeRoot": {"/Type": "/StructTreeRoot", "/K": {"/S": "/Sect"}}},
    ],
)
def test_a_paper_is_taken_though_it_turns_to_a_page(root: dict[str, Any]) -> None:
    assert type_of(BytesIO(paper.pdf(root=root))) == "application/pdf"


def test_an_address_to_be_clicked_is_taken() -> None:
    link = {"/S": "/URI", "/URI": "https://treaties.example/"}
    assert type_of(BytesIO(paper.pdf_with_link(link))) == "application/pdf"


@pytest.mark.parametrize(
    ("root", "word"),
    [
        ({"/OpenAction": SCRIPT}, "script"),
        ({"/Names": {"/JavaScript": {"/Names": ["a", SCRIPT]}}}, "script"),
        ({"/AA": {"/WC": SCRIPT}}, "script"),
        ({"/AcroForm": {"/XFA": ["template", "x"]}}, "script"),
        ({"/OpenAction": {"/S": "/Launch", "/F": "cmd.exe"}}, "would do something"),
        ({"/OpenAction": {"/S": "/URI", "/URI": "https://a.example"}}, "would do something"),
        ({"/OpenAction": {"/S": "/Named", "/N": "/Print"}}, "would do something"),
        ({"/Deep": [[{"/More": [{"/S": "/SubmitForm", "/F": "x"}]}]]}, "would do something"),
        ({"/Names": {"/EmbeddedFiles": {"/Names": []}}}, "another file inside"),
    ],
)
def test_scripts_actions_and_files_inside_are_refused(root: dict[str, Any], word: str) -> None:
    assert word in refused(paper.pdf(root=root))


@pytest.mark.parametrize("action", ["/Launch", "/GoToE", "/GoToR", "/ImportData", "/Rendition"])
def test_an_action_behind_a_link_is_refused(action: str) -> None:
    assert "would do something" in refused(paper.pdf_with_link({"/S": action, "/F": "x.exe"}))


def test_a_file_inside_is_refused() -> None:
    assert "another file inside" in refused(paper.pdf_with_file_inside())


def test_a_script_in_a_compressed_object_stream_is_found() -> None:
    harmless = paper.pdf_with_object_stream("<< /Dests << >> >>")
    assert type_of(BytesIO(harmless)) == "application/pdf"
    hidden = paper.pdf_with_object_stream("<< /Names << /S /JavaScript /JS (app.alert(1)) >> >>")
    assert b"JavaScript" not in hidden
    assert "script" in refused(hidden)


def test_a_name_spelt_with_numbers_is_the_same_name() -> None:
    hidden = paper.pdf_with_object_stream("<< /X << /S /#4Aava#53cript >> >>")
    assert "script" in refused(hidden)
    left_behind = paper.pdf() + b"9 0 obj << /S /L#61unch >> endobj"
    assert "would do something" in refused(left_behind)


def test_what_an_earlier_revision_left_behind_is_found() -> None:
    data = paper.pdf() + b"9 0 obj << /S /JavaScript >> endobj"
    assert "script" in refused(data)
    far = paper.pdf() + b" " * ((1 << 20) - 300) + b"\n/S /EmbeddedFile /X\n" + b" " * 400
    assert "another file inside" in refused(far)


def test_the_word_in_an_image_of_random_bytes_is_no_script() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    noise = random.Random(1).randbytes(200_000).replace(b"/", b"/JS ")
    page[NameObject("/Contents")] = writer._add_object(paper.stream_of(noise))
    assert type_of(BytesIO(paper.written(writer))) == "application/pdf"


def test_a_locked_pdf_cannot_be_looked_into_and_is_refused() -> None:
    assert "protected" in refused(paper.locked_pdf())


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\nstartxref\n-1\n%%EOF",
        paper.pdf()[:200],
        b"%PDF-1.7\n1 0 obj << /Pages 1 0 R >> endobj trailer << /Root 1 0 R >> startxref 0 %%EOF",
    ],
)
def test_what_begins_like_a_pdf_and_cannot_be_read_is_refused(data: bytes) -> None:
    assert "damaged" in refused(data)
