"""What a person says of how they are reminded: own days, quiet hours, a pause, a digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.delivery.wishes import Wish
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import (
    Alert,
    Case,
    Deadline,
    Message,
    Preference,
    User,
)
from notifications.register import Entry, append
from notifications.services.alerts import extra_stages

# The days before a date that a person may choose from.
RUNGS: Final = (180, 120, 90, 60, 45, 30, 21, 14, 10, 7, 5, 3, 2, 1)
LONGEST_PAUSE: Final = timedelta(days=30)
_BATCH: Final = 500


@transaction.atomic
def save_preference(
    *,
    user: User,
    actor: User,
    now: datetime,
    ladder: Sequence[int],
    quiet_from: time | None,
    quiet_to: time | None,
    snooze_until: datetime | None,
    digest: str,
) -> Preference:
    """Set how a person is reminded; ``ladder`` empty: as the kind of each deadline says.

    ``digest`` is one of ``Preference.Digest``.

    Reminders of newly chosen days are planned for the clocks that run; what waits unsent for the
    person is put to the time of the new wish. Where nothing differs there is no event.

    Raises NotPermittedError for anybody else, RuleBrokenError naming the field.
    """
    if actor.pk != user.pk or not permissions.can_change_own_settings(actor):
        raise NotPermittedError(gettext("Only the person themselves says how they are reminded."))
    _check_ladder(ladder)
    _check_quiet(quiet_from, quiet_to)
    _check_snooze(snooze_until, now)
    _check_digest(digest)
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    held = Preference.objects.filter(user=person).first() or Preference()
    held.user = person
    before = _as_data(held)
    held.ladder = sorted(ladder, reverse=True)
    held.quiet_from, held.quiet_to, held.snooze_until = quiet_from, quiet_to, snooze_until
    held.digest = digest
    after = _as_data(held)
    changes = {
        name: {"before": before[name], "after": after[name]}
        for name in after
        if before[name] != after[name]
    }
    if changes:
        held.save()
        append(Entry("preference-saved", person, at=now, actor=actor, body={"changes": changes}))
        _plan_rungs(set(after["ladder"]) - set(before["ladder"]), now=now)
        _put_off_or_forward(held, now=now)
    return held


def _check_ladder(ladder: Sequence[int]) -> None:
    for days in ladder:
        if days not in RUNGS:
            sentence = gettext("My own days: “%(days)s” is not one of the list.")
            raise RuleBrokenError(sentence % {"days": days}, field="ladder")
        if list(ladder).count(days) > 1:
            sentence = gettext("My own days: %(days)d stands twice.") % {"days": days}
            raise RuleBrokenError(sentence, field="ladder")


def _check_quiet(quiet_from: time | None, quiet_to: time | None) -> None:
    if quiet_from is None and quiet_to is not None:
        sentence = gettext("Quiet hours from: name both their beginning and their end, or neither.")
        raise RuleBrokenError(sentence, field="quiet_from")
    if quiet_to is None and quiet_from is not None:
        sentence = gettext("Quiet hours to: name both their beginning and their end, or neither.")
        raise RuleBrokenError(sentence, field="quiet_to")
    if quiet_from is not None and quiet_from == quiet_to:
        sentence = gettext("Quiet hours to: they end at another time than they begin.")
        raise RuleBrokenError(sentence, field="quiet_to")


def _check_snooze(snooze_until: datetime | None, now: datetime) -> None:
    if snooze_until is None:
        return
    if snooze_until <= now:
        sentence = gettext("Pause reminders until: this time has passed.")
        raise RuleBrokenError(sentence, field="snooze_until")
    if snooze_until > now + LONGEST_PAUSE:
        sentence = gettext("Pause reminders until: at most %(days)d days ahead.")
        raise RuleBrokenError(sentence % {"days": LONGEST_PAUSE.days}, field="snooze_until")


def _check_digest(digest: str) -> None:
    if digest not in Preference.Digest.values:
        raise RuleBrokenError(gettext("How you are told: choose one of the list."), field="digest")


def _as_data(held: Preference) -> dict[str, Any]:
    return {
        "ladder": held.ladder,
        "quiet_from": held.quiet_from.isoformat("minutes") if held.quiet_from else None,
        "quiet_to": held.quiet_to.isoformat("minutes") if held.quiet_to else None,
        "snooze_until": held.snooze_until.isoformat() if held.snooze_until else None,
        "digest": str(held.digest),
    }


def _plan_rungs(days: Collection[int], *, now: datetime) -> None:
    """Plan reminders of these days for every live clock, as for those computed from now on.

    Whom a clock concerns is asked when it is told: a mandate given, a treaty joined or a depositary
    named until then finds its reminders there. A stage that is planned already, by the kind's
    ladder or for another person, stays as it is.
    """
    if not days:
        return
    clocks = Deadline.objects.running().in_case(None).filter(due_at__gt=now)
    detailed = clocks.select_related("case", "notification", "current_version__clause_version")
    alerts = [alert for clock in detailed for alert in extra_stages(clock.version, days, now=now)]
    Alert.objects.bulk_create(alerts, batch_size=_BATCH, ignore_conflicts=True)


def follow_zone(person: User, *, now: datetime) -> None:
    """Their zone has changed: their hours are those of the new one, also of what waits already."""
    held = Preference.objects.filter(user=person).first()
    if held is not None:
        held.user = person
        _put_off_or_forward(held, now=now)


def _put_off_or_forward(held: Preference, *, now: datetime) -> None:
    """Put what waits because of a wish to the time that the new wish gives it.

    What waited for a digest leaves at once where there is none any more. What a worker holds, what
    waits for another try after a fault, and what an administrator is told of failures, stays.
    """
    waiting = (
        Message.objects.filter(user=held.user, state="pending", lease_by="", tries=0)
        .filter(next_at__gt=now, alert__case__origin=Case.Origin.LIVE, mandate__isnull=False)
        .select_related("alert__case", "alert__deadline_version")
        .order_by("pk")
        .select_for_update(of=("self",), skip_locked=True)
    )
    wish, messages = Wish.of(held), list(waiting)
    for message in messages:
        message.next_at, message.digest_at = wish.leaving(message.alert, now=now)
    if messages:
        Message.objects.bulk_update(messages, ["next_at", "digest_at"], batch_size=_BATCH)
