"""Delivery reports (RFC 3464): what a mail server says became of one of our messages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

from django.utils.translation import gettext

from notifications.emails.addresses import without_addresses

REASON_CHARACTERS: Final = 500
ACTIONS: Final = ("failed", "delayed", "delivered", "relayed", "expanded")
RETURNED: Final = ("message/rfc822", "text/rfc822-headers")

_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]+>")
_DIAGNOSTIC_TYPE: Final = re.compile(r"^[\w.-]+ ?; ?")


logger = logging.getLogger(__name__)


class NoReportError(ValueError):
    """What came is no delivery report; the sentence says what it lacks."""


@dataclass(frozen=True)
class Report:
    """What became of a message: its Message-ID, the worst action, and the words of the server.

    ``reason`` names no address.
    """

    message_id: str
    action: str
    reason: str

    @property
    def is_failure(self) -> bool:
        """Whether the message came back for good."""
        return self.action == "failed"


def read_report(data: bytes) -> Report:
    """Read a report from the bytes of a mail. Raises NoReportError."""
    try:
        return _read(data)
    except NoReportError:
        raise
    except RecursionError as error:
        raise NoReportError(gettext("This mail is nested too deeply to be a report.")) from error
    except Exception as error:  # strangers write it, and the library raises more than it names
        logger.exception("a report could not be read")
        raise NoReportError(gettext("This mail cannot be read as a report.")) from error


def _read(data: bytes) -> Report:
    parts = _parts(message_from_bytes(data))
    recipients = _recipients(parts)
    actions = {_value(fields, "Action").lower() for fields in recipients}
    action = next((known for known in ACTIONS if known in actions), "")
    if not action:
        raise NoReportError(
            gettext("The report says of no recipient what became of the message (Action).")
        )
    told = [fields for fields in recipients if _value(fields, "Action").lower() == action]
    return Report(_message_id(parts), action, _reason(told))


def _parts(mail: Message) -> list[Message]:
    kind = str(mail.get_param("report-type") or "").lower()
    content = mail.get_payload()
    is_report = mail.get_content_type() == "multipart/report" and kind == "delivery-status"
    if not is_report or not isinstance(content, list):
        raise NoReportError(
            gettext("This is no delivery report: a multipart/report of type delivery-status.")
        )
    return [part for part in content if isinstance(part, Message)]


def _recipients(parts: Iterable[Message]) -> list[Message]:
    """The groups of fields, one a recipient; the first group is about the message as a whole."""
    for part in parts:
        groups = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(groups, list):
            return [group for group in groups if isinstance(group, Message)]
    raise NoReportError(gettext("The report has no part message/delivery-status."))


def _message_id(parts: Iterable[Message]) -> str:
    """The Message-ID of what is returned, whole or by its header lines."""
    for part in parts:
        if part.get_content_type() in RETURNED:
            found = _MESSAGE_ID.search(_value(_returned(part), "Message-ID"))
            if found:
                return found[0]
    raise NoReportError(
        gettext("The report returns no header lines with the Message-ID of what was sent.")
    )


def _returned(part: Message) -> Message:
    content = part.get_payload()
    if isinstance(content, list):
        first = content[0] if content else None
        return first if isinstance(first, Message) else Message()
    text = part.get_payload(decode=True)
    return message_from_bytes(text) if isinstance(text, bytes) else Message()


def _reason(recipients: Iterable[Message]) -> str:
    """The words of the server of the first recipient who has some, else the status alone."""
    for fields in recipients:
        # The type of the code stands before its words: "smtp; 550 no such user".
        words = _DIAGNOSTIC_TYPE.sub("", _value(fields, "Diagnostic-Code"))
        said = words or _value(fields, "Status")
        if said:
            return without_addresses(said[: 4 * REASON_CHARACTERS])[:REASON_CHARACTERS]
    return ""


def _value(fields: Message, name: str) -> str:
    """A field on one line, whatever its bytes."""
    return " ".join(str(fields.get(name, "")).split())
