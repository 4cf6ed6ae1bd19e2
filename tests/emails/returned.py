"""Delivery reports as mail servers write them (RFC 3464), written by hand."""

from __future__ import annotations

POSTFIX = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: alerts@treatyflow.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4C1F32.1590148800/mx.example"
Message-Id: <20200522120000.7C1F4@mx.example>

This is a MIME-encapsulated message.

--4C1F32.1590148800/mx.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.

<{address}>: host mail.us.example[192.0.2.7] said: 550 5.1.1
    <{address}>: Recipient address rejected: User unknown in
    local recipient table (in reply to RCPT TO command)

--4C1F32.1590148800/mx.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Postfix-Queue-ID: 4C1F32
X-Postfix-Sender: rfc822; alerts@treatyflow.example
Arrival-Date: Fri, 22 May 2020 12:00:00 +0000 (UTC)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: {action}
Status: 5.1.1
Remote-MTA: dns; mail.us.example
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: Recipient address rejected: User
    unknown in local recipient table

--4C1F32.1590148800/mx.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <alerts@treatyflow.example>
Received: from treatyflow.example (unknown [192.0.2.1])
	by mx.example (Postfix) with ESMTP id 4C1F32
From: TreatyFlow <alerts@treatyflow.example>
To: <{address}>
Message-ID: {message_id}
Subject: Open Skies: withdrawal

--4C1F32.1590148800/mx.example--
"""

EXIM = """\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@relay.example>
To: alerts@treatyflow.example
References: {message_id}
Content-Type: multipart/report; report-type=delivery-status; boundary=1590148800-eximdsn-804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1jc6X2-0001Tc-7Q@relay.example>
X-Failed-Recipients: {address}
Auto-Submitted: auto-replied

--1590148800-eximdsn-804289383
Content-type: text/plain; charset=us-ascii

This message was created automatically by mail delivery software.

  {address}
    host mail.us.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<{address}>:
    550 mailbox unavailable

--1590148800-eximdsn-804289383
Content-type: message/delivery-status

Reporting-MTA: dns; relay.example

Action: {action}
Final-Recipient: rfc822;{address}
Status: 5.0.0
Remote-MTA: dns; mail.us.example
Diagnostic-Code: smtp; 550 mailbox unavailable

--1590148800-eximdsn-804289383
Content-type: message/rfc822

Return-path: <alerts@treatyflow.example>
From: TreatyFlow
 <alerts@treatyflow.example>
To: <{address}>
Date: Fri, 22 May 2020 12:00:00 +0000
Message-ID:
 {message_id}
Subject: Open Skies: withdrawal
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_a"

--=_a
Content-Type: text/plain

A note.

--=_a--

--1590148800-eximdsn-804289383--
"""

EXCHANGE = """\
From: postmaster@us.example
To: alerts@treatyflow.example
Date: Fri, 22 May 2020 12:00:01 +0000
Content-Type: multipart/report; report-type=delivery-status;
	boundary="d2e8b7f1-9d3c-4d55-8f1a-5a0e3b1f7c11"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <d2e8b7f1@EX01.us.example>
In-Reply-To: {message_id}
References: {message_id}
Subject: Undeliverable: Open Skies: withdrawal
MIME-Version: 1.0

--d2e8b7f1-9d3c-4d55-8f1a-5a0e3b1f7c11
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="73f1f6a5-7f1c-4f0c-94f5-22c31ed0f0a5"

--73f1f6a5-7f1c-4f0c-94f5-22c31ed0f0a5
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

{address}
The e-mail address you entered couldn't be found.

--73f1f6a5-7f1c-4f0c-94f5-22c31ed0f0a5
Content-Type: text/html; charset="us-ascii"

<p>Delivery has failed.</p>

--73f1f6a5-7f1c-4f0c-94f5-22c31ed0f0a5--

--d2e8b7f1-9d3c-4d55-8f1a-5a0e3b1f7c11
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.us.example
Received-From-MTA: dns;mx.example
Arrival-Date: Fri, 22 May 2020 12:00:00 +0000

Original-Recipient: rfc822;{address}
Final-Recipient: rfc822;{address}
Action: {action}
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP address lookup
X-Display-Name: Ann Abel

--d2e8b7f1-9d3c-4d55-8f1a-5a0e3b1f7c11
Content-Type: message/rfc822

Received: from mx.example (192.0.2.9) by EX01.us.example
From: TreatyFlow <alerts@treatyflow.example>
To: {address}
Subject: Open Skies: withdrawal
Message-ID: {message_id}
Content-Type: text/plain

A note.

--d2e8b7f1-9d3c-4d55-8f1a-5a0e3b1f7c11--
"""  # noqa: E501 - as the server writes it

SHAPES = {"postfix": POSTFIX, "exim": EXIM, "exchange": EXCHANGE}


def report(
    shape: str, message_id: str, *, address: str = "ann@us.example", action: str = "failed"
) -> bytes:
    """A report of one server's shape, its lines ended as mail has them."""
    text = SHAPES[shape].format(message_id=message_id, address=address, action=action)
    return text.replace("\n", "\r\n").encode()
