"""What an administrator should look at first: each thing in one sentence with the way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from notifications.admin.asking import Asking
from notifications.admin.heartbeats import beats
from notifications.admin.mail_figures import figures
from notifications.admin.naming import CodeNames
from notifications.admin.reading import readable_acts
from notifications.admin.saying import act_words
from notifications.delivery.contacts import people_out_of_reach
from notifications.emails.words import cause_of
from notifications.models import Deadline, DeadlineVersion, Mandate
from notifications.register import missing_triggers

MOVED_WITHIN: Final = timedelta(days=14)
ENDING_WITHIN: Final = timedelta(days=30)
ROWS: Final = 10


@dataclass(frozen=True)
class Concern:
    """One sentence, and the page that shows more; ``is_bad`` calls for action."""

    said: str
    page: str
    is_bad: bool


@dataclass(frozen=True)
class Moved:
    """An open deadline whose day has changed lately, from when to when and why."""

    deadline: Deadline
    act: str
    before: Any
    after: Any
    cause: str


def concerns(by: Asking) -> list[Concern]:
    """What calls for attention now; empty where nothing does."""
    return [*_seals(), *_silent(by), *_mail(by), *_out_of_reach(), *_mandates(by)]


def _seals() -> Iterator[Concern]:
    missing = missing_triggers()
    if missing:
        said = ngettext(
            "%(number)d trigger that seals the register is missing.",
            "%(number)d triggers that seal the register are missing.",
            len(missing),
        )
        yield Concern(said % {"number": len(missing)}, "", is_bad=True)


def _silent(by: Asking) -> Iterator[Concern]:
    for beat in beats(by.now):
        if beat.is_silent:
            said = gettext("“%(part)s” has gone silent: %(seen)s.")
            values = {"part": beat.name, "seen": beat.said}
            yield Concern(said % values, reverse("admin:heartbeats"), is_bad=True)


def _mail(by: Asking) -> Iterator[Concern]:
    found, page = figures(by.now), reverse("admin:mail-health")
    for number, one, several, is_bad in (
        (
            found.failed,
            "%(number)d message could not be delivered.",
            "%(number)d messages could not be delivered.",
            True,
        ),
        (
            found.unaddressed,
            "%(number)d alert reached nobody: no one holds a mandate for it.",
            "%(number)d alerts reached nobody: no one holds a mandate for them.",
            True,
        ),
        (
            found.retried,
            "%(number)d message is being tried again.",
            "%(number)d messages are being tried again.",
            False,
        ),
    ):
        if number:
            yield Concern(ngettext(one, several, number) % {"number": number}, page, is_bad)


def _out_of_reach() -> Iterator[Concern]:
    number = len(people_out_of_reach())
    if number:
        said = ngettext(
            "Mail to %(number)d person comes back.",
            "Mail to %(number)d persons comes back.",
            number,
        )
        yield Concern(said % {"number": number}, reverse("admin:mail-health"), is_bad=True)


def _mandates(by: Asking) -> Iterator[Concern]:
    last = by.today + ENDING_WITHIN
    number = Mandate.objects.filter(to_on__gte=by.today, to_on__lte=last).count()
    if number:
        said = ngettext(
            "%(number)d mandate ends within thirty days.",
            "%(number)d mandates end within thirty days.",
            number,
        )
        page = f"{reverse('admin:notifications_mandate_changelist')}?to_on__isempty=0"
        yield Concern(said % {"number": number}, page, is_bad=False)


def moved(by: Asking) -> list[Moved]:
    """Open deadlines of live cases that moved to another day within a fortnight, where readable."""
    before = DeadlineVersion.objects.filter(
        deadline=OuterRef("pk"), no=OuterRef("current_version__no") - 1
    )
    rows = (
        Deadline.objects.unfinished()
        .in_case(None)
        .filter(
            notification__in=readable_acts(by).values("pk"),
            current_version__no__gt=1,
            current_version__computed_at__gt=by.now - MOVED_WITHIN,
        )
        .annotate(before_on=Subquery(before.values("due_on")[:1]))
        .exclude(before_on=None)
        .exclude(before_on=F("current_version__due_on"))
        .select_related("notification__treaty", "clause", "current_version")
        .order_by("-current_version__computed_at", "pk")
    )
    names = CodeNames()
    return [_moved(row, names) for row in rows[:ROWS]]


def _moved(row: Any, names: CodeNames) -> Moved:
    said = gettext("%(act)s, %(treaty)s") % {
        "act": act_words(row.notification.act),
        "treaty": row.notification.treaty.short_name,
    }
    return Moved(row, said, row.before_on, row.version.due_on, cause_of(row.version, names))
