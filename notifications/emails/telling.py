"""What every mail has: its alert, the names of parties, the version and the reason of its date."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language_info

from notifications.clauses.compute import BEGINNING
from notifications.emails.addresses import one_line
from notifications.emails.background import ACTS_WITH_DATES, Background
from notifications.emails.reminding import link_to_reminders, rung_of
from notifications.emails.replying import takes_replies
from notifications.emails.words import exact, reason_of
from notifications.models import Alert, DeadlineVersion

# What such an alert says of the days to a date, or of what runs, is true on one day alone.
OF_DAYS_TO_COME: Final = frozenset({Alert.Kind.DEADLINE, *ACTS_WITH_DATES})


def day_at(at: datetime, zone: str) -> date:
    """The day of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def told_on(alert: Alert, *, now: datetime) -> date | None:
    """The day on which an alert that names days to come is told, where it is later than its own.

    It waited, for its reader or for the mail server; a replay tells everything on its day.
    """
    if alert.kind not in OF_DAYS_TO_COME or not alert.case.is_live:
        return None
    zone = alert.deadline_version.zone if alert.deadline_version else alert.case.treaty.zone
    today = day_at(now, zone)
    return today if today > day_at(alert.told_at, zone) else None


class Telling(ABC):
    """One alert told in the language that is active; days count from the day it is told.

    ``at`` is the instant from which the days to a date count where it is told in a digest.
    """

    def __init__(
        self, alert: Alert, background: Background, language: str, *, at: datetime | None = None
    ) -> None:
        self.alert = alert
        self.background = background
        self.language = language
        self.at = at if at is not None and alert.kind in OF_DAYS_TO_COME else alert.told_at

    @property
    @abstractmethod
    def folder(self) -> str:
        """The folder of the mail's templates."""

    @property
    @abstractmethod
    def link(self) -> str:
        """The page to which the mail leads."""

    @abstractmethod
    def context(self) -> dict[str, Any]:
        """The values of the templates."""

    @abstractmethod
    def title(self) -> str:
        """What the alert's deadline is, for the calendar."""

    def frame(self) -> dict[str, Any]:
        """The values that stand in every mail."""
        return {
            "skeleton": "emails/letter.txt",
            "language": self.language,
            "direction": "rtl" if get_language_info(self.language)["bidi"] else "ltr",
            "treaty": one_line(self.alert.case.treaty.short_name),
            "takes_replies": takes_replies(self.alert),
            "was_due": exact(self.alert.due_at, self.alert.zone) if self.alert.is_late else "",
            "reminders": "" if rung_of(self.alert) is None else link_to_reminders(),
        }

    def name(self, code: str) -> str:
        """A party's name on one line."""
        return one_line(self.background.spoken(code, self.language).name)

    def in_text(self, code: str) -> str:
        """A party's name as it stands within a sentence."""
        return one_line(self.background.spoken(code, self.language).in_text)

    def sorted(self, codes: Iterable[str]) -> list[str]:
        """The codes of parties in the order of the reader's language."""
        return sorted(codes, key=lambda code: self.background.spoken(code, self.language).sort_key)

    def day(self, zone: str) -> date:
        """The day on which the alert falls due, in a zone; of a late one that on which it came."""
        return day_at(self.at, zone)

    def is_over(self) -> bool:
        """Whether the day is told after the time has ended: of a clock in hours, of a target."""
        if self.alert.kind != Alert.Kind.DEADLINE or self.alert.stage != "day":
            return False
        version = self.version()
        rule = version.clause_version.rule if version.clause_version else {}
        ends = version.due_at is not None and version.due_at <= self.at
        return ends and rule.get("yields") not in BEGINNING

    def reason(self) -> str:
        """The way to the date of the alert's deadline."""
        return reason_of(self.version(), self.in_text)

    def version(self) -> DeadlineVersion:
        """The newest computation of the day that the alert tells of, with the newest reason."""
        version = self.alert.deadline_version
        if version is None:
            raise DeadlineVersion.DoesNotExist(f"alert {self.alert.pk} is not of a deadline")
        newest = version.deadline.version
        return newest if newest.has_days_of(version) else version
