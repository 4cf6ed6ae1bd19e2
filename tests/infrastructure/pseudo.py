"""A language that nobody speaks: every text that goes through gettext comes out in other letters.

What still stands in plain ASCII letters on a page or in a mail was never offered for translation,
or was put together from pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from html.parser import HTMLParser
from string import ascii_letters
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils.translation import trans_real
from django.utils.translation.trans_real import CONTEXT_SEPARATOR

CODE = "eo"  # a language that Django has formats for, and TreatyFlow has not

# Left as they are: placeholders, tags and entities of HTML.
_KEPT = re.compile(r"(%(?:\(\w+\))?[sd]|%%|\{\w*\}|<[^<>]+>|&\w+;)")
_LETTERS = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in ascii_letters})
_NUMBER = re.compile(r"https?://\S+|\bTF(-R)?\.\d+\.\d+\.[A-Z0-9-]+\.[a-z-]+")
# Attributes that are read to people.
_SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-label", "data-summary", "label")
_UNREAD = ("script", "style", "textarea", "datalist")


def disguised(message: str) -> str:
    """The message in full-width letters, its placeholders as they were."""
    parts = _KEPT.split(message)
    return "".join(
        part if number % 2 else part.translate(_LETTERS) for number, part in enumerate(parts)
    )


class PseudoTranslations(NullTranslations):
    """Stands where Django keeps the catalogue of a language."""

    def __init__(self) -> None:
        super().__init__()
        self.domain = "django"
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        """Any message, with or without its context; it is noted that it was asked for."""
        self.asked.add(message)
        return disguised(message.rpartition(CONTEXT_SEPARATOR)[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """One of the two, as English chooses it."""
        return disguised(singular if number == 1 else plural)

    def language(self) -> str:
        """The code."""
        return CODE

    def to_language(self) -> str:
        """The code, as Django asks for it."""
        return CODE


class _Reader(HTMLParser):
    """Collects what a page says to people."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._unread = 0
        self._goes_on = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self._unread += tag in _UNREAD
        self._goes_on = tag == "wbr"
        self.texts += [value for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._goes_on = False
        self._unread -= tag in _UNREAD

    def handle_data(self, data: str) -> None:
        if self._unread:
            return
        if self._goes_on:
            data = self.texts.pop() + data
        self.texts.append(data)
        self._goes_on = False


def spoken_texts(page: str) -> list[str]:
    """What an HTML page says to people: texts, and attributes that are read."""
    reader = _Reader()
    reader.feed(page)
    return [text for text in (" ".join(text.split()) for text in reader.texts) if text]


def untranslated(texts: Iterable[str], data: Iterable[str]) -> list[str]:
    """The texts in which plain letters remain when ``data``, values of records, are taken out."""
    values = sorted({" ".join(value.split()) for value in data if value}, key=len, reverse=True)
    known = re.compile("|".join(map(re.escape, values))) if values else None
    left = []
    for text in texts:
        rest = _NUMBER.sub(" ", text)
        rest = known.sub(" ", rest) if known else rest
        if re.search(r"[A-Za-z]{2,}", rest):
            left.append(text)
    return left


@contextmanager
def spoken_here() -> Iterator[PseudoTranslations]:
    """The language is one of those that are spoken here."""
    translations = PseudoTranslations()
    languages = [*settings.LANGUAGES, (CODE, "Esperanto")]
    catalogue = {CODE: translations}
    with override_settings(LANGUAGES=languages), patch.dict(trans_real._translations, catalogue):
        yield translations


@pytest.fixture
def pseudo_language() -> Iterator[PseudoTranslations]:
    """The same for a whole test."""
    with spoken_here() as translations:
        yield translations


def unknown(translations: PseudoTranslations, data: Iterable[str], language: str) -> list[str]:
    """What was asked for and is not in the catalogue of a language, nor a word of a record."""
    catalogue = trans_real.translation(language)._catalog
    left = translations.asked - set(data) - {""}
    # Django's own forms of numbers and days that a language leaves as they are.
    return sorted(text for text in left if text not in catalogue)
