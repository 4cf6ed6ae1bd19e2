"""Who asks on the command line: an administrator by the address, or nobody in particular."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser

from notifications.models import User


def add_person(parser: CommandParser) -> None:
    """The option ``--as``; its value is ``email``, as ``person_of`` takes it."""
    parser.add_argument(
        "--as",
        dest="email",
        default="",
        metavar="EMAIL",
        help="an administrator: shows what this person may read, and counts the rest",
    )


def person_of(email: str) -> User | None:
    """Whoever asks, by the address; None is the command line. Raises CommandError (exit 2)."""
    if not email:
        return None
    person = User.objects.filter(email__iexact=email, is_active=True, is_system=False).first()
    if person is None:
        raise CommandError(f"--as: nobody has the address {email}.", returncode=2)
    return person
