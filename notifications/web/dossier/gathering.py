"""What a dossier holds: one notice, the acts of its case, and all that came of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from django.db.models import Prefetch, Q

from notifications.models import (
    Attachment,
    Deadline,
    DeadlineVersion,
    Defect,
    Fact,
    Notification,
    Outcome,
    Response,
    Transmission,
)
from notifications.web.ledger import facts_of
from notifications.web.names import PartyNames
from notifications.web.thread import CaseRecords

Row = TypeVar("Row", Deadline, Transmission, Defect)


def plain_name(name: str) -> str:
    """A name that every system takes as a file's: letters of any script stay."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "paper"


@dataclass
class Dossier:
    """One notice and its case as far as the reader may read it: a fixed number of queries."""

    notice: Notification
    records: CaseRecords
    names: PartyNames

    @cached_property
    def acts(self) -> list[Notification]:
        """The acts of its case, in order: what was asked and never answered stands there too."""
        return self.records.acts

    @cached_property
    def keys(self) -> set[int]:
        """The keys of the acts."""
        return {act.pk for act in self.acts}

    @cached_property
    def responses(self) -> list[Response]:
        """The responses to them, the oldest first."""
        return [row for row in self.records.responses if row.notification_id in self.keys]

    @cached_property
    def deadlines(self) -> dict[int, list[Deadline]]:
        """Their deadlines with every version, by act."""
        versions = DeadlineVersion.objects.select_related("computed_by").order_by("no")
        found = (
            Deadline.objects.filter(notification__in=self.keys)
            .with_reasons()
            .select_related("notification", "met_by__circulation")
            .prefetch_related(Prefetch("versions", queryset=versions))
            .order_by("due_at", "pk")
        )
        return self._by_act(found)

    @cached_property
    def transmissions(self) -> dict[int, list[Transmission]]:
        """To whom they were sent, by act."""
        return self._by_act(Transmission.objects.filter(notification__in=self.keys).order_by("pk"))

    @cached_property
    def defects(self) -> dict[int, list[Defect]]:
        """What was not in due form, by act."""
        return self._by_act(Defect.objects.filter(notification__in=self.keys).order_by("pk"))

    @cached_property
    def attachments(self) -> list[Attachment]:
        """The papers of the acts and of the responses to them."""
        theirs = Q(notification__in=self.keys) | Q(response__notification__in=self.keys)
        return list(
            Attachment.objects.filter(theirs).select_related("document", "response").order_by("pk")
        )

    @cached_property
    def papers(self) -> list[tuple[str, Attachment]]:
        """The same, each with the name of its file in the archive."""
        numbered = enumerate(self.attachments, start=1)
        return [(f"papers/{number:02}-{plain_name(row.name)}", row) for number, row in numbered]

    @cached_property
    def facts(self) -> list[Fact]:
        """The ledger of the case, as far as the reader may read it."""
        return list(facts_of(self.notice.case, self.records.user, self.records.today))

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """What silences were found to mean."""
        return list(Outcome.objects.filter(deadline__notification__in=self.keys).order_by("pk"))

    def _by_act(self, rows: Iterable[Row]) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = {key: [] for key in self.keys}
        for row in rows:
            found[row.notification_id or 0].append(row)
        return found
