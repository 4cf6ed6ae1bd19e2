"""The key by which a name is sorted in one of the six languages of the United Nations.

Keys are compared character by character, as databases and Python do; what a reader of the language
does not see when looking a name up (case, accents, apostrophes, the Arabic article) is not in them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

UN_LANGUAGES: Final = ("en", "fr", "es", "ru", "ar", "zh")

_LATIN: Final = ("en", "fr", "es")
_ARABIC: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي", "ؤ": "و", "ئ": "ي"}
)
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l"})


def sort_key_of(name: str, language: str) -> str:
    """The key of a name; a Chinese name stays as it is, for its key is its sound (pinyin)."""
    if language == "zh":
        return name
    if language == "ar":
        key = re.sub(r"^ال(?=\w{3})", "", name).translate(_ARABIC)
        key = "".join(char for char in key if not unicodedata.combining(char))
    elif language in _LATIN:
        key = _folded(name.casefold(), language)
    else:
        key = name.casefold().replace("ё", "е")
    return " ".join(re.findall(r"[\w~]+", key))


def _folded(text: str, language: str) -> str:
    """Latin letters without their marks; the Spanish ñ is a letter of its own, after n."""
    if language == "es":
        text = unicodedata.normalize("NFC", text).replace("ñ", "n~")
    parts = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(char for char in parts if not unicodedata.combining(char))
