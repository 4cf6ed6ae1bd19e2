"""What a file is, told by its content; what begins like one of the kinds and is none is refused."""

from __future__ import annotations

from io import BytesIO

import pytest

from notifications.documents import type_of
from notifications.errors import RuleBrokenError
from tests import paper


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (paper.pdf(), "application/pdf"),
        (paper.png(), "image/png"),
        (paper.jpeg(), "image/jpeg"),
        (paper.jpeg() + b"\x00" * 40, "image/jpeg"),
        (paper.tiff("<"), "image/tiff"),
        (paper.tiff(">"), "image/tiff"),
    ],
)
def test_papers_and_images_are_known_by_their_content(data: bytes, kind: str) -> None:
    assert type_of(BytesIO(data)) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04 a document of a word processor",
        b"GIF89a",
        b"MZ",
        b"   %PDF-1.7",
        "a text".encode("utf-16"),
    ],
)
def test_every_other_kind_is_refused(data: bytes) -> None:
    with pytest.raises(RuleBrokenError, match="PDF, PNG, JPEG or TIFF"):
        type_of(BytesIO(data))


@pytest.mark.parametrize(
    "data",
    [
        paper.png()[:-4],
        paper.png() + b"<script>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        paper.jpeg()[:-2],
        paper.jpeg() + b"PK\x03\x04",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xda\x00\x02\xff\xd9",
        b"II*\x00",
        b"II*\x00\xff\xff\xff\xff",
        b"MM\x00*\x00\x00\x00\x08\xff\xff",
        b"II*\x00\x08\x00\x00\x00\x00\x00",
    ],
)
def test_what_begins_like_an_image_and_is_cut_off_or_goes_on_is_refused(data: bytes) -> None:
    with pytest.raises(RuleBrokenError, match="begins like an image"):
        type_of(BytesIO(data))
