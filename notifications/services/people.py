"""People: registered once, appointed to act for a party from a day to a day."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext

from notifications import permissions
from notifications.clauses.sections import is_zone
from notifications.errors import NotPermittedError, RuleBrokenError
from notifications.models import Mandate, Party, Role, User
from notifications.register import Entry, append, plain


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
    body = {"is_staff": is_staff, "is_system": is_system}
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
) -> Mandate:
    """Give a person a mandate for a party from a day to a day, both included; open without an end.

    Raises NotPermittedError, or RuleBrokenError naming the field.
    """
    _check_actor(actor)
    if role not in Role.values:
        raise RuleBrokenError(gettext("Role: choose one of the list."), field="role")
    if to_on is not None and to_on < from_on:
        sentence = gettext("Until: a mandate ends on or after the day on which it begins.")
        raise RuleBrokenError(sentence, field="to_on")
    mandate, is_new = Mandate.objects.get_or_create(
        user=user,
        party=party,
        role=role,
        from_on=from_on,
        defaults={"to_on": to_on, "order": order},
    )
    if not is_new:
        raise RuleBrokenError(gettext("This person holds this mandate already."), field="from_on")
    body = {
        "user": user.pk,
        "party": party.code,
        "role": str(role),
        "from_on": plain(from_on),
        "to_on": plain(to_on),
        "order": order,
    }
    append(Entry("mandate-given", mandate, at=now, actor=actor, body=body))
    return mandate


def _check_actor(actor: User | None) -> None:
    if actor is not None and not permissions.can_appoint(actor):
        raise NotPermittedError(gettext("Only an administrator registers and appoints people."))


def _check_person(
    address: str, name: str, password: str | None, *, zone: str, language: str
) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        sentence = gettext("“%(address)s” is no e-mail address.") % {"address": address}
        raise RuleBrokenError(sentence, field="email") from error
    if not name or any(ord(char) < 32 for char in name):
        raise RuleBrokenError(gettext("Name: write it on one line."), field="name")
    if not is_zone(zone):
        sentence = gettext("“%(zone)s” is no time zone, such as Europe/Budapest.") % {"zone": zone}
        raise RuleBrokenError(sentence, field="zone")
    if language not in dict(settings.LANGUAGES):
        sentence = gettext("“%(language)s” is no language of this system.")
        raise RuleBrokenError(sentence % {"language": language}, field="language")
    if User.objects.filter(email=address).exists():
        sentence = gettext("“%(address)s” is registered already.") % {"address": address}
        raise RuleBrokenError(sentence, field="email")
    if password is not None:
        _check_password(password, User(email=address, name=name))


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleBrokenError(" ".join(error.messages), field="password") from error
