"""Files by their SHA-256 outside the web root: written whole before the commit, never changed."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from notifications.models.papers import fault_of, path_of

BLOCK: Final = 1 << 20


def digest_and_size(file: BinaryIO) -> tuple[str, int]:
    """The SHA-256 of a file, and its bytes counted; block by block."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size


def keep_file(file: BinaryIO, sha256: str) -> Path:
    """Write the file under its digest, unless it stands there whole already.

    On return its bytes and its name are on the disk; a name without all of its bytes never stands
    there. Raises OSError.
    """
    path = path_of(sha256)
    if not fault_of(sha256):
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".coming-")
    try:
        with os.fdopen(handle, "wb") as coming:
            file.seek(0)
            shutil.copyfileobj(file, coming, BLOCK)
            coming.flush()
            os.fsync(coming.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
    for folder in (path.parent, path.parent.parent):
        _sync(folder)
    return path


def _sync(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_file(sha256: str) -> BinaryIO:
    """A stored file, to be read. Raises FileNotFoundError."""
    return path_of(sha256).open("rb")
