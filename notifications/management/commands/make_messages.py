"""``manage.py make_messages``: what is to be said in every language, gathered and compiled."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands import makemessages

from notifications.clauses.messages import (
    BETWEEN,
    DAY_OF_YEAR,
    FIRST_OF_MONTH,
    INSTANT,
    MESSAGES,
    MONTHS,
    ORIGINS,
    UNDER,
    UNDER_ARTICLE,
    UNITS,
    WEEKDAYS,
)
from notifications.services.library import EXERCISE, TREATIES

# Lines that change whenever the command runs, or say nothing here.
VOLATILE: Final = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator)[^\n]*\n', re.MULTILINE
)
UNTRANSLATED: Final = re.compile(
    r'^msgid (.+)\n(?:msgid_plural .+\nmsgstr\[0\]|msgstr) ""\n(?!")', re.MULTILINE
)
# What of a treaty file is read by people as it stands.
TITLES: Final = ("title", "short_name", "subject")
IGNORED: Final = (
    "tests/*",
    "var/*",
    "staticfiles/*",
    "build/*",
    "docs/*",
    "notifications/migrations/*",
)


class Gather(makemessages.Command):
    """Django's command without guesses: a changed text waits for a translation of its own."""

    msgmerge_options: list[str] = [  # noqa: RUF012 - Django's own shape
        *makemessages.Command.msgmerge_options,
        "--no-fuzzy-matching",
    ]


class Command(BaseCommand):
    """Renew notifications/locale/*/LC_MESSAGES/django.po from the code and the templates."""

    help = (
        "Gather every text that people read into the catalogues (notifications/locale), keep what "
        "is translated, and compile them. Needs GNU gettext. Tells what has no translation yet."
    )

    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own shape

    def handle(self, *args: Any, **options: Any) -> None:
        if not (shutil.which("xgettext") and shutil.which("msgfmt")):
            raise CommandError(
                "GNU gettext is missing: install it (on Debian and Ubuntu: apt-get install "
                "gettext) and run this again."
            )
        os.chdir(settings.BASE_DIR)  # where the gathering begins
        languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        words = Path(settings.LOCALE_PATHS[0]).parent / "words_that_are_data.py"
        words.write_text(_as_code(), encoding="utf-8")
        try:
            self._gather(languages)
        finally:
            words.unlink()
        for language in languages:
            catalogue = _catalogue(language)
            catalogue.write_text(_settled(catalogue.read_text(encoding="utf-8")), encoding="utf-8")
            call_command(
                "compilemessages", locale=[language], ignore_patterns=[".venv"], verbosity=0
            )
            left = UNTRANSLATED.findall(catalogue.read_text(encoding="utf-8"))
            place = catalogue.relative_to(settings.BASE_DIR)
            self.stdout.write(f"{language}: {place}, {len(left)} without a translation")
            for message in left:
                self.stdout.write(f"  {message}")

    def _gather(self, languages: list[str]) -> None:
        call_command(
            Gather(),
            locale=languages,
            ignore_patterns=[".venv", *IGNORED],
            extensions=["html", "txt", "py"],
            no_location=True,
            no_obsolete=True,
            no_wrap=True,
            verbosity=0,
        )


def words_that_are_data() -> Iterator[str | tuple[str, str]]:
    """What no call of gettext names: the words of traces, the library's titles and summaries."""
    yield from MESSAGES.values()
    yield from (*MONTHS, *WEEKDAYS, DAY_OF_YEAR, FIRST_OF_MONTH, INSTANT, BETWEEN)
    yield from (*ORIGINS.values(), UNDER_ARTICLE, UNDER)
    yield from UNITS.values()
    for file in sorted((*TREATIES.glob("*.yaml"), *EXERCISE.glob("*.yaml"))):
        treaty = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield from (treaty[key] for key in TITLES if treaty.get(key))
        yield from (clause["summary"] for clause in treaty["clauses"] if clause.get("summary"))


def _as_code() -> str:
    """A module that xgettext reads; it exists while the command runs."""
    calls = [
        f"gettext_noop({text!r})" if isinstance(text, str) else f"ngettext_lazy{text!r}"
        for text in words_that_are_data()
    ]
    return "\n".join(dict.fromkeys(calls)) + "\n"


def _catalogue(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def _settled(catalogue: str) -> str:
    return VOLATILE.sub("", catalogue)
