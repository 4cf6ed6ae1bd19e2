"""Files that go with an act or a response: looked at, stored once by their digest, named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from notifications.documents import digest_and_size, keep_file, type_of
from notifications.errors import RuleBrokenError
from notifications.models import Attachment, Document, Notification, Response, User
from notifications.register import Entry, append
from notifications.services.fields import FILES, is_no_text

MOST_FILES: Final = 10
LONGEST_NAME: Final = 200


@dataclass(frozen=True)
class Upload:
    """A file that somebody hands in: its content, and the name it came with."""

    content: BinaryIO | bytes
    name: str

    @property
    def file(self) -> BinaryIO:
        """The content as a file that can be read again and again."""
        return BytesIO(self.content) if isinstance(self.content, bytes) else self.content


@dataclass
class Kept:
    """Files that were stored: how an act names them, and the records that no event names yet.

    ``tell`` appends those events. It locks the register until the transaction ends, so that a verb
    which takes other locks, or more time, calls it after them.
    """

    named: list[dict[str, Any]]
    untold: list[Document] = field(default_factory=list)

    def tell(self, *, actor: User, now: datetime) -> None:
        """Append an event for each record that is new."""
        append(*(Entry("document-stored", one, now, actor, (one,)) for one in self.untold))


@transaction.atomic
def store_document(
    data: BinaryIO | bytes, *, name: str, actor: User, now: datetime, field: str = "files"
) -> Document:
    """Store a file under its SHA-256, once; the same content a second time is the first record.

    Its bytes are on the disk before the transaction commits; where that is rolled back they stay
    behind, named by nothing, and harm nothing. Who may do it is asked by the verb that attaches it.

    Raises RuleBrokenError naming ``field``: an empty or too large file, a kind that is not taken, a
    PDF that could do more than be read.
    """
    document, is_new = _stored(Upload(data, clean_name(name, field=field)), field)
    Kept([], [document] if is_new else []).tell(actor=actor, now=now)
    return document


def _stored(upload: Upload, field: str) -> tuple[Document, bool]:
    """The record of the content, and whether it is new; the name is clean."""
    called, file = upload.name, upload.file
    sha256, size = digest_and_size(file)
    _check_size(called, size, field)
    known = Document.objects.filter(sha256=sha256).first()
    try:
        kind = known.type if known else type_of(file)
    except RuleBrokenError as refusal:
        raise _refusal(called, refusal.sentence, field) from None
    keep_file(file, sha256)
    if known is not None:
        return known, False
    return Document.objects.get_or_create(sha256=sha256, defaults={"size": size, "type": kind})


def _check_size(called: str, size: int, field: str) -> None:
    if not size:
        raise _refusal(called, gettext("The file is empty."), field)
    most = settings.TREATYFLOW_DOCUMENT_MEGABYTES
    if size > most << 20:
        sentence = gettext("The file is larger than %(most)d MB, the most that is taken.")
        raise _refusal(called, sentence % {"most": most}, field)


def _refusal(called: str, sentence: str, field: str) -> RuleBrokenError:
    said = {"file": called, "sentence": sentence}
    return RuleBrokenError(gettext("“%(file)s”: %(sentence)s") % said, field=field)


def clean_name(name: str, *, field: str) -> str:
    """The name a file came with, as text alone: its last part, without the folders it lay in.

    Raises RuleBrokenError naming ``field`` for a name that holds control characters or turns the
    direction of what follows, for none, and for one that is too long.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1].strip(" ")
    if any(char in "\n\t" or is_no_text(char) for char in last):
        sentence = gettext("The name of a file holds a control character: give it another name.")
        raise RuleBrokenError(sentence, field=field)
    if not last.strip("."):
        raise RuleBrokenError(gettext("A file has no name: give it one."), field=field)
    if len(last) > LONGEST_NAME:
        sentence = gettext("The name of a file is longer than %(most)d characters: shorten it.")
        raise RuleBrokenError(sentence % {"most": LONGEST_NAME}, field=field)
    return last


def take_files(
    uploads: Sequence[Upload],
    *,
    actor: User,
    now: datetime,
    beside: Iterable[dict[str, Any]] = (),
    field: str = "files",
) -> list[dict[str, Any]]:
    """Store files and return how an act names them, behind those it names already.

    A file that is there already is not named twice. Raises RuleBrokenError naming ``field``.
    """
    kept = keep_files(uploads, beside=beside, field=field)
    kept.tell(actor=actor, now=now)
    return kept.named


def keep_files(
    uploads: Sequence[Upload],
    *,
    beside: Iterable[dict[str, Any]] = (),
    field: str = "files",
    **more: Any,
) -> Kept:
    """The same, for a verb that tells of them later; ``more`` is said of each in its name."""
    named = {str(one["sha256"]): dict(one) for one in beside}
    if len(named) + len(uploads) > MOST_FILES:
        sentence = gettext("At most %(most)d files go with one act.")
        raise RuleBrokenError(sentence % {"most": MOST_FILES}, field=field)
    untold = []
    for upload in uploads:
        name = clean_name(upload.name, field=field)
        document, is_new = _stored(Upload(upload.content, name), field)
        untold += [document] if is_new else []
        named.setdefault(document.sha256, {"sha256": document.sha256, "name": name, **more})
    return Kept(list(named.values()), untold)


def attach_named(notification: Notification, *, actor: User, now: datetime) -> list[Attachment]:
    """Attach the files that an act names in its fields; the rows are returned for its event."""
    return attach(
        notification.fields.get(FILES, []), notification=notification, actor=actor, now=now
    )


def attach(
    named: Sequence[dict[str, Any]],
    *,
    actor: User,
    now: datetime,
    notification: Notification | None = None,
    response: Response | None = None,
) -> list[Attachment]:
    """Attach stored files to an act or to a response; the caller's event names the rows."""
    if not named:
        return []
    documents = Document.objects.in_bulk([one["sha256"] for one in named], field_name="sha256")
    return Attachment.objects.bulk_create(
        Attachment(
            document=documents[one["sha256"]],
            notification=notification,
            response=response,
            name=one["name"],
            is_scan=one.get("is_scan", False),
            at=now,
            by=actor,
        )
        for one in named
    )
