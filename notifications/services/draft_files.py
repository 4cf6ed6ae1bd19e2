"""Files that go with a draft: adding or removing one changes the wording that is approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Draft, User
from notifications.services.draft_states import advance, changed, locked, today_of
from notifications.services.fields import FILES
from notifications.services.papers import Upload, take_files


@transaction.atomic
def add_files(
    *, draft: Draft, uploads: Sequence[Upload], version: int, actor: User, now: datetime
) -> Draft:
    """Add files to the draft as the person read it at ``version``; ten at most go with an act.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError naming ``files``.
    """
    current = _opened(draft, version, actor, now)
    if not uploads:
        raise RuleBrokenError(gettext("Choose a file to be added."), field="files")
    beside = current.fields.get(FILES, [])
    named = take_files(uploads, actor=actor, now=now, beside=beside)
    if named == beside:
        raise RuleBrokenError(gettext("This file goes with the draft already."), field="files")
    return _with_files(current, named, actor, now)


@transaction.atomic
def remove_file(*, draft: Draft, sha256: str, version: int, actor: User, now: datetime) -> Draft:
    """Take a file away from the draft; what was stored of it stays, named by nothing.

    Raises NotPermittedError, ChangedMeanwhileError, or RuleBrokenError where it is not there.
    """
    current = _opened(draft, version, actor, now)
    named = current.fields.get(FILES, [])
    left = [one for one in named if one["sha256"] != sha256]
    if left == named:
        raise RuleBrokenError(gettext("This file does not go with the draft."), field="files")
    return _with_files(current, left, actor, now)


def _opened(draft: Draft, version: int, actor: User, now: datetime) -> Draft:
    """The draft under its lock, where the person may edit it and it can be edited."""
    current = locked(draft, version, actor, "edit")
    if not permissions.can_edit(actor, current, today_of(current, now)):
        raise NotPermittedError(gettext("You hold no mandate to edit this draft today."))
    advance(current, "edit")
    return current


def _with_files(draft: Draft, named: list[dict[str, Any]], actor: User, now: datetime) -> Draft:
    others = {key: value for key, value in draft.fields.items() if key != FILES}
    draft.fields = {**others, **({FILES: named} if named else {})}
    draft.written_by = actor
    return changed(draft, actor, now, "draft-files-changed")
