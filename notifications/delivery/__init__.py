"""Delivery: expand, claim, send, mark, give back. The only place that sends.

One message goes through these commits, so that a worker killed between any two of them loses
nothing, repeats at most two messages (the one on its way, and the one before it, whose mark was
being written), and leaves a register that proves itself:

1. *expand*: its alert becomes messages, ``pending``;
2. *claim*: the message gets a lease;
3. *write*: the content that its batch lacks is sealed, with an event;
4. *mark*: as soon as the server has it, ``accepted``, in a commit of its own, written while the
   next message is on its way;
5. *record*: at the end of the batch ``accepted`` becomes ``sent`` and is frozen, the attempts are
   sealed, failures are given back, and one event covers them all, in one transaction.

A batch that was interrupted between 4 and 5 is recorded by a later run, once its lease has run out.
"""

from notifications.delivery.claim import claim
from notifications.delivery.deliver import Sweep, deliver, send_due
from notifications.delivery.expand import Expansion, expand
from notifications.delivery.letters import Answer, Letter, LineDownError, Transport
from notifications.delivery.send import MailboxTransport, transport_for
from notifications.delivery.smtp import SmtpTransport
from notifications.delivery.tallies import Deliveries

__all__ = [
    "Answer",
    "Deliveries",
    "Expansion",
    "Letter",
    "LineDownError",
    "MailboxTransport",
    "SmtpTransport",
    "Sweep",
    "Transport",
    "claim",
    "deliver",
    "expand",
    "send_due",
    "transport_for",
]
