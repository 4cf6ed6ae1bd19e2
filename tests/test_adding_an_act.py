"""Adding an act takes one entry of data and two templates (docs/acts.md): an invented one is added.

It is filed through the pages, approved, circulated to the parties and read in their mail.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from notifications.acts import ACTS, Act, ActField
from notifications.acts.common import ADDRESSEES, REQUIRED_TEXT, RESPOND_BY
from notifications.emails import as_sent
from notifications.models import Deadline, Draft, Message, Notification, User
from notifications.services.sweeps import send_alerts
from tests.factories import NOW, Cast, make_cast

KIND = "transit-request"
LATER = NOW + timedelta(hours=1)
ENTRY = Act(
    KIND,
    "Request for transit",
    group="Transit",
    summary="Asks some parties to let an aircraft or a convoy pass.",
    fields=(
        ActField("route", "Route", is_required=True),
        ActField("passes_at", "Time of passage", "instant"),
        ActField(
            "means",
            "Means of transport",
            "choice",
            choices=(("air", "by air"), ("road", "by road")),
        ),
        ADDRESSEES,
        RESPOND_BY,
        REQUIRED_TEXT,
    ),
)
WHAT_IT_IS = "<p>A request for transit asks the parties named to let somebody pass.</p>"
WHAT_IT_MEANS = "Passage is asked for by {{ senders }}: say in a response whether you grant it."
TYPED = {
    "route": "Kleine Scheidegg – Grindelwald",
    "passes_at": "2020-06-01T08:30",
    "means": "air",
    "addressees": ["RUS"],
    "respond_by": "2020-05-30",
    "text": "We ask for passage.",
}


@pytest.fixture
def cast(db: None) -> Cast:
    """The people of Open Skies."""
    return make_cast()


@pytest.fixture(autouse=True)
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The entry and the two templates, in a folder of their own, for one test."""
    monkeypatch.setitem(ACTS, KIND, ENTRY)
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    for name, text in (
        (f"notifications/acts/{KIND}.html", WHAT_IT_IS),
        (f"emails/acts/{KIND}.txt", WHAT_IT_MEANS),
    ):
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    engines = copy.deepcopy(settings.TEMPLATES)
    engines[0]["DIRS"] = [tmp_path, *engines[0]["DIRS"]]
    with override_settings(TEMPLATES=engines):
        yield


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_it_is_filed_issued_and_told_by_its_data_alone(cast: Cast) -> None:
    drafter = browser_of(cast.us_drafter)
    menu = drafter.get(reverse("file", kwargs={"slug": cast.treaty.slug})).text
    form = reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": KIND})
    assert "Transit</h2>" in menu
    assert ENTRY.summary in menu
    assert form in menu
    page = drafter.get(form).text
    assert WHAT_IT_IS in page
    assert all(f'name="{field.name}"' in page for field in ENTRY.fields)
    drafter.post(form, {**TYPED, "do": "send"})
    draft = Draft.objects.get()
    head = browser_of(cast.us_head)
    approval = reverse("draft-approval", kwargs={"uid": draft.uid})
    assert "by air" in head.get(approval).text
    issued = head.post(approval, {"do": "issue", "version": str(draft.version)})
    read = head.get(issued.headers["Location"]).text
    assert WHAT_IT_IS in read
    assert "Request for transit by the United States of America" in read
    assert "1 June 2020, 08:30 UTC" in read
    assert Notification.objects.get().fields["passes_at"] == "2020-06-01T08:30:00+00:00"
    assert Deadline.objects.get(origin="respond_by").bearer == cast.party("RUS")


def test_its_mail_says_what_it_means_in_its_own_words(cast: Cast) -> None:
    form = reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": KIND})
    browser_of(cast.us_drafter).post(form, {**TYPED, "do": "send"})
    draft = Draft.objects.get()
    approval = reverse("draft-approval", kwargs={"uid": draft.uid})
    browser_of(cast.us_head).post(approval, {"do": "issue", "version": str(draft.version)})
    send_alerts(now=LATER)
    message = Message.objects.get(user=cast.russian_drafter, alert__kind="issued")
    mail = as_sent(message)
    assert mail
    text = bytes(message.rendering.mime).decode("ascii").replace("=\r\n", "")
    assert text.count("Passage is asked for by the United States of America") == 2
    assert "Means of transport: by air" in text


def test_what_is_wrong_is_refused_in_the_words_of_its_fields(cast: Cast) -> None:
    form = reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": KIND})
    browser = browser_of(cast.us_drafter)
    for wrong, sentence in (
        ({"route": ""}, "Route is missing."),
        ({"passes_at": "soon"}, "Time of passage: “soon” is no date with a time of day."),
        ({"means": "sea"}, "Means of transport: choose one of the list."),
    ):
        page = browser.post(form, {**TYPED, **wrong, "do": "send"}).text
        assert sentence in page
        assert "We ask for passage." in page
    # What is typed can be saved unfinished; nothing of it was sent.
    assert not Draft.objects.filter(state="awaiting-approval").exists()
