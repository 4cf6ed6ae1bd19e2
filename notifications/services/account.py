"""What a person settles about their own account: the language and the zone they read in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.clauses.sections import is_zone
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import User
from notifications.register import Entry, append
from notifications.services.preferring import follow_zone


@transaction.atomic
def change_own_settings(*, language: str, zone: str, actor: User, now: datetime) -> User:
    """Set the language (of LANGUAGES) and the zone (IANA) of the actor's own pages and mails.

    The event holds both as they were and as they are; where nothing differs there is none. What was
    sent stays in the language in which it was sent.

    Raises NotPermittedError for whoever does not sign in, RuleBrokenError naming the field.
    """
    if not permissions.can_change_own_settings(actor):
        raise NotPermittedError(gettext("Only a person who signs in has settings to change."))
    if language not in dict(settings.LANGUAGES):
        sentence = gettext("Language: choose one of the list.")
        raise RuleBrokenError(sentence, field="language")
    if not zone:
        sentence = gettext("%(field)s is missing.") % {"field": gettext("Time zone")}
        raise RuleBrokenError(sentence, field="zone")
    if not is_zone(zone):
        sentence = gettext("“%(zone)s” is no time zone, such as Europe/Budapest.")
        raise RuleBrokenError(sentence % {"zone": zone}, field="zone")
    user = User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    before = {"language": user.language, "zone": user.zone}
    after = {"language": language, "zone": zone}
    if before == after:
        return user
    user.language, user.zone = language, zone
    user.save(update_fields=["language", "zone"])
    body = {"before": before, "after": after}
    append(Entry("settings-changed", user, at=now, actor=actor, body=body))
    if before["zone"] != zone:
        follow_zone(user, now=now)
    return user
