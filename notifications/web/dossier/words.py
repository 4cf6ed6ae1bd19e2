"""What a party was told, in words: which stage of which deadline, or which act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext

from notifications.models import Alert, Notification
from notifications.web.dossier.telling import Told
from notifications.web.names import PartyNames
from notifications.web.thread import title_of
from notifications.web.words import capitalised, clock_title


@dataclass(frozen=True)
class Line:
    """One thing told, and to whom: parties by name, with how many people and when."""

    what: str
    due_at: datetime
    zone: str
    parties: str
    people: int
    sent: int
    failed: int
    last_at: datetime | None


def told_in_words(
    rows: Iterable[Told], acts: Iterable[Notification], names: PartyNames
) -> list[Line]:
    """One line an alert, in order; ``acts`` are those of the dossier, with their senders."""
    titles = {act.pk: title_of(act, names) for act in acts}
    alerts: dict[int, list[Told]] = {}
    for row in rows:
        alerts.setdefault(row.alert.pk, []).append(row)
    return [_line(group, titles, names) for group in alerts.values()]


def _line(group: list[Told], titles: Mapping[int, str], names: PartyNames) -> Line:
    alert = group[0].alert
    return Line(
        what=_what(alert, titles[alert.act.pk]),
        due_at=alert.due_at,
        zone=alert.act.zone,
        parties=names.listed(row.party_id for row in group),
        people=sum(row.people for row in group),
        sent=sum(row.sent for row in group),
        failed=sum(row.failed for row in group),
        last_at=max((row.last_at for row in group if row.last_at), default=None),
    )


def _what(alert: Alert, act: str) -> str:
    """What an alert tells: which act, or which stage of which deadline."""
    version = alert.deadline_version
    if version is None:
        said = {"what": Alert.Kind(alert.kind).label, "act": act}
        return capitalised(gettext("%(what)s: %(act)s") % said)
    rule = version.clause_version.rule if version.clause_version else None
    said = {"title": clock_title(rule, alert.act.act)}
    stage, _, number = alert.stage.partition("-")
    count = number.removesuffix("h")
    days = int(count) if count.isdigit() else 0
    if stage == "before" and number.endswith("h"):
        sentence = ngettext(
            "%(title)s: %(days)d hour before", "%(title)s: %(days)d hours before", days
        )
    elif stage == "before":
        sentence = ngettext(
            "%(title)s: %(days)d day before", "%(title)s: %(days)d days before", days
        )
    elif stage == "after":
        sentence = gettext("%(title)s: after the day")
    elif stage == "opens":
        sentence = gettext("%(title)s: the window opens")
    else:
        sentence = gettext("%(title)s: the day")
    return sentence % {**said, "days": days}
