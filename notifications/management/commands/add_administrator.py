"""``manage.py add_administrator``: the first account, before anybody can sign in."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.errors import DomainError
from notifications.services.people import register_user


class Command(BaseCommand):
    """Register an administrator with a password that is asked for, never given as an argument."""

    help = (
        "Register an administrator. The password is asked for twice; where nobody sits at a "
        "terminal, the first line of standard input is taken. Exit status 1: refused, and why."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address to sign in with")
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--zone", default="UTC", help="the person's time zone (default: UTC)")
        parser.add_argument("--language", default="en", help="the person's language (default: en)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = register_user(
                email=options["email"],
                name=options["name"],
                zone=options["zone"],
                language=options["language"],
                password=_password(),
                is_staff=True,
                actor=None,
                now=timezone.now(),
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Registered as administrator number {user.pk}.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("The same again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
