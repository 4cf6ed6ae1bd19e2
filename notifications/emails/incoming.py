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
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from hashlib import sha256
from itertools import islice
from typing import Final

from notifications.emails.addresses import one_line
from notifications.emails.own_words import own_text
from notifications.emails.untagging import text_of_html

logger = logging.getLogger(__name__)

_RECIPIENTS: Final = (
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "Resent-To",
    "To",
    "Cc",
)
# Characters of a header that are read: decoding takes the square of their number.
_LONGEST_HEADER: Final = 2000
_LONGEST_RECIPIENTS: Final = 100_000
# Bytes of a mail in which its header lines are looked for where the whole cannot be read.
_BEGINNING: Final = 65_536
# What programs mean by these names, as browsers read them: the larger code of which it is a part.
_CHARSETS: Final = {
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "windows-874": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
}
_AUTOMATIC_PRECEDENCE: Final = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_AUTOMATIC_HEADERS: Final = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From")
_ANGLED: Final = re.compile(r"<([^<>]*)>")
_ADDRESS: Final = re.compile(r"[^\s<>@,;:\ue000\ue001]+@[^\s<>@,;:\ue000\ue001]+")
# Quoted names, and comments in which no address stands (RFC 5322, 3.2.2 and 3.2.4); what stands for
# each of them meanwhile belongs to no address.
_COMMENT_OR_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()<>@\\]|\\.)*\)', re.DOTALL)
_MARKS: Final = {'"': "\ue000", "(": "\ue001"}
# Every line that some server may take for one, however it ends (RFC 5322, 4.5).
_FROM_LINES: Final = re.compile(rb"(?:^|[\r\n])from[ \t]*:", re.IGNORECASE)
_BARE_RETURN: Final = re.compile(rb"\r(?!\n)")
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
# What is left of other comments, of a group, of what was not closed; control characters.
_AMBIGUOUS: Final = re.compile(r'["()\\;:<>\x00-\x08\x0b\x0c\x0e-\x1f\x7f]')
_MESSAGE_ID: Final = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,300}>")
_MOST_FILES: Final = 50
_MOST_REFERENCES: Final = 100
# What no text may hold on its way into the database: NUL, and halves of characters.
_UNSTORABLE: Final = re.compile("[\\x00\\ud800-\\udfff]")


@dataclass(frozen=True)
class Incoming:
    """What a mail says; ``message_id`` and ``sender`` are empty where it does not.

    ``text`` is its writer's own, ``whole`` with what is quoted; ``files`` are the names of what is
    attached, at most fifty; ``content`` a digest of all its parts, files too, which is the same
    whatever headers it gathered on its way; ``references`` the Message-IDs that it names. Of one
    that ``is_unreadable`` nothing is known but its recipients and references.
    """

    message_id: str = ""
    sender: str = ""
    subject: str = ""
    recipients: tuple[str, ...] = ()
    text: str = ""
    whole: str = ""
    files: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    content: str = ""
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
    return _unreadable(raw)


def _unreadable(raw: bytes) -> Incoming:
    """What it answers says who may see it, though nobody can read it."""
    try:
        head = BytesHeaderParser(policy=policy.compat32).parsebytes(raw[:_BEGINNING])
        recipients, references = tuple(_recipients(head)), tuple(_references(head))
    except Exception:
        logger.exception("the recipients of a mail could not be read")
        return Incoming(is_unreadable=True)
    return Incoming(is_unreadable=True, recipients=recipients, references=references)


def _read(raw: bytes) -> Incoming:
    mail = message_from_bytes(raw, policy=policy.compat32)
    whole = _storable(_text(mail))
    return Incoming(
        message_id=_storable(one_line(_header(mail, "Message-ID"))),
        sender=_storable(_sender(mail, raw)),
        subject=_storable(one_line(_header(mail, "Subject"))),
        recipients=tuple(_recipients(mail)),
        text=own_text(whole),
        whole=whole,
        files=tuple(_storable(name) for name in islice(_files(mail), _MOST_FILES)),
        references=tuple(_references(mail)),
        content=_content(mail),
        is_automatic=_is_automatic(mail),
        is_bounce=_is_bounce(mail),
    )


def _header(mail: Mail, name: str) -> str:
    """A header in letters; as it stands where its encoding is unknown or broken."""
    stated = str(mail.get(name, ""))[:_LONGEST_HEADER]
    try:
        return str(make_header(decode_header(stated)))
    except (LookupError, ValueError, MessageError):
        return stated


def _sender(mail: Mail, raw: bytes) -> str:
    """The address in From; what stands encoded beside it is a name, and no address.

    Of whom it is where several are named, or where it can be read in two ways, nobody can say: so
    it is nobody's. Servers hold the one between angle brackets to be the sender (RFC 7489, 6.6.1).
    """
    stated = str(mail.get("From", ""))
    if not _has_one_from(raw) or len(stated) > _LONGEST_HEADER:
        return ""
    bare = _COMMENT_OR_QUOTED.sub(lambda found: _MARKS[found[0][0]], stated)
    angled, beside = _ANGLED.findall(bare), _ANGLED.sub("", bare)
    is_several = "," in beside and "@" in _ANGLED.sub("", stated)
    if _AMBIGUOUS.search(beside) or len(angled) > 1 or is_several:
        return ""
    found = (angled[0] if angled else bare.replace(_MARKS["("], " ")).strip()
    return found.lower() if _ADDRESS.fullmatch(found) else ""


def _has_one_from(raw: bytes) -> bool:
    """Whether all servers see one and the same line From, whatever they hold to end a line."""
    heads = {_END_OF_HEAD.split(raw, 1)[0]}
    if any(b"\r\n" in head for head in heads):
        heads.add(raw.split(b"\r\n\r\n", 1)[0])
    return all(
        len(_FROM_LINES.findall(head)) == 1 and not _BARE_RETURN.search(head) for head in heads
    )


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _recipients(mail: Mail) -> Iterator[str]:
    for name in _RECIPIENTS:
        for value in mail.get_all(name, []):
            for _shown, address in getaddresses([str(value)[:_LONGEST_RECIPIENTS]]):
                if address:
                    yield address


def _references(mail: Mail) -> list[str]:
    """The mails to which it replies; the last ones, which are nearest."""
    stated = " ".join(
        str(value)[-_LONGEST_RECIPIENTS:]
        for name in ("References", "In-Reply-To")
        for value in mail.get_all(name, [])
    )
    return _MESSAGE_ID.findall(stated)[-_MOST_REFERENCES:]


def _is_automatic(mail: Mail) -> bool:
    """By the marks of RFC 3834, and by those that programs older than it set."""
    # Behind "no" may stand a parameter or a comment (RFC 3834, 5).
    submitted = re.split("[;(]", _header(mail, "Auto-Submitted"))[0].strip().lower()
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


def _text(part: Mail) -> str:
    """What a part says: all its texts that are no files, HTML without its tags.

    Of alternatives the plain one, unless it is blank. What is attached as a mail is another's.
    """
    kind = part.get_content_type()
    if part.is_multipart():
        return "" if part.get_content_maintype() == "message" else _text_of_parts(part)
    if _is_file(part) or kind not in {"text/plain", "text/html"}:
        return ""
    return _decoded(part) if kind == "text/plain" else text_of_html(_decoded(part))


def _text_of_parts(whole: Mail) -> str:
    parts = [one for one in whole.get_payload() if isinstance(one, Mail)]
    if whole.get_content_subtype() != "alternative":
        return "\n".join(text for one in parts if (text := _text(one)).strip())
    parts.sort(key=lambda one: one.get_content_type() != "text/plain")
    return next((text for one in parts if (text := _text(one)).strip()), "")


def _content(mail: Mail) -> str:
    """SHA-256 over what its parts hold, their lines ended alike."""
    digest = sha256()
    for part in mail.walk():
        payload = None if part.is_multipart() else part.get_payload(decode=True)
        held = payload if isinstance(payload, bytes) else b""
        digest.update(held.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\0")
    return digest.hexdigest()


def _files(part: Mail) -> Iterator[str]:
    """The names of what is attached to it, a mail too; empty where one has none."""
    kind = part.get_content_type()
    if part.get_content_maintype() == "message":
        yield kind
    elif part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Mail):
                yield from _files(inner)
    elif _is_file(part) or kind not in {"text/plain", "text/html"}:
        yield _name_of(part) or kind


def _name_of(part: Mail) -> str:
    try:
        stated = str(part.get_filename() or "")[:_LONGEST_HEADER]
        return one_line(str(make_header(decode_header(stated))))
    except (LookupError, ValueError, MessageError):
        return ""


def _is_file(part: Mail) -> bool:
    """Whether it is attached; so is what has a name that cannot be read."""
    try:
        return bool(part.get_filename()) or part.get_content_disposition() == "attachment"
    except ValueError:
        return True


def _decoded(part: Mail) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        charset = part.get_content_charset("utf-8")
        return content.decode(_CHARSETS.get(charset, charset), "replace")
    except (LookupError, ValueError):
        # A name that Python does not know, or of a code that takes no wrong byte.
        return content.decode("utf-8", "replace")
