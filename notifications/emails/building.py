"""From an alert to the MIME entity that everyone who reads its language is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from django.template.loader import render_to_string
from django.utils import translation

from notifications.emails.addresses import header_line, one_line
from notifications.emails.background import Background, spoken
from notifications.emails.calendar_file import METHOD, calendar_file
from notifications.emails.run_story import RunStory
from notifications.emails.story import Story
from notifications.emails.telling import Telling
from notifications.emails.words import exact
from notifications.models import Alert


def build(
    background: Background, alert_id: int, language: str, *, at: datetime | None = None
) -> bytes:
    """Write the content of an alert's mails in a language: subject, text, HTML, calendar file.

    ``at``: the instant at which a stage of a deadline is told that waited for a day or longer.

    The bytes are those of a MIME entity with its own header lines, which follow the header lines of
    each message (``headers_of``). Only ASCII, lines ended by CRLF: any server takes it so. A
    language that is not spoken here is written in English.
    """
    language = spoken(language)
    alert = background.alerts[alert_id]
    with translation.override(language):
        story = story_of(alert, background, language, at=at)
        waited = at is not None and not alert.is_late
        context = story.context() | {"waited": exact(alert.due_at, alert.zone) if waited else ""}
        folder = f"emails/{story.folder}"
        subject, text, html = (
            render_to_string(f"{folder}/{name}", context).strip()
            for name in ("subject.txt", "body.txt", "body.html")
        )
        calendar = calendar_of(alert, story)
    calendars = (calendar,) if calendar else ()
    seed = (str(alert.pk), language, *([at.date().isoformat()] if at else ()))
    return written(subject, text, html, calendars, seed=":".join(seed))


def story_of(
    alert: Alert, background: Background, language: str, *, at: datetime | None = None
) -> Telling:
    """What an alert tells in a language; ``at``: the days to a date count from this instant."""
    tell = Story if alert.notification else RunStory
    return tell(alert, background, language, at=at)


def written(subject: str, text: str, html: str, calendars: Sequence[bytes], *, seed: str) -> bytes:
    """The MIME entity with these contents; the same with the same seed gives the same bytes."""
    entity = _entity(_tidy(text), html, calendars, seed=seed)
    return header_line("Subject", one_line(subject)).encode("ascii") + entity.as_bytes()


def _entity(text: str, html: str, calendars: Sequence[bytes], *, seed: str) -> EmailMessage:
    """Text and HTML as alternatives, and the calendar files beside them.

    Boundaries depend on ``seed`` alone, so that the same content gives the same bytes. Text is
    quoted-printable even where it is plain ASCII: "=_" can then stand only in a boundary.
    """
    entity = EmailMessage(policy=SMTP)
    entity.set_content(text, cte="quoted-printable")
    entity.add_alternative(html, subtype="html", cte="quoted-printable")
    for number, calendar in enumerate(calendars, start=1):
        name = "deadline.ics" if len(calendars) == 1 else f"deadline-{number}.ics"
        entity.add_attachment(
            calendar, maintype="text", subtype="calendar", cte="base64", filename=name
        )
    for level, part in enumerate(entity.walk()):
        if level:
            del part["MIME-Version"]
        if part.get_content_type() == "text/calendar":
            part.set_param("method", METHOD)
            part.set_param("charset", "utf-8")
        if part.is_multipart():
            part.set_boundary(f"=_{hashlib.sha256(f'{seed}:{level}'.encode()).hexdigest()[:24]}")
    return entity


def calendar_of(alert: Alert, story: Telling) -> bytes:
    """The date is put into calendars until it has passed."""
    if alert.kind != Alert.Kind.DEADLINE or alert.stage.startswith("after-"):
        return b""
    return calendar_file(
        story.version(),
        title=story.title(),
        reason=story.reason(),
        link=story.link,
    )


def _tidy(text: str) -> str:
    """No spaces at the end of a line, never two empty lines, one break at the end."""
    lines: list[str] = []
    for line in (line.rstrip() for line in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"
