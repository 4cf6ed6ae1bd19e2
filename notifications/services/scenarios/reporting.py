"""What a replay says of its case: read from what is stored, so that it says the same again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from notifications.models import (
    Alert,
    Case,
    Deadline,
    Message,
    Notification,
)
from notifications.register import plain
from notifications.services.scenarios.content import Scenario, ScenarioAct
from notifications.services.scenarios.expecting import Judge, Verdict, bearer_of


@dataclass(frozen=True)
class Report:
    """The acts, deadlines, alerts and expectations of a replayed scenario, as plain data.

    The shape is that of ``replay --json`` (scenarios.md). ``waiting`` messages are still to
    be handed to the server, ``undeliverable`` ones it will not have.
    """

    scenario: Scenario
    acts: Sequence[dict[str, Any]]
    deadlines: Sequence[dict[str, Any]]
    alerts: Mapping[str, int]
    messages: int
    waiting: int
    undeliverable: int
    verdicts: Sequence[Verdict]

    @property
    def failed(self) -> int:
        """How many expectations do not hold."""
        return sum(not verdict.ok for verdict in self.verdicts)

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "acts": list(self.acts),
            "deadlines": list(self.deadlines),
            "alerts": dict(self.alerts),
            "messages": self.messages,
            "expect": [verdict.as_data() for verdict in self.verdicts],
        }


def report_on(case: Case, scenario: Scenario) -> Report:
    """The report on a replayed case: a fixed number of queries but for the expectations."""
    deadlines = list(
        Deadline.objects.in_case(case)
        .with_reasons()
        .select_related("notification")
        .order_by("notification", "due_at", "pk")
    )
    judge = Judge(case, scenario.zone, deadlines)
    notifications = {
        row.external_ref: row for row in Notification.objects.filter(case=case).with_way()
    }
    messages = Message.objects.filter(alert__case=case)
    return Report(
        scenario=scenario,
        acts=[_act(act, scenario, notifications.get(act.ref)) for act in scenario.acts],
        deadlines=[_deadline(deadline) for deadline in deadlines],
        alerts=_alerts(case),
        messages=messages.count(),
        waiting=messages.filter(state__in=("pending", "accepted")).count(),
        undeliverable=messages.filter(state="failed").count(),
        verdicts=[judge.verdict(expected) for expected in scenario.expect],
    )


def _act(act: ScenarioAct, scenario: Scenario, notification: Notification | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": act.ref,
        "at": plain(scenario.instant(act.at)),
        "act": act.act,
        "by": list(act.by),
        "to": act.to or None,
        "position": act.position or None,
        "number": None,
        "status": None,
        "flags": [],
    }
    if notification is not None:
        circulation = getattr(notification, "circulation", None)
        said["number"] = circulation.number if circulation else None
        said["status"] = notification.progress.status
        said["flags"] = [flag["sentence"] for flag in notification.fields.get("flags", [])]
    return said


def _deadline(deadline: Deadline) -> dict[str, Any]:
    version = deadline.version
    return {
        "clause": deadline.clause.slug if deadline.clause else None,
        "of": deadline.act.external_ref,
        "bearer": bearer_of(deadline),
        "opens": plain(version.opens_at if version.is_exact else version.opens_on),
        "due": plain(version.due_at if version.is_exact else version.due_on),
        "status": deadline.status,
        "trace": version.trace,
    }


def _alerts(case: Case) -> dict[str, int]:
    """All that were ever planned; of them those sent, those voided, those that reached nobody."""
    alerts = Alert.objects.filter(case=case)
    sent = Exists(Message.objects.filter(alert=OuterRef("pk"), state="sent"))
    return {
        "planned": alerts.count(),
        "sent": alerts.filter(sent).count(),
        "void": alerts.filter(state=Alert.State.VOID).count(),
        "unaddressed": alerts.filter(state=Alert.State.UNADDRESSED).count(),
    }
