"""One mail: taken in once, as a draft of the mission; all else is kept and told apart."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from notifications.emails import incoming
from notifications.emails.replying import reply_address
from notifications.models import Event, IncomingMail, MailedAnswer, Message, Notification, Response
from notifications.register import verify
from notifications.services.people import change_mandate
from notifications.services.sweeps import send_alerts
from notifications.services.taking_in import FRESH, take_in
from tests.factories import NOW, Cast, issue_act
from tests.services.mailbox.replies import LATER, reply, sent_to


def test_the_mail_that_went_out_asks_for_replies_to_its_own_address(
    cast: Cast, notice: Notification
) -> None:
    first, second = sent_to(cast.russian_drafter), sent_to(cast.russian_head)
    assert f"Reply-To: <{reply_address(first)}>\r\n" in first.headers
    assert reply_address(first) != reply_address(second)
    assert verify().ok


def test_a_reply_becomes_a_draft_of_the_mission_and_no_response(
    cast: Cast, notice: Notification
) -> None:
    mail = take_in(reply(sent_to(cast.russian_drafter)), now=LATER)

    answer = MailedAnswer.objects.get()
    assert (mail.kind, answer.state) == ("answer", "waiting")
    assert (answer.by, answer.party.code) == (cast.russian_drafter, "RUS")
    assert answer.text == "We regret this decision."
    assert answer.notification == notice
    assert not Response.objects.exists()
    event = Event.objects.get(act="mail-taken-in")
    assert "@example.org" not in event.body
    assert verify().ok


def test_the_same_mail_is_taken_in_once(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter))
    first = take_in(raw, now=LATER)
    again = take_in(b"Received: by another way\r\n" + raw, now=LATER + timedelta(hours=1))

    assert first == again
    assert MailedAnswer.objects.count() == 1


def test_another_mail_under_the_same_message_id_is_not_lost(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    first = take_in(reply(message), now=LATER)
    other = reply(message, text="We object as well.")
    second = take_in(other, now=LATER)
    forged = take_in(reply(message, sender="forger@example.org"), now=LATER)
    assert take_in(other, now=LATER) == second
    assert len({first.pk, second.pk, forged.pk}) == IncomingMail.objects.count() == 3
    assert second.message_id.startswith("sha256:")
    assert sorted(answer.text for answer in MailedAnswer.objects.all()) == [
        "We object as well.",
        "We regret this decision.",
    ]
    assert verify().ok


def test_a_mail_under_anothers_message_id_is_taken_in_once_by_whatever_way_it_comes(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    take_in(reply(message), now=LATER)
    other = reply(message, text="We object as well.")
    second = take_in(b"Received: one way\r\n" + other, now=LATER)
    assert take_in(b"Received: another\r\n" + other, now=LATER) == second
    assert MailedAnswer.objects.count() == 2


def test_a_mail_that_is_sent_on_to_the_right_address_is_an_answer(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    stray = take_in(reply(message, to="replies@treatyflow.example"), now=LATER)
    assert stray.kind != "answer"
    assert take_in(reply(message), now=LATER).kind == "answer"


def test_another_file_under_the_same_words_is_another_mail(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)

    def with_file(content: str) -> bytes:
        return reply(
            message,
            extra="Content-Type: multipart/mixed; boundary=x\r\n",
            text="--x\r\n\r\nSee the scan.\r\n--x\r\nContent-Type: application/pdf\r\n"
            f"Content-Disposition: attachment; filename=a.pdf\r\n\r\n{content}\r\n--x--",
        )

    first, second = (take_in(with_file(content), now=LATER) for content in ("one", "two"))
    assert first != second
    assert take_in(with_file("one"), now=LATER) == first


def test_mails_without_a_message_id_are_told_apart_by_their_bytes(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    raw = reply(message).replace(b"Message-ID: <one@example.org>\r\n", b"")
    take_in(raw, now=LATER)
    take_in(raw, now=LATER)
    take_in(raw + b"And we ask why.\r\n", now=LATER)

    assert MailedAnswer.objects.count() == 2


def test_an_answer_with_letters_that_no_database_takes_is_taken_in_all_the_same(
    cast: Cast, notice: Notification
) -> None:
    extra = "Content-Type: text/plain; charset=idna\r\n"
    take_in(reply(sent_to(cast.russian_drafter), text="We\0 object.", extra=extra), now=LATER)
    assert MailedAnswer.objects.get().text == "We\ufffd object."
    assert verify().ok


def test_a_colleague_of_the_mission_may_answer_too(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter), sender=cast.russian_head.email.upper())
    take_in(raw, now=LATER)
    assert MailedAnswer.objects.get().by == cast.russian_head


def refused(raw: bytes, now: datetime = LATER) -> str:
    mail = take_in(raw, now=now)
    assert not MailedAnswer.objects.exists()
    assert bytes(IncomingMail.objects.get().raw) == raw
    assert verify().ok
    return f"{mail.kind} {mail.reason}".strip()


def test_a_forged_address_is_refused(cast: Cast, notice: Notification) -> None:
    message = sent_to(cast.russian_drafter)
    forged = reply_address(message).replace("-", "-a", 1)
    assert refused(reply(message, to=forged)) == "refused forged"


def test_an_address_of_a_message_that_never_left_is_refused(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    unsent = Message(pk=message.pk + 1_000_000)
    assert refused(reply(message, to=reply_address(unsent))) == "refused forged"


@pytest.mark.parametrize("who", ["us_drafter", "german_observer", "administrator"])
def test_whoever_does_not_act_for_the_mission_is_a_stranger(
    cast: Cast, notice: Notification, who: str
) -> None:
    message = sent_to(cast.russian_drafter)
    raw = reply(message, sender=getattr(cast, who).email)
    assert refused(raw) == "refused stranger"


def test_so_is_whose_mandate_has_ended(cast: Cast, notice: Notification) -> None:
    mandate = cast.russian_drafter.mandates.get()
    change_mandate(
        mandate=mandate,
        fields={"to_on": NOW.date()},
        actor=cast.administrator,
        now=NOW,
        reason="Recalled.",
    )
    raw = reply(sent_to(cast.russian_drafter))
    assert refused(raw, LATER + timedelta(days=2)) == "refused stranger"


def test_a_stale_address_is_refused(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter))
    assert refused(raw, NOW + FRESH + timedelta(days=1)) == "refused stale"


@pytest.mark.parametrize("text", ["", "> all of it quoted"])
def test_a_reply_without_words_of_its_own_is_refused(
    cast: Cast, notice: Notification, text: str
) -> None:
    assert refused(reply(sent_to(cast.russian_drafter), text=text)) == "refused empty"


def test_an_endless_reply_is_refused(cast: Cast, notice: Notification) -> None:
    text = "a" * 100_001
    assert refused(reply(sent_to(cast.russian_drafter), text=text)) == "refused too-long"


@pytest.mark.parametrize(
    ("extra", "kind"),
    [
        ("Auto-Submitted: auto-replied\r\n", "automatic"),
        ("Content-Type: multipart/report; report-type=delivery-status\r\n", "bounce"),
    ],
)
def test_what_a_program_sent_is_no_answer(
    cast: Cast, notice: Notification, extra: str, kind: str
) -> None:
    assert refused(reply(sent_to(cast.russian_drafter), extra=extra)) == kind


def test_any_other_mail_is_kept(cast: Cast, notice: Notification) -> None:
    raw = reply(sent_to(cast.russian_drafter), to="replies@treatyflow.example")
    assert refused(raw) == "other"


def test_an_answer_whose_subject_is_wrongly_encoded_is_an_answer(
    cast: Cast, notice: Notification
) -> None:
    raw = reply(sent_to(cast.russian_drafter))
    mail = take_in(raw.replace(b"Re: notice", b"=?utf-8?b?a?="), now=LATER)
    assert (mail.kind, mail.subject) == ("answer", "=?utf-8?b?a?=")
    assert verify().ok


def test_a_domain_in_letters_and_the_same_in_ascii_are_one_address(
    cast: Cast, notice: Notification
) -> None:
    reader = cast.russian_drafter
    reader.email = "boris@bücher.example"
    reader.save()
    raw = reply(sent_to(reader), sender="boris@xn--bcher-kva.example")
    assert take_in(raw, now=LATER).kind == "answer"


def test_two_mails_that_are_too_large_are_kept_under_one_message_id(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    first = take_in(reply(message), now=LATER, is_whole=False)
    other = take_in(reply(message, sender="other@example.net"), now=LATER, is_whole=False)
    again = take_in(reply(message), now=LATER, is_whole=False)
    assert first == again
    assert first != other


def test_no_mail_takes_the_name_under_which_another_will_be_kept(
    cast: Cast, notice: Notification
) -> None:
    raw = reply(sent_to(cast.russian_drafter)).replace(b"Message-ID: <one@example.org>\r\n", b"")
    with transaction.atomic():
        name = take_in(raw, now=LATER).message_id
        transaction.set_rollback(True)
    assert name.startswith("sha256:")

    take_in(b"From: x@example.net\r\nMessage-ID: " + name.encode() + b"\r\n\r\nspam", now=LATER)

    assert take_in(raw, now=LATER).kind == "answer"


@pytest.mark.parametrize("kind", ["automatic", "bounce", "unreadable"])
def test_what_a_program_says_of_an_act_is_known_to_be_of_it(
    cast: Cast, notice: Notification, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """Who may not read the act may not read what quotes it."""
    extra = {
        "automatic": "Auto-Submitted: auto-replied\r\n",
        "bounce": "Content-Type: multipart/report; report-type=delivery-status\r\n",
        "unreadable": "",
    }[kind]
    if kind == "unreadable":
        monkeypatch.setattr(incoming, "_text", lambda _mail: 1 // 0)
    message = sent_to(cast.russian_drafter)
    mail = take_in(reply(message, extra=extra), now=LATER)
    assert (mail.kind, mail.answers) == (kind, message)


@pytest.mark.parametrize("header", ["X-Envelope-To", "Resent-To", "Delivered-To", "Envelope-To"])
def test_the_reply_address_may_stand_where_only_servers_look(
    cast: Cast, notice: Notification, header: str
) -> None:
    message = sent_to(cast.russian_drafter)
    raw = reply(message, to="team@example.org", extra=f"{header}: {reply_address(message)}\r\n")
    assert take_in(raw, now=LATER).kind == "answer"


def test_a_mission_that_was_not_sent_the_act_has_nothing_to_answer(
    cast: Cast, notice: Notification
) -> None:
    assert refused(reply(sent_to(cast.us_drafter))) == "refused not-sent"


@pytest.mark.parametrize(
    "sender",
    [
        "{drafter} <attacker@evil.example>",
        "{drafter}, attacker@evil.example",
        "attacker@evil.example, {drafter}",
        "Boris <{drafter}>, Eve <attacker@evil.example>",
        "{drafter}\r\nFrom: attacker@evil.example",
        "attacker@evil.example\r\nFrom: {drafter}",
        '"{drafter}" <attacker@evil.example>',
        "attacker@evil.example (<{drafter}>)",
        "Eve (<{drafter}>) attacker@evil.example",
        '(" ) <attacker@evil.example> (" ) <{drafter}>',
        "attacker@evil.example; <{drafter}>",
        "Eve: <{drafter}>;",
        "<attacker@evil.example <{drafter}>>",
        "attacker@evil.example\\, <{drafter}>",
        "{drafter}\r\nFrom : attacker@evil.example",
        "{drafter}\r\nX: a\rFROM: attacker@evil.example",
        '<{drafter}"@evil.example>',
        '{drafter} "<x@evil.example>"',
        '"x@evil.example", <{drafter}>',
    ],
)
def test_where_several_stand_in_from_it_is_nobody_s(
    cast: Cast, notice: Notification, sender: str
) -> None:
    drafter = cast.russian_drafter.email
    raw = reply(sent_to(cast.russian_drafter), sender=sender.format(drafter=drafter))
    assert refused(raw) == "refused stranger"


@pytest.mark.parametrize("how", ["return", "line feed"])
def test_a_from_that_only_some_servers_see_is_nobody_s(
    cast: Cast, notice: Notification, how: str
) -> None:
    drafter = cast.russian_drafter.email
    raw = reply(sent_to(cast.russian_drafter), sender="MARK")
    if how == "return":
        raw = raw.replace(b"From: MARK\r\n", f"X-A: a\rFrom: {drafter}\r\n".encode())
    else:
        head, body = raw.replace(b"From: MARK\r\n", b"").split(b"\r\n\r\n", 1)
        hidden = f"\r\nX-A: a\nFrom: {drafter}\n\nI say so".encode()
        raw = head + hidden + b"\r\nFrom: attacker@evil.example\r\n\r\n" + body
    assert refused(raw) == "refused stranger"


@pytest.mark.parametrize(
    "sender",
    [
        "{drafter}",
        "<{drafter}>",
        "{drafter} <{drafter}>",
        '"Drafter, Boris" <{drafter}>',
        "Boris Drafter (Moscow) <{drafter}>",
        '"Boris (Moscow)" <{drafter}>',
        "{drafter} (Boris Drafter)",
        "Boris < {drafter} >",
        "\r\n Boris\r\n <{drafter}>",
        "Drafter, Boris <{drafter}>",
        "=?utf-8?b?0JHQvtGA0LjRgQ==?= <{drafter}>",
    ],
)
def test_one_person_in_from_is_known_however_it_is_written(
    cast: Cast, notice: Notification, sender: str
) -> None:
    drafter = cast.russian_drafter.email
    take_in(reply(sent_to(cast.russian_drafter), sender=sender.format(drafter=drafter)), now=LATER)
    assert MailedAnswer.objects.get().by == cast.russian_drafter


@pytest.mark.parametrize("how", ["message", "case", "nothing"])
@pytest.mark.parametrize("to", ["", "replies@treatyflow.example", "forged"])
def test_a_mail_that_names_what_it_answers_is_known_to_be_of_that(
    cast: Cast, notice: Notification, how: str, to: str, settings: Settings
) -> None:
    message = sent_to(cast.russian_drafter)
    if to == "forged":
        to = reply_address(message).replace("-", "-a", 1)
    names = {
        "message": f"In-Reply-To: {message.message_id}\r\n",
        "case": f"References: <a@b>\r\n <{notice.case.uid}@{settings.TREATYFLOW_HOST}>\r\n",
        "nothing": "References: <a@b> <c@treatyflow.example>\r\n",
    }
    mail = take_in(
        reply(message, to=to, extra=f"Auto-Submitted: auto-replied\r\n{names[how]}"), now=LATER
    )
    assert mail.kind == "automatic"
    is_known = to == "" or how != "nothing"
    assert (mail.answers.alert.act if mail.answers else None) == (notice if is_known else None)


def of_same_case(cast: Cast, act: Notification, visibility: str, addressees: list[str]) -> Message:
    """A message to a Russian about one more act of the case of another."""
    fields = {"text": "A.", "visibility": visibility, "addressees": addressees}
    other = issue_act(cast, "consultation-request", fields, refers_to=act, now=NOW)
    send_alerts(now=NOW)
    assert other.case == act.case
    return Message.objects.get(
        user=cast.russian_drafter, alert__notification=other, alert__kind="issued"
    )


def test_of_several_acts_of_a_case_the_one_that_is_named_counts(
    cast: Cast, notice: Notification, settings: Settings
) -> None:
    open_one = sent_to(cast.russian_drafter)
    secret = of_same_case(cast, notice, "restricted", ["RUS"])
    case = f"References: <{notice.case.uid}@{settings.TREATYFLOW_HOST}>\r\n"
    for number, message in enumerate((open_one, secret)):
        extra = f"{case}In-Reply-To: {message.message_id}\r\nAuto-Submitted: auto-replied\r\n"
        mail = take_in(
            reply(message, to="x@example.org", extra=extra, message_id=f"<{number}@x>"), now=LATER
        )
        assert mail.answers is not None
        assert mail.answers.alert.act == message.alert.act
    extra = f"{case}Auto-Submitted: auto-replied\r\n"
    mail = take_in(reply(secret, to="x@example.org", extra=extra, message_id="<3@x>"), now=LATER)
    assert mail.answers is not None
    assert mail.answers.alert.act == secret.alert.act  # of the case alone: the one fewer may read
    later = of_same_case(cast, notice, "parties", ["RUS"])
    names = " ".join(one.message_id for one in (open_one, secret, later))
    extra = f"References: {names}\r\nAuto-Submitted: auto-replied\r\n"
    mail = take_in(reply(secret, to="x@example.org", extra=extra, message_id="<4@x>"), now=LATER)
    assert mail.answers is not None
    assert mail.answers.alert.act == secret.alert.act  # of all three: the same


@pytest.mark.parametrize("names", ["<a\0b@c>", "<spam@elsewhere.example>", "<" * 500 + ">" * 500])
def test_of_strange_references_nothing_is_asked(
    cast: Cast, notice: Notification, names: str
) -> None:
    raw = f"From: x@example.org\r\nReferences: {names}\r\n\r\nHello"
    with CaptureQueriesContext(connection) as asked:
        mail = take_in(raw.encode(), now=LATER)
    assert (mail.kind, mail.answers) == ("other", None)
    assert not [one for one in asked if "notifications_message" in one["sql"].partition("FROM")[2]]


def test_what_cannot_be_read_is_still_known_by_what_it_names(
    cast: Cast, notice: Notification
) -> None:
    message = sent_to(cast.russian_drafter)
    deep = "Content-Type: message/rfc822\r\n\r\n" * 5000
    raw = f"From: x@example.org\r\nIn-Reply-To: {message.message_id}\r\n{deep}"
    mail = take_in(raw.encode(), now=LATER)
    assert mail.kind == "unreadable"
    assert mail.answers == message
