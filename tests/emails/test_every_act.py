"""Every act says in its mail what it means for the reader: in the text and in the HTML alike."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.template import Context, Engine

from notifications.acts import ACTS
from tests.delivery.records import World, another_notification
from tests.emails.reading import NUMBER, Mail, write
from tests.sample_acts import SAMPLES

pytestmark = pytest.mark.django_db


def plain(text: str) -> str:
    """Words alone: no tags, every run of spaces one space."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def words_of(kind: str) -> str:
    """What the act's own template says."""
    template = Engine.get_default().get_template(f"emails/acts/{kind}.txt")
    return plain(template.render(Context(autoescape=False))).strip()


def mails_on(world: World, kind: str) -> list[Mail]:
    sample = SAMPLES[kind]
    sender = sample.by if sample.by != "JPN" else "RUS"
    world.notification = another_notification(world, act=kind, sender=sender, fields=sample.fields)
    return [write(world.alert(kind=told)) for told in ("issued", "circulated")]


@pytest.mark.parametrize("kind", ACTS)
def test_an_act_says_what_it_means_in_both_bodies_of_its_mails(world: World, kind: str) -> None:
    words = words_of(kind)
    assert len(words) > 60
    for mail in mails_on(world, kind):
        assert words in plain(mail.text)
        assert words in plain(mail.html)


@pytest.mark.parametrize("kind", ACTS)
def test_no_other_mail_repeats_it(world: World, kind: str) -> None:
    mails_on(world, kind)
    mail = write(world.alert(kind="acknowledged", stage="RUS"))
    assert words_of(kind) not in plain(mail.text)


@pytest.mark.parametrize("kind", ACTS)
def test_a_mail_tells_the_short_fields_of_its_act(world: World, kind: str) -> None:
    mail = mails_on(world, kind)[0]
    for field in ACTS[kind].fields:
        if field.kind == "choice" and (value := SAMPLES[kind].fields.get(field.name)):
            assert f"{field.label}: {field.said(value)}" in mail.text
            assert field.said(value) in plain(mail.html)


def test_a_mail_says_what_a_correction_corrects(world: World) -> None:
    mail = mails_on(world, "correction")[0]
    assert "It reads: gives notice" in mail.text
    assert "It should read: gives due notice" in mail.text


def test_a_mail_names_no_signatory(world: World) -> None:
    mail = mails_on(world, "instrument")[0]
    assert "Minister" not in mail.text
    assert "Kind of instrument: accession" in mail.text


def test_a_mail_names_the_act_to_which_its_own_refers(world: World) -> None:
    world.circulate(NUMBER)
    target = world.notification
    world.notification = another_notification(
        world, act="objection", sender="RUS", refers_to=target, fields={}
    )
    mail = write(world.alert(kind="issued"))
    line = f"Withdrawal by the United States of America, {NUMBER}, 22 May 2020 (Friday)"
    assert f"Refers to: {line}" in mail.text
    assert line in plain(mail.html)
    assert "Refers to" not in mails_on(world, "declaration")[0].text


def test_a_restricted_act_is_named_to_those_alone_who_were_told_of_it(world: World) -> None:
    secret = {"visibility": "restricted"}
    hidden = another_notification(world, act="dialogue-proposal", sender="RUS", **secret)
    told = []
    for more in (secret, {}):
        world.notification = another_notification(
            world, act="objection", sender="RUS", refers_to=hidden, **more
        )
        told.append("Proposal of a dialogue" in write(world.alert(kind="issued")).text)
    assert told == [True, False]
