"""Files on their way in: one that is longer than is taken is cut off, so that no disk is filled."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class CutOffUpload(FileUploadHandler):
    """Lets a file through until it is longer than is taken; what comes then is dropped.

    What is kept is still too long, so that the service refuses it and says why.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """The chunk as it is, or nothing where the file is too long already."""
        return raw_data if start <= settings.TREATYFLOW_DOCUMENT_MEGABYTES << 20 else None

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:  # noqa: ARG002
        """The handlers that follow keep the file."""
        return None
