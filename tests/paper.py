"""Files for tests: small ones of every kind that is taken, and PDFs that do more than be read."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)


def pdf(mark: str = "a note", *, root: dict[str, Any] | None = None) -> bytes:
    """A PDF of one page; ``mark`` makes its bytes its own, ``root`` goes into its catalogue."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": mark})
    for key, value in (root or {}).items():
        writer.root_object[NameObject(key)] = as_pdf(value)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """The bytes of a PDF."""
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


def as_pdf(value: Any) -> Any:
    """A value as PDF has it: names begin with a slash, other texts are strings."""
    if isinstance(value, dict):
        return DictionaryObject({NameObject(key): as_pdf(one) for key, one in value.items()})
    if isinstance(value, list):
        return ArrayObject([as_pdf(one) for one in value])
    if isinstance(value, int):
        return NumberObject(value)
    return NameObject(value) if value.startswith("/") else TextStringObject(value)


def pdf_with_object_stream(hidden: str, *, number: int = 4) -> bytes:
    """A PDF whose object ``number`` stands compressed in an object stream."""
    packed = zlib.compress(f"{number} 0 {hidden}".encode())
    head = len(f"{number} 0 ")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R /Names %d 0 R >>" % number,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        b"",
        b"<< /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (head, len(packed), packed),
    ]
    out, places = b"%PDF-1.7\n", {}
    for at, part in enumerate(parts, start=1):
        if part:
            places[at] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (at, part)
    places[6] = len(out)
    rows = b"".join(
        struct.pack(">BHB", 2, 5, 0) if at == number else struct.pack(">BHB", 1, places[at], 0)
        for at in range(1, 7)
    )
    table = struct.pack(">BHB", 0, 0, 255) + rows
    head = b"<< /Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R /Length %d >>" % len(table)
    out += b"6 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (head, table)
    return out + b"startxref\n%d\n%%%%EOF\n" % places[6]


def pdf_with_file_inside() -> bytes:
    """A PDF that carries another file."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("inside.exe", b"MZ")
    return written(writer)


def pdf_with_link(action: dict[str, Any]) -> bytes:
    """A PDF whose page has a place to click, with an action."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    link = {"/Type": "/Annot", "/Subtype": "/Link", "/Rect": [0, 0, 9, 9], "/A": action}
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(as_pdf(link))])
    return written(writer)


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def stream_of(content: bytes) -> StreamObject:
    """A stream with these bytes."""
    stream = StreamObject()
    stream.set_data(content)
    return stream


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png() -> bytes:
    """A grey point."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\x00\x80")
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def jpeg() -> bytes:
    """The segments of a JPEG, its image data made up."""
    frame = struct.pack(">BBHBHHB3B", 0xFF, 0xC0, 11, 8, 1, 1, 1, 1, 0x11, 0)
    scan = struct.pack(">BBHB2B3B", 0xFF, 0xDA, 8, 1, 1, 0, 0, 63, 0)
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + scan + b"\x12\x34" + b"\xff\xd9"


def tiff(order: str = "<") -> bytes:
    """A directory with width and length, in either order of bytes."""
    begin = b"II" if order == "<" else b"MM"
    entries = [(256, 3, 1, 1), (257, 3, 1, 1)]
    rows = b"".join(struct.pack(f"{order}HHIHxx", *entry) for entry in entries)
    head = begin + struct.pack(f"{order}HI", 42, 8)
    return head + struct.pack(f"{order}H", len(entries)) + rows + b"\x00" * 4
