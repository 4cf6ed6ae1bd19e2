"""People: registered once, appointed to act for a party from a day to a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.clauses.sections import is_zone
from notifications.emails import UnusableAddressError, deliverable
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Mandate, Party, Role, User
from notifications.register import Entry, append, plain
from notifications.services.changes import (
    Changes,
    is_one_line,
    refuse_unknown,
    require_reason,
    said_reason,
    set_fields,
)
from notifications.services.mandate_rules import check_mandate, refuse_overlapping_mandate
from notifications.services.preferring import follow_zone

USER_FIELDS: Final = ("email", "name", "language", "zone", "is_staff")
MANDATE_FIELDS: Final = ("order", "from_on", "to_on")

# What an event may repeat of a person; of the others it says only that they changed.
_SAYABLE: Final = ("language", "zone", "is_staff")


@transaction.atomic
def register_user(
    *,
    email: str,
    name: str,
    actor: User | None,
    now: datetime,
    password: str | None = None,
    language: str = "en",
    zone: str = "UTC",
    is_staff: bool = False,
    is_system: bool = False,
    reason: str = "",
) -> User:
    """Register a person; without a password nobody can sign in to the account by one.

    ``actor`` is None where the command line acts. The event holds the key, never the address.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    _check_actor(actor)
    address, name = email.strip().lower(), name.strip()
    _check_person(address, name, password, zone=zone, language=language)
    user = User.objects.create_user(
        address,
        password,
        name=name,
        language=language,
        zone=zone,
        is_staff=is_staff,
        is_system=is_system,
    )
    body = {"is_staff": is_staff, "is_system": is_system, **said_reason(reason)}
    append(Entry("user-registered", user, at=now, actor=actor, body=body))
    return user


@transaction.atomic
def appoint(
    *,
    user: User,
    party: Party,
    role: Role,
    from_on: date,
    actor: User | None,
    now: datetime,
    to_on: date | None = None,
    order: int = 1,
    reason: str = "",
) -> Mandate:
    """Give a person a mandate for a party from a day to a day, both included; open without an end.

    Raises NotPermittedError, or RuleBrokenError naming the field: an end before the beginning, the
    same person, party and role twice for one day.
    """
    _check_appointing(actor, user, now)
    values = {"role": str(role), "order": order, "from_on": from_on, "to_on": to_on}
    check_mandate(values, party=party)
    _lock(user)
    mandate = Mandate(user=user, party=party, **values)
    refuse_overlapping_mandate(mandate)
    mandate.save()
    body = {
        "user": user.pk,
        "party": party.code,
        "role": str(role),
        "from_on": plain(from_on),
        "to_on": plain(to_on),
        "order": order,
        **said_reason(reason),
    }
    append(Entry("mandate-given", mandate, at=now, actor=actor, body=body))
    return mandate


@transaction.atomic
def change_mandate(
    *,
    mandate: Mandate,
    fields: Mapping[str, Any],
    actor: User | None,
    now: datetime,
    reason: str,
) -> Mandate:
    """Change the order or the days of a mandate; to end it is to give it a last day (``to_on``).

    Another party or role is another mandate. Raises NotPermittedError, or RuleBrokenError naming
    the field: an end before the beginning, an overlap with another one of the same kind.
    """
    _check_appointing(actor, mandate.user, now)
    why = require_reason(reason)
    refuse_unknown(fields, MANDATE_FIELDS)
    _lock(mandate.user)
    record = Mandate.objects.select_related("user", "party").get(pk=mandate.pk)
    changes = set_fields(record, fields)
    values = {name: getattr(record, name) for name in ("role", *MANDATE_FIELDS)}
    check_mandate(values, party=record.party)
    refuse_overlapping_mandate(record)
    if changes:
        record.save(update_fields=list(changes))
        body = {"user": record.user_id, "party": record.party.code, "role": record.role}
        body |= {"changes": changes, "reason": why}
        append(Entry("mandate-changed", record, at=now, actor=actor, body=body))
    return record


@transaction.atomic
def change_user(
    *, user: User, fields: Mapping[str, Any], actor: User | None, now: datetime, reason: str
) -> User:
    """Change what is known of a person: ``USER_FIELDS``; what is not named stays.

    The event says that the address or the name changed, never what it was or is.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    _check_actor(actor)
    why = require_reason(reason)
    refuse_unknown(fields, USER_FIELDS)
    record = _locked_person(user)
    values = {name: getattr(record, name) for name in USER_FIELDS} | dict(fields)
    address, name = values["email"].strip().lower(), values["name"].strip()
    _check_person(address, name, None, zone=values["zone"], language=values["language"], but=record)
    if actor is not None and actor.pk == record.pk and not values["is_staff"]:
        sentence = gettext("Administrator: nobody gives up being one by themselves; ask another.")
        raise RuleBrokenError(sentence, field="is_staff")
    changes = set_fields(record, {**values, "email": address, "name": name})
    if changes:
        record.save(update_fields=list(changes))
        body = {"changes": _without_persons(changes), "reason": why}
        append(Entry("user-changed", record, at=now, actor=actor, body=body))
        if "zone" in changes:
            follow_zone(record, now=now)
    return record


@transaction.atomic
def close_account(*, user: User, actor: User | None, now: datetime, reason: str) -> User:
    """Close an account: nobody signs in to it any more and nothing is sent to it.

    Mandates stay as they are and give nothing while it is closed. Raises NotPermittedError, or
    RuleBrokenError for one's own account.
    """
    if actor is not None and actor.pk == user.pk:
        sentence = gettext("Nobody closes their own account: ask another administrator.")
        raise RuleBrokenError(sentence)
    return _set_active(user, is_active=False, actor=actor, now=now, reason=reason)


@transaction.atomic
def reopen_account(*, user: User, actor: User | None, now: datetime, reason: str) -> User:
    """Open a closed account again. Raises NotPermittedError, or RuleBrokenError."""
    return _set_active(user, is_active=True, actor=actor, now=now, reason=reason)


def _set_active(
    user: User, *, is_active: bool, actor: User | None, now: datetime, reason: str
) -> User:
    _check_actor(actor)
    why = require_reason(reason)
    record = _locked_person(user)
    if record.is_active is not is_active:
        record.is_active = is_active
        record.save(update_fields=["is_active"])
        act = "account-reopened" if is_active else "account-closed"
        append(Entry(act, record, at=now, actor=actor, body={"reason": why}))
    return record


def _lock(user: User) -> None:
    """Mandates of one person are given and changed one after the other."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _locked_person(user: User) -> User:
    record = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if record.is_system:
        raise RuleBrokenError(gettext("This is the system's own account: it stays as it is."))
    return record


def _without_persons(changes: Changes) -> Changes:
    return {name: pair if name in _SAYABLE else [] for name, pair in changes.items()}


def _check_actor(actor: User | None) -> None:
    if actor is not None and not permissions.can_administer(actor):
        raise NotPermittedError(gettext("Only an administrator registers people."))


def _check_appointing(actor: User | None, user: User, now: datetime) -> None:
    """The secretariat's own mandate is looked at on the day in UTC: it belongs to no treaty."""
    if actor is None:
        return
    if not permissions.can_manage_mandates(actor, now.astimezone(UTC).date()):
        sentence = gettext("Only an administrator or the secretariat manages mandates.")
        raise NotPermittedError(sentence)
    if actor.pk == user.pk:
        raise NotPermittedError(gettext("Nobody gives or changes a mandate of their own."))


def _check_person(
    address: str,
    name: str,
    password: str | None,
    *,
    zone: str,
    language: str,
    but: User | None = None,
) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        sentence = gettext("“%(address)s” is no e-mail address.") % {"address": address}
        raise RuleBrokenError(sentence, field="email") from error
    try:
        deliverable(address)
    except UnusableAddressError as error:
        raise RuleBrokenError(str(error), field="email") from error
    if not name or not is_one_line(name):
        raise RuleBrokenError(gettext("Name: write it on one line."), field="name")
    if not is_zone(zone):
        sentence = gettext("“%(zone)s” is no time zone, such as Europe/Budapest.") % {"zone": zone}
        raise RuleBrokenError(sentence, field="zone")
    if language not in dict(settings.LANGUAGES):
        sentence = gettext("“%(language)s” is no language of this system.")
        raise RuleBrokenError(sentence % {"language": language}, field="language")
    others = User.objects.exclude(pk=but.pk) if but else User.objects.all()
    if others.filter(email=address).exists():
        sentence = gettext("“%(address)s” is registered already.") % {"address": address}
        raise RuleBrokenError(sentence, field="email")
    if password is not None:
        _check_password(password, User(email=address, name=name))


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleBrokenError(" ".join(error.messages), field="password") from error
