"""The French catalogue: whole, in good type, compiled as it stands, and nothing missing in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.infrastructure.catalogue import Text, read_compiled, read_texts

ROOT = Path(settings.BASE_DIR)
LOCALE = ROOT / "notifications" / "locale"
CODES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
HOLDERS = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?[a-z]+[^>]*>")
NEEDS_GETTEXT = pytest.mark.skipif(
    not (shutil.which("xgettext") and shutil.which("msgmerge")),
    reason="GNU gettext is not installed on this machine (apt-get install gettext)",
)


def po(code: str) -> Path:
    return LOCALE / code / "LC_MESSAGES" / "django.po"


def texts(code: str) -> list[Text]:
    return read_texts(po(code))


def holders(text: str) -> list[str]:
    return sorted(HOLDERS.findall(text))


def test_every_language_but_english_has_its_catalogue() -> None:
    assert CODES
    assert sorted(folder.name for folder in LOCALE.iterdir()) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_untranslated_and_nothing_is_a_guess(code: str) -> None:
    assert [text.key for text in texts(code) if not text.is_translated] == []
    assert [text.key for text in texts(code) if "fuzzy" in text.flags] == []


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_places_of_its_text(code: str) -> None:
    """Of a plural, the form for one may leave its number out."""
    wrong = []
    for text in texts(code):
        last = max(text.said)
        if holders(text.said[last]) != holders(text.plural or text.id):
            wrong.append(text.key)
        if not set(holders(text.said[0])) <= set(holders(text.id)) | set(holders(text.plural)):
            wrong.append(text.key)
    assert wrong == []


@pytest.mark.parametrize("code", CODES)
def test_what_is_compiled_is_what_is_written(code: str) -> None:
    written: dict[str | tuple[str, int], str] = {}
    for text in texts(code):
        keys = {n: (text.key, n) if text.plural else text.key for n in text.said}
        written |= {keys[number]: said for number, said in text.said.items()}
    assert read_compiled(po(code).with_suffix(".mo")) == written


def test_french_is_set_as_french_is() -> None:
    """No-break spaces before its high signs and within its quotation marks, no straight sign."""
    said = [line for text in texts("fr") for line in text.said.values()]
    plain = [re.sub(r"%\(\w+\)[sd]|<[^>]+>", "x", line) for line in said]
    assert [line for line in plain if re.search(r"['“”]", line)] == []
    assert [line for line in plain if re.search(r" [:;?!»]|« ", line)] == []
    assert [line for line in plain if re.search(r"\w[;?!»](\s|$)|«\w", line)] == []


def test_french_puts_no_preposition_before_a_name_with_its_article() -> None:
    """Otherwise "de le Canada" would come out, or "à les États-Unis"."""
    names = r"%\((?:by|party|who|Who|bearer|Bearer|name|party_name|parties|convener|senders)\)s"
    wrong = re.compile(rf"(?:\b(?:de|à|du|des|au|aux|jusqu’à)|d’)[ \u00a0]{names}")
    assert [line for text in texts("fr") for line in text.said.values() if wrong.search(line)] == []


@NEEDS_GETTEXT
def test_the_catalogues_hold_what_is_said_in_code_and_templates(tmp_path: Path) -> None:
    """`make messages` on a copy of the project finds no text more and no text less."""
    for name in ("notifications", "templates", "treatyflow", "manage.py"):
        source, copy = ROOT / name, tmp_path / name
        leave = shutil.ignore_patterns("__pycache__", "migrations")
        shutil.copytree(source, copy, ignore=leave) if source.is_dir() else shutil.copy(
            source, copy
        )
    command = [sys.executable, "manage.py", "make_messages"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    for code in CODES:
        renewed = tmp_path / po(code).relative_to(ROOT)
        gathered = {text.key for text in read_texts(renewed)}
        assert gathered == {text.key for text in texts(code)}
