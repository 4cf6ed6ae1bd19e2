"""A folder of an IMAP server (RFC 3501): a mail waits until it carries the mark of this service."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from notifications.inbox.box import BEGINNING, BoxDownError, Fetched, MailUnreadableError

TIMEOUT_SECONDS: Final = 20
# Ours beside ``\Seen``: a person who looks into the mailbox sets that one, and takes nothing in.
TAKEN: Final = "$TreatyFlowTaken"
# How often a run opens the mailbox again: servers break off where they cannot read a mail.
MOST_LOSSES: Final = 100
# How often it waits in vain for one: each time takes TIMEOUT_SECONDS.
MOST_SILENCES: Final = 3
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)", re.IGNORECASE)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Place:
    """Where the mailbox is; ``security`` is ``ssl``, ``tls`` (STARTTLS) or nothing."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    security: str


class Imap:
    """One connection, opened for a run and closed after it; opened again where a mail breaks it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._server: imaplib.IMAP4 | None = None
        self._validity: object = None
        self._keeps_keywords = True
        self._losses = self._silences = 0

    def __enter__(self) -> Self:
        self._server = _asked(self._open)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.logout()
        except (OSError, imaplib.IMAP4.error):
            server.shutdown()

    def waiting(self) -> list[str]:
        """What is not seen, and then what this service did not mark, in the order of the folder.

        Where the server keeps no keyword (RFC 3501, 7.1: PERMANENTFLAGS) the first is all. Some
        say that they keep them, and find none by them.
        """
        unseen = self._found("UNSEEN")
        unmarked = self._found("UNKEYWORD", TAKEN) if self._keeps_keywords else []
        return list(dict.fromkeys([*unseen, *unmarked]))

    def _found(self, *criteria: str) -> list[str]:
        found = _asked(lambda: _answer(self._open_server.uid("SEARCH", *criteria)))
        return sorted((key.decode("ascii") for key in (found[0] or b"").split()), key=int)

    def fetch(self, key: str, longest: int) -> Fetched:
        """Read a mail, of one that is too large the beginning; reading it marks nothing."""
        is_whole = self._size(key) <= longest
        parts = self._fetched(key, "(BODY.PEEK[])" if is_whole else f"(BODY.PEEK[]<0.{BEGINNING}>)")
        raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if raw is None:
            raise MailUnreadableError(f"The mail server gave nothing of mail {key}.")
        return Fetched(bytes(raw), is_whole)

    def mark(self, key: str) -> None:
        """Mark a mail as taken in, and for people as seen."""
        flags = rf"(\Seen {TAKEN})" if self._keeps_keywords else r"(\Seen)"
        said = _asked(lambda: self._open_server.uid("STORE", key, "+FLAGS.SILENT", flags))
        if said[0] != "OK":
            raise MailUnreadableError(f"The mail server does not mark mail {key}.")

    def _size(self, key: str) -> int:
        """In bytes. Raises MailUnreadableError, as for a mail that is gone meanwhile."""
        for part in self._fetched(key, "(RFC822.SIZE)"):
            if isinstance(part, bytes) and (found := _SIZE.search(part)):
                return int(found[1])
        raise MailUnreadableError(f"The mail server tells no size of mail {key}.")

    def _fetched(self, key: str, what: str) -> list[Any]:
        sentence = f"The mail server did not give mail {key}."
        try:
            status, parts = self._open_server.uid("FETCH", key, what)
        except (imaplib.IMAP4.abort, OSError) as error:
            self._losses += 1
            self._silences += isinstance(error, TimeoutError)
            self._open_again()
            raise MailUnreadableError(sentence) from error
        except imaplib.IMAP4.error as error:
            raise MailUnreadableError(sentence) from error
        if status != "OK":
            raise MailUnreadableError(sentence)
        return parts

    def _open_again(self) -> None:
        """After a loss of the connection; keys of mails must mean what they meant."""
        validity = self._validity
        self.__exit__(None, None, None)
        if self._losses > MOST_LOSSES or self._silences > MOST_SILENCES:
            raise BoxDownError("The mail server of INBOX_URL breaks off again and again.")
        self._server = _asked(self._open)
        if self._validity != validity:
            raise BoxDownError("The mailbox was numbered anew meanwhile.")

    @property
    def _open_server(self) -> imaplib.IMAP4:
        if self._server is None:
            raise BoxDownError("The mailbox is not open.")
        return self._server

    def _open(self) -> imaplib.IMAP4:
        server = self._connection()
        try:
            if self._place.security == "tls":
                server.starttls(ssl.create_default_context())
            server.login(self._place.user, self._place.password)
            _answer(server.select(_quoted(self._place.folder)))
            self._validity = server.response("UIDVALIDITY")[1]
            self._keeps_keywords = _takes_keywords(server.response("PERMANENTFLAGS")[1])
        except Exception:
            server.shutdown()
            raise
        return server

    def _connection(self) -> imaplib.IMAP4:
        place = self._place
        if place.security != "ssl":
            return imaplib.IMAP4(place.host, place.port, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(
            place.host, place.port, ssl_context=context, timeout=TIMEOUT_SECONDS
        )


def _takes_keywords(permanent: list[Any]) -> bool:
    """Whether a client may set keywords of its own, or the server knows ours."""
    flags = b" ".join(part for part in permanent if isinstance(part, bytes))
    return rb"\*" in flags or TAKEN.encode() in flags


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _answer(said: tuple[str, list[Any]]) -> list[Any]:
    status, data = said
    if status != "OK":
        raise BoxDownError("The mail server of INBOX_URL refused a command.")
    return data


def _asked(command: Callable[[], Result]) -> Result:
    """Carry out a command; whatever goes wrong is told without the server's words.

    They could repeat the name of the account.
    """
    try:
        return command()
    except imaplib.IMAP4.error as error:
        sentence = "The mail server of INBOX_URL refused the sign-in or a command."
        raise BoxDownError(sentence) from error
    except OSError as error:
        raise BoxDownError("The mail server of INBOX_URL does not answer.") from error
    except UnicodeError as error:
        sentence = "INBOX_URL names a folder or an account with letters that IMAP does not take."
        raise BoxDownError(sentence) from error
