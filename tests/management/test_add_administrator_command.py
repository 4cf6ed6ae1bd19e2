"""``manage.py add_administrator``: an account that can sign in, its password on no command line."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.management.commands import add_administrator
from notifications.models import Event, User
from notifications.register import verify

pytestmark = pytest.mark.django_db
PASSWORD = "a long walk along the river"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def add(monkeypatch: pytest.MonkeyPatch, said: str, *words: str) -> str:
    """Run the command with ``said`` on its standard input."""
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(said))
    call_command("add_administrator", *words, stdout=out)
    return out.getvalue()


def test_an_administrator_who_can_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    said = add(
        monkeypatch, f"{PASSWORD}\n", "Ada@Example.org", "Ada Admin", "--zone", "Europe/Zurich"
    )
    user = User.objects.get(email="ada@example.org")
    assert said == f"Registered as administrator number {user.pk}.\n"
    assert user.is_staff
    assert user.check_password(PASSWORD)
    event = Event.objects.latest("pk")
    assert event.record == f"user:{user.pk}"
    assert "ada" not in event.body.lower()
    assert verify().ok


@pytest.mark.parametrize(
    ("password", "words", "sentence"),
    [
        ("short", ("ada@example.org", "Ada"), "12"),
        ("", ("ada@example.org", "Ada"), "12"),
        (PASSWORD, ("ada", "Ada"), "address"),
        (PASSWORD, ("ada@example.org", " "), "ame"),
        (PASSWORD, ("ada@example.org", "Ada", "--zone", "Europe/Nowhere"), "zone"),
    ],
)
def test_what_is_refused_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, password: str, words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        add(monkeypatch, password, *words)
    assert not User.objects.filter(name__startswith="Ada").exists()


def test_a_second_one_with_the_same_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    add(monkeypatch, PASSWORD, "ada@example.org", "Ada")
    with pytest.raises(CommandError):
        add(monkeypatch, PASSWORD, "ADA@example.org", "Another")


def test_at_a_terminal_it_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [PASSWORD, "another long walk"]
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(add_administrator, "getpass", lambda _prompt: answers.pop(0))
    with pytest.raises(CommandError, match="differ"):
        call_command("add_administrator", "ada@example.org", "Ada")
