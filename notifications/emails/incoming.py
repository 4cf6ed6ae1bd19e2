"""A mail that came in, read: from whom, to which addresses, and what it says of its own.

Whatever it holds, reading it raises nothing: a header that is wrong is read as it stands, and a
mail that cannot be read at all says so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.utils import getaddresses, parseaddr
from typing import Final

from notifications.emails.addresses import one_line
from notifications.emails.untagging import text_of_html

logger = logging.getLogger(__name__)

_RECIPIENTS: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_AUTOMATIC_PRECEDENCE: Final = frozenset({"bulk", "junk", "list", "auto_reply"})
_AUTOMATIC_HEADERS: Final = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From")
_ORIGINAL: Final = re.compile(
    r"\s*-{2,}\s*(original message|message d'origine)\s*-{2,}\s*", re.IGNORECASE
)
# What no text may hold on its way into the database: NUL, and halves of characters.
_UNSTORABLE: Final = re.compile("[\\x00\\ud800-\\udfff]")
_INTRODUCTION: Final = 3  # lines at most of "On 3 May 2020 somebody wrote:"
_DAY: Final = re.compile(r"\b\d{1,2}\b")
# How programs end such lines: with a verb of theirs, an address, or the time of day.
_INTRODUCING: Final = re.compile(
    r"wrote|écrit|schrieb|schreef|escribió|escreveu|scritto|писал|пишет|写道|كتب|\S@\S|\d:\d\d",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = (".", "!", "?", ";", ":", "。")


@dataclass(frozen=True)
class Incoming:
    """What a mail says; ``message_id`` and ``sender`` are empty where it does not.

    Of one that ``is_unreadable`` nothing is known.
    """

    message_id: str = ""
    sender: str = ""
    subject: str = ""
    recipients: tuple[str, ...] = ()
    text: str = ""
    is_automatic: bool = False
    is_bounce: bool = False
    is_unreadable: bool = False


def read_incoming(raw: bytes) -> Incoming:
    """Read a mail. One that is nested too deeply, or made as nobody foresaw, is unreadable.

    Strangers write it, and the library raises more than it names: so whatever it raises is logged,
    and no mail is lost by it.
    """
    try:
        return _read(raw)
    except RecursionError:
        logger.warning("a mail is nested too deeply to be read")
    except Exception:
        logger.exception("a mail could not be read")
    return Incoming(is_unreadable=True)


def _read(raw: bytes) -> Incoming:
    mail = message_from_bytes(raw, policy=policy.compat32)
    return Incoming(
        message_id=_storable(one_line(_header(mail, "Message-ID"))),
        sender=_storable(_sender(mail)),
        subject=_storable(one_line(_header(mail, "Subject"))),
        recipients=tuple(_recipients(mail)),
        text=own_text(_storable(_body(mail))),
        is_automatic=_is_automatic(mail),
        is_bounce=_is_bounce(mail),
    )


def own_text(body: str) -> str:
    """What the writer says, without what is quoted, and without a signature."""
    kept: list[str] = []
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line == "-- " or _ORIGINAL.fullmatch(line):
            break
        if line.lstrip().startswith(">"):
            _drop_introduction(kept)
            continue
        kept.append(line.rstrip())
    return "\n".join(kept).strip()


def _drop_introduction(kept: list[str]) -> None:
    """Take away the lines that introduce a quotation: from the day they name to the colon.

    Only what a mail program writes is taken away; a sentence of the writer's own stays.
    """
    while kept and not kept[-1]:
        kept.pop()
    if not kept or not kept[-1].endswith((":", "：")):
        return
    begin = len(kept) - 1
    for number in range(begin, max(-1, begin - _INTRODUCTION), -1):
        line = kept[number]
        if not line or (number < len(kept) - 1 and line.endswith(_SENTENCE_ENDS)):
            break
        if _DAY.search(line):
            begin = number
            break
    if _INTRODUCING.search(" ".join(kept[begin:])):
        del kept[begin:]


def _header(mail: Mail, name: str) -> str:
    """A header in letters; as it stands where its encoding is unknown or broken."""
    stated = str(mail.get(name, ""))
    try:
        return str(make_header(decode_header(stated)))
    except (LookupError, ValueError, MessageError):
        return stated


def _sender(mail: Mail) -> str:
    """The address in From; what stands encoded beside it is a name, and no address."""
    return one_line(parseaddr(str(mail.get("From", "")))[1]).lower()


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _recipients(mail: Mail) -> Iterator[str]:
    for name in _RECIPIENTS:
        for value in mail.get_all(name, []):
            for _shown, address in getaddresses([str(value)]):
                if address:
                    yield address


def _is_automatic(mail: Mail) -> bool:
    """By the marks of RFC 3834, and by those that programs older than it set."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _header(mail, "Precedence").strip().lower()
    return (
        submitted not in ("", "no")
        or precedence in _AUTOMATIC_PRECEDENCE
        or any(name in mail for name in _AUTOMATIC_HEADERS)
        or _header(mail, "Return-Path").strip() == "<>"
        or mail.get_content_type() == "multipart/report"
    )


def _is_bounce(mail: Mail) -> bool:
    """A delivery report (RFC 3464)."""
    is_report = mail.get_content_type() == "multipart/report"
    return is_report and str(mail.get_param("report-type", "")).lower() == "delivery-status"


def _body(mail: Mail) -> str:
    """The first text that is no attachment: plain text, or HTML without its tags."""
    html = ""
    for part in mail.walk():
        if part.is_multipart() or _is_named(part):
            continue
        kind = part.get_content_type()
        if kind == "text/plain":
            return _decoded(part)
        if kind == "text/html" and not html:
            html = _decoded(part)
    return text_of_html(html)


def _is_named(part: Mail) -> bool:
    """Whether it is a file; so is what has a name that cannot be read."""
    try:
        return bool(part.get_filename())
    except ValueError:
        return True


def _decoded(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):
        # A name that Python does not know, or of a code that takes no wrong byte.
        return content.decode("utf-8", "replace")
