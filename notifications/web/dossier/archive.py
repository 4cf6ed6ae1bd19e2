"""A dossier as one ZIP file: data, texts, papers, and the digests by which to check them.

The canonical text of an act or a response is a file of its own: its SHA-256 is the digest that the
register holds of it, so anyone can check it with the tools of any system.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from notifications.documents import open_file
from notifications.emails import text_of
from notifications.models import Attachment, Case, Message, Rendering
from notifications.register import digest_of
from notifications.web import words
from notifications.web.dossier.as_data import as_data
from notifications.web.dossier.brief import in_short
from notifications.web.dossier.gathering import Dossier, plain_name
from notifications.web.dossier.proof import Proof
from notifications.web.dossier.telling import Told
from notifications.web.dossier.texts import (
    act_text,
    chronology_text,
    deadlines_text,
    response_text,
    statement_text,
)
from notifications.web.thread import title_of

# The same dossier gives the same bytes: a ZIP's own clock starts here.
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
IN_MEMORY: Final = 5_000_000
SUMS: Final = "SHA256SUMS"

File = tuple[str, bytes]


def archive(dossier: Dossier, told: list[Told], proof: Proof, *, now: datetime) -> IO[bytes]:
    """The ZIP, ready to be read from its start."""
    target: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    sums = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in _files(dossier, told, proof, now=now):
            _write(packed, name, content)
            sums.append(f"{digest_of(content)}  {name}\n")
        _write(packed, SUMS, "".join(sums).encode())
    target.seek(0)
    return target


def _write(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    packed.writestr(entry, content)


def _files(dossier: Dossier, told: list[Told], proof: Proof, *, now: datetime) -> Iterator[File]:
    yield "README.txt", _read_me(dossier, now).encode()
    data = as_data(dossier, told, proof, now=now)
    yield "dossier.json", _json(data)
    yield "in-short.txt", "".join(f"{line}\n" for line in in_short(dossier)).encode()
    yield "chronology.txt", chronology_text(dossier).encode()
    yield "deadlines.txt", deadlines_text(dossier).encode()
    yield from _acts(dossier)
    yield from _responses(dossier)
    for number, statement in enumerate(dossier.records.statements, start=1):
        code = dossier.names.by_id[statement.party_id].code
        name = _name("statements", number, statement.on.isoformat(), code)
        yield f"{name}.txt", statement_text(statement, dossier.names).encode()
    yield from _messages(told)
    for name, paper in dossier.papers:
        yield name, _content(paper)


def _acts(dossier: Dossier) -> Iterator[File]:
    for number, act in enumerate(dossier.acts, start=1):
        codes = [dossier.names.by_id[row.party_id].code for row in act.sender_rows.all()]
        name = _name("acts", number, act.given_on.isoformat(), act.act, *codes)
        yield f"{name}.txt", act_text(act, dossier.acts, dossier.names).encode()
        yield f"{name}.json", act.canonical.encode()


def _responses(dossier: Dossier) -> Iterator[File]:
    for number, response in enumerate(dossier.responses, start=1):
        act = response.notification
        day = words.day_in(response.given_at, act.zone).isoformat()
        name = _name("responses", number, day, dossier.names.by_id[response.party_id].code)
        yield f"{name}.txt", response_text(response, dossier.names).encode()
        yield f"{name}.json", response.canonical.encode()


def _messages(told: Iterable[Told]) -> Iterator[File]:
    """The words of each alert, once a language, as they were sent; of a replay, as written.

    A digest tells of other notices besides, and is its reader's alone.
    """
    alerts = {row.alert.pk: row.alert for row in told}
    sent = Message.objects.filter(
        alert=OuterRef("alert"), rendering=OuterRef("pk"), state__in=("accepted", "sent")
    )
    has_left = Exists(sent) | ~Q(alert__case__origin=Case.Origin.LIVE)
    renderings = Rendering.objects.filter(has_left, alert__in=alerts, carrier=None)
    renderings = renderings.order_by("alert__due_at", "alert", "pk")
    for number, rendering in enumerate(renderings, start=1):
        alert = alerts[rendering.alert_id]
        name = _name("messages", number, alert.kind, alert.stage, rendering.language)
        yield f"{name}.txt", text_of(rendering).encode()


def _content(paper: Attachment) -> bytes:
    with open_file(paper.document.sha256) as file:
        return file.read()


def _json(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


def _name(folder: str, number: int, *parts: str) -> str:
    return f"{folder}/{number:02}-" + "-".join(plain_name(part) for part in parts if part)


def _read_me(dossier: Dossier, now: datetime) -> str:
    said = {"title": title_of(dossier.notice, dossier.names), "made": words.exact(now)}
    paragraphs = (
        gettext("Dossier: %(title)s. Made on %(made)s.") % said,
        gettext(
            "in-short.txt says it in a few sentences, chronology.txt tells what happened, day by "
            "day. deadlines.txt says which dates follow from it and why. The folders acts, "
            "responses and statements hold the texts as given; messages holds the words in which "
            "the parties were told, papers the files that came with them. dossier.json holds all "
            "of it for programs."
        ),
        gettext(
            "To check: “sha256sum -c SHA256SUMS” shows that no file was altered since. The SHA-256 "
            "of each .json file beside an act or a response is the digest that the register holds "
            "of it; dossier.json names the events that cover them and the end of the chain."
        ),
        gettext("It holds what its maker was entitled to read on that day, and nothing else."),
    )
    return "\n\n".join(paragraphs) + "\n"
