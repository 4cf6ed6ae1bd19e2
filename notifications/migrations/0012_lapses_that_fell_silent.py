"""A lapse whose day was corrected was told no more: it is again, from the week that has passed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone

WEEK = timedelta(days=7)


def _of_these_days(deadline: Any) -> list[Any]:
    """The newest versions, which name the same days, the newest first."""
    versions = list(deadline.versions.order_by("-no"))
    days = [(one.opens_on, one.due_on, one.due_at) for one in versions]
    others = (place for place, one in enumerate(days) if one != days[0])
    return versions[: next(others, len(versions))]


def go_on_telling(apps: Any, schema_editor: Any) -> None:
    """Plan the newest stage that has passed; what follows is planned when that is expanded."""
    alerts = apps.get_model("notifications", "Alert").objects
    outcomes = apps.get_model("notifications", "Outcome").objects
    lapsed = apps.get_model("notifications", "Deadline").objects.filter(
        status="lapsed",
        case__origin="live",
        notification__isnull=False,
        current_version__no__gt=1,
        current_version__due_at__isnull=False,
    )
    for deadline in lapsed.exclude(notification__progress__status="closed").iterator():
        told = alerts.filter(
            kind="deadline", deadline_version__deadline=deadline, stage__startswith="after-"
        )
        last = told.order_by("-due_at", "-pk").first()
        same = _of_these_days(deadline)
        version = same[-1]
        is_told_on = told.filter(deadline_version__in=same).exists()
        is_settled = outcomes.filter(
            deadline__notification=deadline.notification_id, deadline__clause=deadline.clause_id
        )
        if last is None or is_told_on or is_settled.exists():
            continue
        weeks = max(0, (timezone.now() - version.computed_at) // WEEK)
        alerts.create(
            case_id=deadline.case_id,
            notification_id=deadline.notification_id,
            deadline_version=version,
            kind="deadline",
            stage=f"after-{1 + 7 * weeks}",
            audience=last.audience,
            due_at=version.computed_at + weeks * WEEK,
        )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0011_answers_and_bounces")]

    operations = [migrations.RunPython(go_on_telling, migrations.RunPython.noop)]
