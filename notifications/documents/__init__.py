"""Files that belong to acts: what a file is by its content, and where its bytes are kept."""

from notifications.documents.content import type_of
from notifications.documents.store import digest_and_size, keep_file, open_file

__all__ = ["digest_and_size", "keep_file", "open_file", "type_of"]
