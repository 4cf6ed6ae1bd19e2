"""A mail that came in: what it says of its own, and what marks it as automatic."""

from __future__ import annotations

import logging

import pytest

from notifications.emails import incoming
from notifications.emails.incoming import read_incoming
from notifications.emails.own_words import own_text

GMAIL = """\
We take note of the notice.

It is under study.

On Fri, 22 May 2020 at 12:00, TreatyFlow <alerts@treatyflow.example>
wrote:

> The United States gives notice.
>
> Open the notification:
"""
OUTLOOK = """\
Nous prenons note.

-----Message d'origine-----
De : TreatyFlow
"""


@pytest.mark.parametrize(
    ("body", "own"),
    [
        (GMAIL, "We take note of the notice.\n\nIt is under study."),
        (GMAIL.replace("\n", "\r\n"), "We take note of the notice.\n\nIt is under study."),
        (OUTLOOK, "Nous prenons note."),
        ("> It was asked:\n> when?\nOn Monday.\n", "On Monday."),
        ("Agreed.\n-- \nBoris\n", "Agreed."),
        ("We object.\nOn Friday TreatyFlow wrote:\n> The notice.\n", "We object."),
        ("We object.\nLe 22 mai 2020,\nTreatyFlow a écrit :\n> L’avis.\n", "We object."),
        (
            "We ask for three things:\n\nfirst,\nsecond.\n",
            "We ask for three things:\n\nfirst,\nsecond.",
        ),
        ("We reject these words:\n> The notice.\n", "We reject these words:"),
        (
            "We object as of 22 May.\nOn Friday TreatyFlow wrote:\n> The notice.\n",
            "We object as of 22 May.",
        ),
        ("No.\n\n22.05.2020 12:00, TreatyFlow:\n> The notice.\n", "No."),
        (
            "We do not accept what you wrote:\n> vessel\nand ask why.\n",
            "We do not accept what you wrote:\nand ask why.",
        ),
        (
            "Our office is open on 5 May at 10:30 to discuss this:\n> The notice.\n",
            "Our office is open on 5 May at 10:30 to discuss this:",
        ),
        ("Notes go to legal@mfa.example:\n> The notice.\n", "Notes go to legal@mfa.example:"),
        (
            "Agreed in part.\n-- \nBoris\nOn 5 May 2020 X wrote:\n> Art 1\nNot this one.\n",
            "Agreed in part.\nNot this one.",
        ),
        (">From our capital: we object.\n", "From our capital: we object."),
        (
            "No.\nTreatyFlow <a@treatyflow.example> 于2020年5月22日 12:00写道：\n> The notice.\n",
            "No.",
        ),
        ("", ""),
    ],
)
def test_the_own_text_is_what_is_not_quoted(body: str, own: str) -> None:
    assert own_text(body) == own


def mail(body: str = "We object.", **headers: str) -> bytes:
    lines = {
        "From": "Boris <Boris.Drafter@Example.org>",
        "To": "replies+1-x@treatyflow.example",
        "Subject": "Re: =?utf-8?q?Ciel_ouvert?=",
        "Message-ID": "<a@example.org>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{head}\r\n{body}".encode()


def test_headers_are_decoded_and_addresses_taken_out_of_them() -> None:
    read = read_incoming(mail(Cc="Somebody <b@example.org>, c@example.org"))
    assert read.sender == "boris.drafter@example.org"
    assert read.subject == "Re: Ciel ouvert"
    assert read.message_id == "<a@example.org>"
    assert set(read.recipients) == {
        "replies+1-x@treatyflow.example",
        "b@example.org",
        "c@example.org",
    }
    assert read.text == "We object."
    assert not read.is_automatic


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"Content_Type": 'multipart/report; report-type="disposition-notification"; boundary=x'},
    ],
)
def test_what_a_program_wrote_is_told_apart(headers: dict[str, str]) -> None:
    assert read_incoming(mail(**headers)).is_automatic


def test_what_a_person_wrote_may_say_so() -> None:
    assert not read_incoming(mail(Auto_Submitted="no")).is_automatic


def test_a_delivery_report_is_a_bounce() -> None:
    report = mail(Content_Type="multipart/report; report-type=delivery-status; boundary=x")
    assert read_incoming(report).is_bounce


def test_html_alone_is_read_without_its_tags() -> None:
    html = "<head><style>p {}</style></head><p>We object.</p><div>Firmly &amp; now.</div>"
    read = read_incoming(mail(html, Content_Type="text/html; charset=utf-8"))
    assert read.text == "We object.\nFirmly & now."


def test_of_html_alone_what_is_quoted_and_what_nobody_sees_is_left_out() -> None:
    html = (
        "<!-- a > b --><p>We object.</p><p>On Friday TreatyFlow wrote:</p>"
        "<blockquote>The notice.<blockquote>Older.</blockquote></blockquote><SCRIPT>x</script>"
        "Firmly, for 2 < 3."
    )
    read = read_incoming(mail(html, Content_Type="text/html; charset=utf-8"))
    assert read.text == "We object.\nFirmly, for 2 < 3."


@pytest.mark.parametrize(
    ("html", "own"),
    [
        (
            "We agree, but:<blockquote style='margin:0'>not with 3.</blockquote>",
            "We agree, but:\nnot with 3.",
        ),
        ("Yes.<blockquote type='cite'>The notice.</blockquote>", "Yes."),
        ("Yes.<blockquote class='gmail_quote'>The notice.</blockquote>", "Yes."),
        ("<head><title>x</title><body>We object.", "xWe object."),
        ("<!--[if !mso]><!-->We object.<!--<![endif]-->", "We object."),
        ("We object.<!-- Firmly.", "We object. Firmly."),
    ],
)
def test_of_html_too_in_doubt_a_word_stays(html: str, own: str) -> None:
    assert read_incoming(mail(html, Content_Type="text/html; charset=utf-8")).text == own


def parts(kind: str, *bodies: str) -> bytes:
    """A mail of parts, each with its headers, a blank line and its text."""
    between = "".join(f"--x\r\n{body}\r\n" for body in bodies)
    return mail(f"{between}--x--\r\n", Content_Type=f"multipart/{kind}; boundary=x")


PLAIN, HTML = "Content-Type: text/plain\r\n\r\n", "Content-Type: text/html\r\n\r\n"


@pytest.mark.parametrize(
    ("raw", "own"),
    [
        (
            parts(
                "mixed",
                f"{HTML}We object.",
                f"Content-Type: message/rfc822\r\n\r\n{PLAIN}We agree.",
            ),
            "We object.",
        ),
        (
            parts("mixed", f"{HTML}We object.", f"{PLAIN}It was scanned."),
            "We object.\nIt was scanned.",
        ),
        (
            parts(
                "mixed",
                f"{PLAIN}We agree,",
                "Content-Type: image/png\r\n\r\nx",
                f"{PLAIN}if Art 3 goes.",
            ),
            "We agree,\nif Art 3 goes.",
        ),
        (parts("alternative", f"{PLAIN} ", f"{HTML}We object."), "We object."),
        (parts("alternative", f"{HTML}We object!", f"{PLAIN}We object."), "We object."),
        (
            parts("mixed", f"{PLAIN}Yes.", f"Content-Disposition: attachment\r\n{PLAIN}No."),
            "Yes.",
        ),
    ],
)
def test_all_texts_are_read_that_are_no_files_and_no_other_mail(raw: bytes, own: str) -> None:
    assert read_incoming(raw).text == own


def test_the_sender_is_the_address_and_never_what_a_name_hides() -> None:
    posing = "=?utf-8?q?boris.drafter=40example.org=3E?= <other@example.net>"
    assert read_incoming(mail(From=posing)).sender == "other@example.net"
    strange = "=?no-such-charset?q?Bor=EDs?= <boris.drafter@example.org>"
    assert read_incoming(mail(From=strange)).sender == "boris.drafter@example.org"


@pytest.mark.parametrize("charset", ["no-such", "idna", "undefined", "hex", "utf-16", "a\0b"])
def test_a_charset_that_is_wrong_costs_letters_and_not_the_mail(charset: str) -> None:
    head = f"Message-ID: <a@example.org>\r\nContent-Type: text/plain; charset={charset}\r\n\r\n"
    read = read_incoming(head.encode() + b"Caf\xe9.")
    assert read.message_id == "<a@example.org>"
    assert read.text


def test_what_no_database_takes_is_replaced() -> None:
    read = read_incoming(
        b"From: a\0@example.org\r\nSubject: a\0b\r\nMessage-ID: <a\0@b>\r\n"
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\nWe \\ud800 ob\0ject."
    )
    assert read.text == "We \ufffd ob\ufffdject."
    said = read.message_id + read.sender + read.subject + read.text
    assert "\0" not in said
    said.encode()


@pytest.mark.parametrize(
    "html",
    ["<style>" * 100_000, "<br " * 100_000, "<" * 100_000 + "a>" * 100_000, "<!--" * 100_000],
)
def test_html_that_is_made_to_be_slow_is_read_in_one_pass(html: str) -> None:
    """Each of them took minutes where the text was looked through again for each tag."""
    read = read_incoming(mail(f"<p>We object.</p>{html}", Content_Type="text/html"))
    assert read.text.startswith("We object.")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Content-Type: text/plain; charset=no-such\r\n\r\nWe object.",
        b"Subject: =?no-such?q?x?=\r\nFrom: <<<\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"Subject: =?utf-8?b?a?=\r\nMessage-ID: =?utf-8?b?a?=\r\n\r\nx",
        b"Auto-Submitted: =?utf-8?b?a?=\r\nPrecedence: =?q?b?a?=\r\n\r\nx",
        b"From: =?utf-8?b?a?= <a@example.org>\r\nTo: =?utf-8?b?a?= <b@example.org>\r\n\r\nx",
        b"Subject: =?utf-8?b?\xff?=\r\nReturn-Path: =?utf-16?b?aaaa?=\r\n\r\nx",
        b"Content-Disposition: attachment; filename*=a\0b''x\r\n\r\nx",
        b"Content-Type: multipart/report; report-type*0*=utf-8'; report-type*2=x\r\n\r\nx",
    ],
)
def test_nothing_that_comes_raises(raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert not read_incoming(raw).is_unreadable
    assert not caplog.records


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"To: " + b"(" * 100_000 + b"\r\n\r\nx",
    ],
)
def test_what_is_nested_too_deeply_is_unreadable(
    raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_incoming(raw).is_unreadable
    assert "a mail is nested too deeply to be read" in caplog.text


def test_a_header_whose_encoding_is_broken_is_read_as_it_stands() -> None:
    read = read_incoming(mail(Subject="Re: =?utf-8?b?a?=", Message_ID="<=?utf-8?b?a?=@b>"))
    assert read.subject == "Re: =?utf-8?b?a?="
    assert read.message_id == "<=?utf-8?b?a?=@b>"
    assert read.text == "We object."
    assert not read.is_unreadable


def test_whatever_reading_raises_is_logged_and_the_mail_said_to_be_unreadable(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_body: str) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(incoming, "own_text", broken)
    with caplog.at_level(logging.ERROR):
        read = read_incoming(mail())
    assert read.is_unreadable
    assert "a mail could not be read" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n" + b"<@" * 100_000 + b":\r\n> x\r\n",
        b"\r\nOn " + b"a" * 100_000 + b":\r\n" + b"> x\r\n" * 10_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 80_000 + b"\r\n\r\nx",
    ],
    ids=["addresses", "introduction", "subject"],
)
def test_a_mail_that_is_made_to_be_slow_is_read_in_one_pass(raw: bytes) -> None:
    assert not read_incoming(b"From: a@example.org\r\n" + raw).is_unreadable


@pytest.mark.parametrize(
    ("charset", "code", "text"),
    [
        ("windows-874", "cp874", "เราคัดค้าน"),
        ("iso-8859-8-i", "iso8859-8", "אנו מתנגדים"),
        ("gb2312", "gb18030", "朱镕基反对"),
        ("ks_c_5601-1987", "cp949", "우리는 똠방각하"),
        ("iso-8859-1", "cp1252", "We “object”"),
    ],
)
def test_a_charset_is_read_as_programs_mean_it(charset: str, code: str, text: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit"
    assert read_incoming(f"{head}\r\n\r\n".encode() + text.encode(code)).text == text


def test_a_comment_behind_no_is_still_no() -> None:
    assert not read_incoming(b"Auto-Submitted: no (by hand)\r\n\r\nx").is_automatic
