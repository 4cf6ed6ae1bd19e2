"""What a file is, by its content and never by its name: PDF, PNG, JPEG or TIFF, and nothing else.

The first bytes say which of them it claims to be, a look at its structure that it is one whole.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, Final

from django.utils.translation import gettext

from notifications.documents.pdf import refuse_active_pdf
from notifications.errors import RuleBrokenError

PDF, PNG, JPEG, TIFF = "application/pdf", "image/png", "image/jpeg", "image/tiff"
LONGEST_BEGINNING: Final = 8
BEGINNINGS: Final[dict[bytes, str]] = {
    b"%PDF-": PDF,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"\xff\xd8\xff": JPEG,
    b"II*\x00": TIFF,
    b"MM\x00*": TIFF,
}
MOST_PARTS: Final = 100_000
JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
TIFF_WIDTH, TIFF_LENGTH = 256, 257


def type_of(file: BinaryIO) -> str:
    """The media type of a file, looked at from its beginning to its end.

    Raises RuleBrokenError for every other kind of file, for one that is cut off or has something
    behind its end, and for a PDF that could do more than be read.
    """
    file.seek(0)
    begins = file.read(LONGEST_BEGINNING)
    found = next((kind for start, kind in BEGINNINGS.items() if begins.startswith(start)), "")
    if not found:
        raise RuleBrokenError(
            gettext("The file is none of the kinds that are taken: PDF, PNG, JPEG or TIFF.")
        )
    if found == PDF:
        refuse_active_pdf(file)
    elif not _is_whole(file, found):
        raise RuleBrokenError(
            gettext("The file begins like an image and is none: it may be damaged. Scan it anew.")
        )
    return found


def _is_whole(file: BinaryIO, kind: str) -> bool:
    look = {PNG: _is_png, JPEG: _is_jpeg, TIFF: _is_tiff}[kind]
    try:
        return look(file, file.seek(0, os.SEEK_END))
    except struct.error:  # it ends where a number should stand
        return False


def _is_png(file: BinaryIO, size: int) -> bool:
    """Its header first, chunk after chunk, and nothing behind the last one."""
    at, kind, has_data = 8, b"", False
    for number in range(MOST_PARTS):
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if number == 0 and (kind, length) != (b"IHDR", 13):
            return False
        has_data |= kind == b"IDAT"
        at += 12 + length
        if kind == b"IEND" or at >= size:
            break
    return kind == b"IEND" and has_data and at == size


def _is_jpeg(file: BinaryIO, size: int) -> bool:
    """Segment after segment: a frame before the first scan; the end mark where the file ends."""
    at, has_frame = 2, False
    for _number in range(MOST_PARTS):
        file.seek(at)
        mark, code = struct.unpack(">BB", file.read(2))
        if mark != 0xFF:
            return False
        if code == 0xFF or code in JPEG_ALONE:  # a fill byte, or a mark without a length
            at += 1 if code == 0xFF else 2
            continue
        has_frame |= code in JPEG_FRAMES
        if code == 0xDA:
            return has_frame and _ends_as_jpeg(file, size)
        at += 2 + struct.unpack(">H", file.read(2))[0]
    return False


def _ends_as_jpeg(file: BinaryIO, size: int) -> bool:
    """Scanners fill the last block with zeros; nothing else may stand behind the end mark."""
    file.seek(max(0, size - 4096))
    return file.read().rstrip(b"\x00\r\n").endswith(b"\xff\xd9")


def _is_tiff(file: BinaryIO, size: int) -> bool:
    """Its first directory lies in the file and says how wide and how long the image is."""
    file.seek(0)
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(4)
    (at,) = struct.unpack(f"{order}I", file.read(4))
    file.seek(at)
    (entries,) = struct.unpack(f"{order}H", file.read(2))
    if at < 8 or at + 2 + 12 * entries > size:
        return False
    table = file.read(12 * entries)
    tags = {struct.unpack_from(f"{order}H", table, 12 * number)[0] for number in range(entries)}
    return {TIFF_WIDTH, TIFF_LENGTH} <= tags
