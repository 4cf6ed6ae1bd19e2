"""The address to which an alert is answered: signed, it names one message, and so case and person.

``replies+<message>-<signature>@…``: lower case and short, for servers that fold case or cut names.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.models import Alert, Message

# Of a deadline the party that bears it is told, which answers by an act or a response.
_ANSWERED: Final = frozenset({Alert.Kind.ISSUED, Alert.Kind.CIRCULATED, Alert.Kind.DEADLINE})
_SALT: Final = "treatyflow.reply"
_SIGNATURE: Final = 26  # characters of base32: 130 bits
_TOKEN: Final = re.compile(rf"([0-9a-z]{{1,13}})-([a-z2-7]{{{_SIGNATURE}}})")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def takes_replies(alert: Alert) -> bool:
    """Whether a reply to its mails can become an answer: there is a mailbox, and a live act.

    And they are mails to those that were sent the act: who gave it, or keeps it, has no answer.
    """
    if alert.notification_id is None or not alert.case.is_live:
        return False
    return bool(settings.TREATYFLOW_INBOX_URL) and (
        alert.kind in _ANSWERED or alert.audience == "unacknowledged"
    )


def reply_address(message: Message) -> str:
    """The address for replies to this message; it must be stored."""
    local, _at, domain = settings.TREATYFLOW_REPLY_TO.rpartition("@")
    key = _base36(message.pk)
    return f"{local}+{key}-{_signature(key, settings.SECRET_KEY)}@{domain}"


def is_for_replies(addresses: Iterable[str]) -> bool:
    """Whether one of these addresses is, or pretends to be, one for replies."""
    return any(True for _token in _tokens(addresses))


def answered_message(addresses: Iterable[str]) -> int | None:
    """The key of the message to which a mail sent to these addresses replies.

    None where no address carries a signature of this service.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    for token in _tokens(addresses):
        found = _TOKEN.fullmatch(token)
        if found is None:
            continue
        key, signature = found.groups()
        if any(constant_time_compare(signature, _signature(key, secret)) for secret in keys):
            return int(key, 36)
    return None


def _tokens(addresses: Iterable[str]) -> Iterable[str]:
    """What stands after the plus of each address that has the form of one for replies."""
    own, _at, domain = settings.TREATYFLOW_REPLY_TO.lower().rpartition("@")
    for address in addresses:
        local, _at, host = address.strip().lower().rpartition("@")
        name, plus, token = local.partition("+")
        if plus and name == own and host == domain:
            yield token


def _signature(key: str, secret: str | bytes) -> str:
    digest = salted_hmac(_SALT, key, secret=secret, algorithm="sha256").digest()
    return base64.b32encode(digest).decode("ascii").lower()[:_SIGNATURE]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
