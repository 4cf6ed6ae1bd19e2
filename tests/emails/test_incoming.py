"""A mail that came in: what it says of its own, and what marks it as automatic."""

from __future__ import annotations

import pytest

from notifications.emails.incoming import own_text, read_incoming

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
        (
            "We ask for three things:\n\nfirst,\nsecond.\n",
            "We ask for three things:\n\nfirst,\nsecond.",
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


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Content-Type: text/plain; charset=no-such\r\n\r\nWe object.",
        b"Subject: =?no-such?q?x?=\r\nFrom: <<<\r\n\r\nx",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
    ],
)
def test_nothing_that_comes_raises(raw: bytes) -> None:
    read_incoming(raw)
