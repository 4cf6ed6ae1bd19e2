"""A folder of an IMAP server (RFC 3501): what is not seen waits, what was taken in is seen."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from notifications.inbox.box import BoxDownError, Waiting

TIMEOUT_SECONDS: Final = 20
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
    """One connection, opened for a run and closed after it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._server: imaplib.IMAP4 | None = None

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

    def waiting(self, limit: int) -> Iterator[Waiting]:
        """What is not marked as seen, in the order of the folder; reading it marks nothing."""
        found = _asked(lambda: _answer(self._open_server.uid("SEARCH", "UNSEEN")))
        keys = (found[0] or b"").split()[:limit]
        for key in keys:
            name = key.decode("ascii")
            parts = _asked(partial(self._read, name))
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None:
                yield Waiting(name, bytes(raw))

    def mark(self, key: str) -> None:
        """Mark a mail as seen."""
        seen = r"(\Seen)"
        _asked(lambda: _answer(self._open_server.uid("STORE", key, "+FLAGS.SILENT", seen)))

    def _read(self, key: str) -> list[Any]:
        return _answer(self._open_server.uid("FETCH", key, "(BODY.PEEK[])"))

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
