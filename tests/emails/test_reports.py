"""Reports of mail servers are read in the shapes that servers give them; nothing else is one."""

from __future__ import annotations

import base64

import pytest

from notifications.emails import NoReportError, read_report, without_addresses
from tests.emails.returned import SHAPES, report

OURS = "<4d5c5f0e-1b1f-5c0e-9f0b-7b1f3c2a9d44@treatyflow.example>"
REASONS = {
    "postfix": ("550 5.1.1 <…>: Recipient address rejected: User unknown in local recipient table"),
    "exim": "550 mailbox unavailable",
    "exchange": (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient … not found by SMTP address lookup"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_message_the_action_and_the_reason_are_read(shape: str) -> None:
    read = read_report(report(shape, OURS))
    assert (read.message_id, read.action, read.is_failure) == (OURS, "failed", True)
    assert read.reason == REASONS[shape]


@pytest.mark.parametrize("shape", SHAPES)
def test_lines_ended_as_files_have_them_are_read_as_well(shape: str) -> None:
    assert read_report(report(shape, OURS).replace(b"\r\n", b"\n")).message_id == OURS


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "DELAYED"])
def test_an_action_that_is_no_failure_is_none(action: str) -> None:
    read = read_report(report("postfix", OURS, action=action))
    assert (read.action, read.is_failure) == (action.lower(), False)


def test_of_several_recipients_the_worst_counts() -> None:
    several = report("exim", OURS, action="delayed").replace(
        b"Action: delayed\r\n",
        b"Action: delayed\r\nFinal-Recipient: rfc822;b@us.example\r\nStatus: 4.0.0\r\n\r\n"
        b"Action: failed\r\n",
    )
    read = read_report(several)
    assert read.is_failure
    assert read.reason == REASONS["exim"]


def test_without_words_the_status_is_the_reason() -> None:
    silent = report("exim", OURS).replace(b"Diagnostic-Code", b"X-Diagnostic-Code")
    assert read_report(silent).reason == "5.0.0"


def test_a_long_reason_is_cut() -> None:
    long = report("exim", OURS).replace(b"mailbox unavailable", b"no " * 5000)
    assert len(read_report(long).reason) <= 500


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (b"report-type=delivery-status", b"report-type=disposition-notification", "no delivery"),
        (b"multipart/report;", b"multipart/mixed;", "no delivery report"),
        (b"message/delivery-status", b"text/plain", "no part message/delivery-status"),
        (b"Action: failed", b"Action: lost", "what became of the message"),
        (b"Action: failed\r\n", b"", "what became of the message"),
        (b"text/rfc822-headers", b"text/plain", "no header lines"),
        (OURS.encode(), b"none", "no header lines"),
    ],
)
def test_what_lacks_a_part_is_refused_with_one_sentence(
    before: bytes, after: bytes, sentence: str
) -> None:
    whole = report("postfix", OURS)
    assert before in whole
    with pytest.raises(NoReportError, match=sentence) as refused:
        read_report(whole.replace(before, after))
    assert str(refused.value).count(".") == 1


NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
    for level in range(5000)
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"Hello.\r\n",
        NESTED,
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nno boundary",
        b"Content-Type: multipart/report; report-type*=x''%ff; boundary=\xff\r\n\r\n--\xff\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    ],
)
def test_what_is_no_mail_at_all_is_refused_and_breaks_nothing(data: bytes) -> None:
    with pytest.raises(NoReportError):
        read_report(data)


def test_letters_that_are_none_stand_in_no_way() -> None:
    odd = report("postfix", OURS).replace(b"User\r\n    unknown", b"Usager \xe9\r\n    inconnu")
    assert "inconnu" in read_report(odd).reason


def test_what_is_nested_within_the_returned_message_is_refused_as_well() -> None:
    deep = base64.encodebytes(b"Content-Type: message/rfc822\r\n\r\n" * 5000).decode()
    report = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: failed\n"
        "--b\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n"
        f"{deep}--b--\n"
    )
    with pytest.raises(NoReportError, match="nested too deeply"):
        read_report(report.encode())


@pytest.mark.parametrize("message_id", ["<a\0@b>", "<é@b>", "<a b@c>", "none"])
def test_a_message_id_that_is_none_is_refused(message_id: str) -> None:
    with pytest.raises(NoReportError, match="no header lines with the Message-ID"):
        read_report(report("postfix", message_id))


@pytest.mark.parametrize("charset", ["idna", "undefined", "punycode", "a\0b"])
def test_a_charset_that_no_program_can_read_is_no_report_and_no_fault(charset: str) -> None:
    odd = report("postfix", OURS).replace(
        b"text/rfc822-headers", f"text/rfc822-headers; charset={charset}".encode()
    )
    with pytest.raises(NoReportError, match="cannot be read"):
        read_report(odd.replace(b"Subject: ", b"Subject: \xe9"))


def test_words_that_are_made_to_be_slow_are_read_in_one_pass() -> None:
    slow = report("exim", OURS).replace(b"mailbox unavailable", b"a" * 1_000_000)
    assert len(read_report(slow).reason) == 500
    assert without_addresses("a" * 1_000_000) == "a" * 1_000_000
