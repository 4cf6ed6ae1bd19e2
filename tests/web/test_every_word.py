"""Every page in a language that nobody speaks: a word that was never offered for translation shows.

Its catalogue is made from the texts themselves (tests/infrastructure/pseudo.py), so that this test
needs no translation, and finds what was glued together or formatted before it was translated.
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from notifications.acts import ACTS
from notifications.models import User
from tests.factories import QUARTERS, XV_2, XV_3, Cast
from tests.infrastructure.pseudo import (
    CODE,
    PseudoTranslations,
    spoken_texts,
    unknown,
    untranslated,
)
from tests.infrastructure.records import words_of_records
from tests.web.matrix import MATRIX, Line
from tests.web.test_access import Records, records

__all__ = ["records"]

# Names of this system, its treaty law and its protocols; examples of what is typed.
NAMES = ("TreatyFlow", "VCLT", "SHA-256", "UTC", "ZIP", "PDF", "PNG", "JPEG", "TIFF", ".ics")
# Every language by its own name.
NAMES += ("English", "Esperanto", "Français")
# These change the reader's language, or show a mail as it was sent (tests/emails).
ELSEWHERE = ("account", "language", "mailbox-html", "mailbox-message")


@pytest.fixture(autouse=True)
def spoken(pseudo_language: PseudoTranslations, cast: Cast) -> PseudoTranslations:
    """Everybody reads the language."""
    User.objects.update(language=CODE)
    return pseudo_language


def _answer(line: Line, role: str, cast: Cast, records: Records) -> str:
    """The page, or the one to which it leads; whatever the request did is undone."""
    browser = Client(headers={"Accept-Language": CODE})
    if role != "nobody":
        browser.force_login(User.objects.get(pk=getattr(cast, role).pk))
    address = reverse(line.page, kwargs=records[line.record])
    with transaction.atomic():
        ask = browser.post if line.method == "POST" else browser.get
        answer = ask(address, line.data, follow=line.expected[role] == 302)
        transaction.set_rollback(True)
    for closed in answer._resource_closers:
        closed()
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.text if is_page and not answer.streaming else ""


@pytest.mark.walk
def test_every_page_says_everything_in_the_language_of_its_reader(
    cast: Cast, records: Records, spoken: PseudoTranslations
) -> None:
    data = [*words_of_records(), *NAMES]
    found = {
        f"{line.method} {line.page} of {line.record or 'nothing'} by {role}: {text}"
        for line in MATRIX
        for role, code in line.expected.items()
        if code in {200, 302} and line.page not in ELSEWHERE
        for text in untranslated(
            spoken_texts(_answer(line, role, cast, records)), [*data, *line.data.values()]
        )
    }
    assert not found, "\n".join(sorted(found))
    summaries = [rule["summary"] for rule in (XV_2, XV_3, QUARTERS)]
    assert unknown(spoken, [*data, *summaries], "fr") == []


@pytest.mark.parametrize("act", ACTS)
def test_the_form_of_every_act_and_its_refusals_are_translated(cast: Cast, act: str) -> None:
    who = cast.canadian_officer if ACTS[act].filed_by == "depositary" else cast.us_drafter
    browser = Client()
    browser.force_login(User.objects.get(pk=who.pk))
    address = reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": act})
    data = [*words_of_records(), *NAMES]
    for answer in (browser.get(address), browser.post(address, {"do": "send"})):
        assert untranslated(spoken_texts(answer.text), data) == []
