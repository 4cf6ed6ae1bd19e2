"""``manage.py make_messages``, where what it needs is missing, and what it gathers by itself."""

from __future__ import annotations

import shutil

import pytest
from django.core.management import CommandError, call_command

from notifications.clauses.explain import MESSAGES
from notifications.management.commands.make_messages import words_that_are_data


def test_it_says_how_to_install_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(CommandError, match=r"GNU gettext is missing: install it \(.*apt-get"):
        call_command("make_messages")


def test_the_words_of_traces_and_of_the_library_are_gathered() -> None:
    words = set(words_that_are_data())
    assert set(MESSAGES.values()) <= words
    assert "Treaty on Open Skies" in words
    assert ("%(number)d month", "%(number)d months") in words
    assert any(str(text).startswith("The depositaries convene a conference") for text in words)
