"""What the mails on messages that could not be delivered say: who, about what, and why."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.utils.translation import gettext

from notifications.emails.addresses import one_line
from notifications.emails.words import full_date
from notifications.models import Alert, Delivery, Message

# What stands in the attempts of a message that reached nobody.
_FAILED: Final = (Delivery.Outcome.REFUSED, Delivery.Outcome.GIVEN_UP, Delivery.Outcome.BOUNCED)


def reasons_of(alerts: Collection[Alert]) -> dict[int, str]:
    """By the key of the message that failed, what was said to it last: one query, or none."""
    keys = [alert.failed_message_id for alert in alerts if alert.failed_message_id]
    if not keys:
        return {}
    said = Delivery.objects.filter(message__in=keys, outcome__in=_FAILED).order_by("at", "pk")
    return {delivery.message_id: delivery.reply for delivery in said}


def of_failure(alert: Alert, reasons: dict[int, str], *, title: str, party: str) -> dict[str, Any]:
    """The values of the templates; ``title`` is the title of the date that was told, if any.

    The address is not among them: whoever reads this knows the person.
    """
    failed = alert.failed_message
    if failed is None:
        raise Message.DoesNotExist(f"alert {alert.pk} is of no message")
    reason = one_line(reasons.get(failed.pk, ""))
    return {
        "person": one_line(failed.user.name),
        "role": failed.own_mandate.get_role_display(),
        "party": party,
        "about": _about(failed.alert, title),
        "failure": gettext(reason) if reason else "",
        "is_run": alert.notification_id is None,
    }


def _about(told: Alert, title: str) -> str:
    """What the message told of: a date with its title, else a kind of act."""
    version = told.deadline_version
    if version is None or version.due_on is None:
        return title or str(Alert.Kind(told.kind).label)
    return gettext("%(title)s, %(day)s") % {"title": title, "day": full_date(version.due_on)}
