"""A dossier as plain texts, for a reader who has a text editor and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext

from notifications.models import Notification, Response, Statement
from notifications.web import words
from notifications.web.act_fields import said
from notifications.web.clocks import clock
from notifications.web.dossier.gathering import Dossier
from notifications.web.names import PartyNames
from notifications.web.thread import senders_of, thread, title_of

RULE: Final = "-" * 72


def act_text(act: Notification, acts: Iterable[Notification], names: PartyNames) -> str:
    """One act: its head, to which of ``acts`` it refers, its fields, its text as given."""
    circulation = getattr(act, "circulation", None)
    lines = [
        title_of(act, names),
        "",
        _line(gettext("Given by"), senders_of(act, names)),
        _line(gettext("Date of the note"), words.full_date(act.given_on)),
    ]
    if circulation:
        lines.append(_line(gettext("Number"), circulation.number))
    targets = [one for one in acts if one.pk == act.refers_to_id]
    lines += [_line(gettext("Refers to"), title_of(one, names)) for one in targets]
    lines += [_line(item.label, item.value) for item in said(act.act, act.fields, names, act.zone)]
    lines += [_line("SHA-256", act.digest), "", RULE, "", act.text or gettext("(no text)")]
    return _joined(lines)


def response_text(response: Response, names: PartyNames) -> str:
    """One response: who, to what, which position, its text as given."""
    act = response.notification
    lines = [
        _line(gettext("Response by"), names.of(response.party_id)),
        _line(gettext("To"), title_of(act, names)),
        _line(gettext("Position"), words.position_title(response.position)),
        _line(gettext("Given"), words.exact(response.given_at, act.zone)),
    ]
    if response.is_late:
        lines.append(gettext("It came after the limit that was set."))
    lines += [
        _line("SHA-256", response.digest),
        "",
        RULE,
        "",
        response.text or gettext("(no text)"),
    ]
    return _joined(lines)


def statement_text(statement: Statement, names: PartyNames) -> str:
    """One public statement, with its source."""
    lines = [
        _line(gettext("Public statement by"), names.of(statement.party_id)),
        _line(gettext("Date"), words.full_date(statement.on)),
    ]
    if statement.source:
        lines.append(_line(gettext("Source"), statement.source))
    return _joined([*lines, "", RULE, "", statement.text])


def deadlines_text(dossier: Dossier) -> str:
    """Every deadline with every version of its date and the steps to it."""
    return _joined(_deadlines(dossier))


def _deadlines(dossier: Dossier) -> Iterator[str]:
    for act in dossier.acts:
        for deadline in dossier.deadlines[act.pk]:
            shown = clock(deadline, dossier.names, deadline.versions.all())
            yield title_of(act, dossier.names)
            yield f"  {shown.title}"
            if shown.article:
                yield "  " + words.cited(shown.article)
            yield "  " + _line(gettext("Borne by"), shown.bearer)
            state = words.state_words("deadline", deadline.status)
            yield "  " + _line(gettext("Where it stands"), state)
            for reason in shown.reasons:
                yield "  " + gettext("Version %(no)d: %(cause)s") % {
                    "no": reason.version.no,
                    "cause": reason.cause,
                }
                yield from (f"    {step}" for step in reason.steps)
            yield ""


def chronology_text(dossier: Dossier) -> str:
    """What happened in the case, day by day."""
    return _joined(
        _line(words.full_date(entry.on), entry.sentence)
        for entry in thread(dossier.records, dossier.names)
    )


def _line(label: str, value: str) -> str:
    return gettext("%(label)s: %(value)s") % {"label": label, "value": value}


def _joined(lines: Iterator[str] | list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"
