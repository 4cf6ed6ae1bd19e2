"""Fields by which files are chosen: one, or several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO, cast

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext

from notifications.services.papers import MOST_FILES, Upload
from notifications.web.form_fields import asked

TAKEN = ".pdf,.png,.jpg,.jpeg,.tif,.tiff"


class OneFileInput(forms.FileInput):
    """A field for one file; what was chosen before cannot be shown again."""

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control", "accept": TAKEN})


class SeveralFilesInput(OneFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Several files; what stands against one of them is said by the service."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:  # noqa: ARG002
        """All that were chosen."""
        return list(data) if isinstance(data, list | tuple) else [data] if data else []


class OneFile(forms.FileField):
    """One file; an empty one is told apart by the service from none."""

    widget = OneFileInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, **kwargs)


def one_file(*, label: Any, help_text: Any = "") -> OneFile:
    """One file that must be chosen: the view says so where it is missing."""
    return asked(OneFile(label=label, help_text=help_text, required=False), is_asked=True)


def several_files(*, label: Any, help_text: Any = "") -> SeveralFiles:
    """Several files, or none."""
    return SeveralFiles(label=label, help_text=help_text, required=False)


def _what_is_taken() -> str:
    """Which files are taken, in one sentence."""
    sentence = gettext("PDF, PNG, JPEG or TIFF, at most %(size)d MB each, at most %(most)d files.")
    return sentence % {"size": settings.TREATYFLOW_DOCUMENT_MEGABYTES, "most": MOST_FILES}


what_is_taken = lazy(_what_is_taken, str)


def uploads_of(files: Iterable[UploadedFile[Any]]) -> list[Upload]:
    """What was chosen, as a service takes it: read from where it came in, never copied whole."""
    return [Upload(cast(BinaryIO, file.file), file.name or "") for file in files]
