"""The header lines of one message: from whom, to whom, and how a mail client threads it."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.utils.translation import gettext

from notifications.emails.reminding import link_to_reminders, rung_of
from notifications.emails.replying import reply_address, takes_replies
from notifications.models import Message

# The namespace of Message-IDs: the same alert and person always have the same one.
NAMESPACE: Final = uuid.UUID("5d0b7f6e-5a7c-5c0e-9f0b-7b1f3c2a9d44")

# Letters, digits and spaces need no quoting in a header; everything else is encoded (RFC 2047).
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9' -]{0,58}[A-Za-z0-9]")
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
# Bounded: without that it takes the square of the length of a text that holds none.
_ANY_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:]{1,255}")
# Eszett, final sigma and the joiners: the older rule leaves them out or writes others for them.
_READ_IN_TWO_WAYS: Final = re.compile("[\u00df\u03c2\u200c\u200d]")
LONGEST_ADDRESS: Final = 254
_DOMAIN: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class UnusableAddressError(ValueError):
    """No message can be sent to this address; the sentence says why."""


def message_id_of(alert_id: int, user_id: int) -> str:
    """The Message-ID of an alert's copy for a person: the same however often it is tried."""
    name = uuid.uuid5(NAMESPACE, f"{alert_id}:{user_id}")
    return f"<{name}@{settings.TREATYFLOW_HOST}>"


def deliverable(address: str) -> str:
    """The address as SMTP takes it, an international domain in its ASCII form.

    Raises UnusableAddressError for what is no address, or longer than SMTP takes (RFC 5321,
    4.5.3.1), for a name before the @ that would need SMTPUTF8, and for a domain that the two rules
    for international ones read as different domains (RFC 3490 and RFC 5894, 7.2).
    """
    local, _at, domain = address.rpartition("@")
    if local and not local.isascii():
        raise UnusableAddressError(
            gettext(
                "The address has letters before the @ that need SMTPUTF8, which is not used here."
            )
        )
    if _READ_IN_TWO_WAYS.search(domain):
        raise UnusableAddressError(
            gettext(
                "The domain has a letter that is read in two ways (such as ß): write its ASCII "
                "form, which begins with xn--."
            )
        )
    domain = _ascii_of(domain)
    if len(local) + len(domain) >= LONGEST_ADDRESS:
        raise UnusableAddressError(gettext("The address is longer than a mail server takes."))
    if not (_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise UnusableAddressError(gettext("This is not an e-mail address."))
    return f"{local}@{domain}"


def spellings(address: str) -> set[str]:
    """An address, and the same with its domain in the other form: in letters, or in ASCII."""
    local, _at, domain = address.rpartition("@")
    try:
        other = domain.encode("ascii").decode("idna") if domain.isascii() else _ascii_of(domain)
    except UnicodeError:
        return {address}
    return {address, f"{local}@{other}"} if other else {address}


def message_id_of_resend(uid: uuid.UUID) -> str:
    """The Message-ID of the message by which the one with this uid is sent again."""
    return f"<{uuid.uuid5(NAMESPACE, f'again:{uid}')}@{settings.TREATYFLOW_HOST}>"


def without_addresses(text: str) -> str:
    """A text on one line in which no e-mail address stands: the register names none."""
    return one_line(_ANY_ADDRESS.sub("…", text))


@lru_cache(maxsize=1024)
def _ascii_of(domain: str) -> str:
    """A domain in its ASCII form; nothing where it has none. Many people share a domain."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def own_address() -> str:
    """The address in TREATYFLOW_FROM, to which a server returns what it cannot deliver."""
    return _sender(settings.TREATYFLOW_FROM)[1]


@lru_cache(maxsize=1)
def _sender(stated: str) -> tuple[str, str]:
    """The name and the address in a value of TREATYFLOW_FROM. Raises UnusableAddressError."""
    name, address = parseaddr(stated)
    return name, deliverable(address)


def headers_of(message: Message, language: str, *, address: str, at: datetime) -> str:
    """The header lines of a message on its way at the instant ``at``, each ended by CRLF.

    ``address`` is that of its reader as SMTP takes it. The lines on its content (subject, type)
    stand at the head of its rendering. Raises UnusableAddressError where TREATYFLOW_FROM holds no
    address.
    """
    alert = message.alert
    reply_to = f"Reply-To: <{reply_address(message)}>\r\n" if takes_replies(alert) else ""
    return (
        f"{_from(settings.TREATYFLOW_FROM)}"
        f"{_person('To', message.user.name, address)}\r\n"
        f"{reply_to}"
        f"Date: {_date(at.replace(microsecond=0))}\r\n"
        f"Message-ID: {message.message_id}\r\n"
        f"{_of_case(alert.case.uid, settings.TREATYFLOW_HOST)}"
        f"Content-Language: {language}\r\n"
        f"{'' if rung_of(alert) is None else _way_out()}"
    )


@lru_cache(maxsize=1)
def _from(stated: str) -> str:
    return f"{_person('From', *_sender(stated))}\r\n"


@lru_cache(maxsize=8)
def _date(at: datetime) -> str:
    """Many messages leave within a second."""
    return format_datetime(at)


@lru_cache(maxsize=64)
def _of_case(case: uuid.UUID, host: str) -> str:
    """What all mails of a case have: a mail client threads them by it."""
    thread = f"<{case}@{host}>"
    return f"In-Reply-To: {thread}\r\nReferences: {thread}\r\nAuto-Submitted: auto-generated\r\n"


def digest_headers_of(
    message: Message, language: str, *, address: str, at: datetime, may_leave: bool
) -> str:
    """The header lines of a digest, of which ``message`` is the carrier.

    It is of several cases, so it stands in no thread, and no answer to it can name an act.
    ``may_leave``: its reader may do without it. Raises UnusableAddressError.
    """
    return (
        f"{_from(settings.TREATYFLOW_FROM)}"
        f"{_person('To', message.user.name, address)}\r\n"
        f"Date: {_date(at.replace(microsecond=0))}\r\n"
        f"Message-ID: {message.message_id}\r\n"
        "Auto-Submitted: auto-generated\r\n"
        f"Content-Language: {language}\r\n"
        f"{_way_out() if may_leave else ''}"
    )


def _way_out() -> str:
    """The page on which its reader may leave it out.

    It asks for sign-in: so there is no one-click line.
    """
    return f"List-Unsubscribe: <{link_to_reminders()}>\r\n"


def _person(header: str, name: str, address: str) -> str:
    """One person in an address header; no name ends the line or passes for an address."""
    shown = one_line(name)
    if not shown:
        return f"{header}: <{address}>"
    if not _PLAIN_NAME.fullmatch(shown):
        shown = Header(shown, "utf-8", maxlinelen=75, header_name=header).encode(linesep="\r\n")
    return f"{header}: {shown}\r\n <{address}>"


def header_line(header: str, text: str) -> str:
    """A header of plain words, folded; what is not ASCII is encoded (RFC 2047)."""
    charset = "us-ascii" if text.isascii() else "utf-8"
    folded = Header(text, charset, maxlinelen=75, header_name=header).encode(linesep="\r\n")
    return f"{header}: {folded}\r\n"


def one_line(text: str) -> str:
    """A text on one line: every run of spaces, breaks and control characters is one space."""
    if text.isprintable():
        return " ".join(text.split())
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())
