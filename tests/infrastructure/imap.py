"""A real IMAP server (Dovecot) on a Maildir of its own, where one is installed."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.infrastructure.brokers import wait_until

PASSWORD = "kept:by/nobody"
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 0
first_valid_gid = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """Where it listens, and the Maildir behind it."""

    port: int
    maildir: Path

    @property
    def url(self) -> str:
        """The server as an ``INBOX_URL``."""
        return f"imap://replies:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/INBOX"

    def deliver(self, name: str, raw: bytes) -> None:
        """Put a mail into the mailbox, as a mail server does."""
        (self.maildir / "new" / name).write_bytes(raw)


def find_dovecot() -> str | None:
    """The program, on the path or where distributions put it."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _users() -> dict[str, object]:
    """Whom its processes run as: it refuses to be root, and then needs those of its package."""
    if os.getuid() == 0:
        user = pwd.getpwnam("dovecot")
        own: dict[str, object] = {"uid": user.pw_uid, "gid": user.pw_gid}
        return {**own, "user": "dovecot", "group": "dovecot", "login": "dovenull"}
    own = {"uid": os.getuid(), "gid": os.getgid()}
    group = grp.getgrgid(os.getgid()).gr_name
    return {**own, "user": getpass.getuser(), "group": group, "login": getpass.getuser()}


def _make_maildir(folder: Path, users: dict[str, object]) -> Path:
    """An empty Maildir that its processes may change."""
    for part in ("", "new", "cur", "tmp"):
        (folder / part).mkdir(exist_ok=True)
        os.chown(folder / part, int(str(users["uid"])), int(str(users["gid"])))
    return folder


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """A server with an empty mailbox, ended after the test."""
    program = find_dovecot()
    if program is None:
        pytest.skip("no Dovecot is installed on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="treatyflow-imap-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its users go through it
        users = _users()
        settings = {"folder": folder, "port": port, "password": PASSWORD, **users}
        maildir = _make_maildir(folder / "mail", users)
        file = folder / "dovecot.conf"
        file.write_text(CONFIGURATION.format(**settings))
        process = subprocess.Popen([program, "-F", "-c", str(file)])
        try:
            wait_until(lambda: is_listening(port), 20, "the IMAP server")
            yield ImapServer(port, maildir)
        finally:
            process.terminate()
            process.wait(timeout=20)


def is_listening(port: int) -> bool:
    """Whether a connection is taken."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
