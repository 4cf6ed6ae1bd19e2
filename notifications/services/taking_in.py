"""Taking in what came by mail: an answer becomes a draft of its mission, all else is kept."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from notifications import permissions
from notifications.emails.addresses import spellings
from notifications.emails.incoming import Incoming, read_incoming
from notifications.emails.replying import answered_message, is_for_replies
from notifications.inbox import Box, BoxDownError, MailUnreadableError
from notifications.models import Case, IncomingMail, MailedAnswer, Message, Notification, User
from notifications.register import Entry, append, canonical, digest_of
from notifications.register.records import incoming_digest
from notifications.services.calendar import day_in
from notifications.services.fields import LONGEST_TEXT

logger = logging.getLogger(__name__)

BATCH: Final = 100
# The message that is answered must not be older than this.
FRESH: Final = timedelta(days=180)
LONGEST_MAIL: Final = 25 * 1024 * 1024
# How the name begins under which a mail without a Message-ID of its own is kept.
_DIGEST: Final = "sha256:"
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Kind = IncomingMail.Kind
Reason = IncomingMail.Reason


@dataclass(frozen=True)
class TakenIn:
    """How many mails were taken in, and how many of them became drafts of answers."""

    mails: int = 0
    answers: int = 0


@dataclass(frozen=True)
class _Found:
    """What a mail is, and what it answers; ``by`` is set where it is an answer."""

    kind: IncomingMail.Kind
    reason: str = ""
    message: Message | None = None
    by: User | None = None


def take_in_waiting(box: Box, *, now: datetime) -> TakenIn:
    """Take in what waits in the mailbox, one by one; a mail is marked only once it is stored.

    A mailbox that cannot be read is logged and left to the next knock. So is a mail that cannot be
    read or stored: it stays in the mailbox, holds up no other, and does not count towards the
    batch. Where the database is away, it is away for every mail.
    """
    mails = answers = 0
    try:
        with box:
            for key in box.waiting():
                taken = _taken(box, key, now)
                if taken is None:
                    continue
                mails += 1
                answers += taken.kind == Kind.ANSWER
                if mails == BATCH:
                    break
    except BoxDownError as down:
        logger.warning("the mailbox was not read: %s", down)
    except (OperationalError, InterfaceError):
        logger.exception("the database took no mail; what waits stays in the mailbox")
    return TakenIn(mails, answers)


def _taken(box: Box, key: str, now: datetime) -> IncomingMail | None:
    """One mail, stored and then marked; None where it stays in the mailbox as it was."""
    try:
        fetched = box.fetch(key, LONGEST_MAIL)
        mail = take_in(fetched.raw, now=now, is_whole=fetched.is_whole)
        box.mark(key)
    except MailUnreadableError as unreadable:
        logger.warning("a mail stays in the mailbox as it was: %s", unreadable)
    except (BoxDownError, OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("a mail could not be taken in; it stays in the mailbox")
    else:
        return mail
    return None


@transaction.atomic
def take_in(raw: bytes, *, now: datetime, is_whole: bool = True) -> IncomingMail:
    """Store one mail, and where it is an answer the draft made of it; a second time: the first.

    Without ``is_whole`` the bytes are the beginning of a mail that is too large.
    """
    read = read_incoming(raw)
    found = _classified(read, now) if is_whole else _too_large(read)
    message_id, known = _known(read, raw, found.kind)
    if known is not None:
        return known
    mail = IncomingMail(
        message_id=message_id,
        taken_at=now,
        kind=found.kind,
        reason=found.reason,
        sender=read.sender[:320],
        subject=read.subject[:500],
        answers=found.message,
        raw=raw,
    )
    mail.digest = incoming_digest(mail)
    mail.save()
    answer = _draft(mail, found, read.text)
    body = {"answer": str(answer.uid), "by": answer.by_id} if answer else {}
    append(Entry("mail-taken-in", mail, at=now, rows=(mail,), body=body))
    return mail


def _known(read: Incoming, raw: bytes, kind: str) -> tuple[str, IncomingMail | None]:
    """The name under which it is kept, and what is kept under it already.

    One mail comes along two ways with other headers: its sender, its subject and its parts say that
    it is the same. Where they are others, its Message-ID was used twice, and it is kept under a
    digest.
    """
    if read.message_id and not read.message_id.startswith(_DIGEST):
        known = IncomingMail.objects.filter(message_id=read.message_id[:300]).first()
        if known is None or _is_same(known, read, kind):
            return read.message_id[:300], known
    own = f"{_DIGEST}{digest_of(canonical(_told(read)) if read.content else raw)}"
    # Until this was so, it was the digest of all bytes.
    names = [own, f"{_DIGEST}{digest_of(raw)}"]
    return own, IncomingMail.objects.filter(message_id__in=names).first()


def _is_same(known: IncomingMail, read: Incoming, kind: str) -> bool:
    kept = read_incoming(bytes(known.raw))
    if Kind.TOO_LARGE in (known.kind, kind):
        return known.kind == kind and _told(replace(kept, content="")) == _told(
            replace(read, content="")
        )
    return _told(kept) == _told(read)


def _told(read: Incoming) -> list[str | int | None]:
    """What makes it this mail, by whatever way it comes."""
    answered = answered_message(read.recipients)
    return [read.message_id, read.sender, read.subject, read.content, answered]


def _too_large(read: Incoming) -> _Found:
    """No answer; but what it would answer says who may read it."""
    return _Found(Kind.TOO_LARGE, message=_named(read))


def _classified(read: Incoming, now: datetime) -> _Found:
    if read.is_unreadable:
        return _Found(Kind.UNREADABLE, message=_named(read))
    if read.is_automatic:
        kind = Kind.BOUNCE if read.is_bounce else Kind.AUTOMATIC
        return _Found(kind, message=_named(read))
    if not is_for_replies(read.recipients):
        return _Found(Kind.OTHER, message=_named(read))
    message = _answered(read)
    by = _writer(read.sender, message, now) if message else None
    against = _against(read, message, by, now)
    return _Found(Kind.REFUSED if against else Kind.ANSWER, against, message or _named(read), by)


def _against(read: Incoming, message: Message | None, by: User | None, now: datetime) -> str:
    """What stands against taking it as an answer: the first that does, or nothing."""
    checks = (
        (Reason.FORGED, message is None),
        (Reason.STALE, message is not None and (message.sent_at or now) < now - FRESH),
        (Reason.NOT_SENT, message is not None and not _was_sent(message)),
        (Reason.STRANGER, by is None),
        (Reason.EMPTY, not read.text),
        (Reason.TOO_LONG, len(read.text) > LONGEST_TEXT),
    )
    return next((str(reason) for reason, stands in checks if stands), "")


def _answered(read: Incoming) -> Message | None:
    """The message that is answered: one that left, about an act of a live case."""
    key = answered_message(read.recipients)
    if key is None:
        return None
    return _of_acts().filter(pk=key).first()


def _named(read: Incoming) -> Message | None:
    """A message that it answers or names, be it that its address was lost or is not ours.

    It may quote the act: whoever may not read that may not read the mail. Where it names several,
    or a case alone, it is of the act that the fewest may read. Of strangers' Message-IDs nothing is
    asked, and every question is one by keys.
    """
    host = f"@{settings.TREATYFLOW_HOST}>"
    own = [name for name in read.references if name.endswith(host)]
    signed = _answered(read)
    if signed is not None or not own:
        return signed
    keys = list(Message.objects.filter(message_id__in=own).values_list("pk", flat=True))
    named = [*_of_acts().filter(pk__in=keys), *_of_acts().filter(carried_by__in=keys)]
    if named:
        return min(named, key=lambda message: _openness(message.alert.act))
    inner = [name.removeprefix("<").removesuffix(host) for name in own]
    cases = [UUID(name) for name in inner if _UUID.fullmatch(name)]
    acts = Notification.objects.filter(case__in=Case.objects.filter(uid__in=cases))
    for act in sorted(acts, key=_openness):
        alerts = list(act.alerts.values_list("pk", flat=True))
        found = list(_of_acts().filter(alert__in=alerts).order_by()[:1])
        if found:
            return found[0]
    return None


def _openness(act: Notification) -> tuple[bool, bool]:
    """In whose order acts stand that fewer may read; the secretariat reads every paper note."""
    return (act.visibility != Notification.Visibility.RESTRICTED, act.is_paper)


def _of_acts() -> QuerySet[Message]:
    """What left about acts of live cases, to people of a party."""
    found = Message.objects.filter(
        state__in=("accepted", "sent"),
        party__isnull=False,
        alert__case__origin="live",
        alert__notification__isnull=False,
    )
    return found.select_related("alert__notification__case", "party", "user")


def _was_sent(message: Message) -> bool:
    """Whether the act was sent to the party, so that it may answer it."""
    return message.alert.act.transmissions.filter(party=message.own_party).exists()


def _writer(sender: str, message: Message, now: datetime) -> User | None:
    """Who wrote: an account with that address that may respond for the mission written to."""
    people = User.objects.filter(is_active=True, is_system=False)
    user = people.filter(email__in=spellings(sender)).first()
    act = message.alert.act
    if user is None:
        return None
    today = day_in(act.zone, now)
    return user if permissions.can_respond(user, act, message.own_party, today) else None


def _draft(mail: IncomingMail, found: _Found, text: str) -> MailedAnswer | None:
    """The draft of an answer; nothing where the mail is none."""
    message, by = found.message, found.by
    if found.kind != Kind.ANSWER or message is None or by is None:
        return None
    return MailedAnswer.objects.create(
        mail=mail, notification=message.alert.act, party=message.own_party, by=by, text=text
    )
