"""A dossier in short: what was done, what came of it, who answered, in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext, ngettext

from notifications.models import Deadline, Notification, counted
from notifications.web import words
from notifications.web.clocks import clock
from notifications.web.dossier.gathering import Dossier
from notifications.web.thread import title_of

MOST_NAMED = 5


def in_short(dossier: Dossier) -> list[str]:
    """Sentences on the notice and its dates, then on what each other act asked and got."""
    notice = dossier.notice
    told = [_given(dossier), *_received(dossier)]
    # Clocks that each party has for itself stand alike in many cases: said once.
    told += dict.fromkeys(_ended(dossier, row) for row in dossier.deadlines[notice.pk])
    told.append(answers(dossier, notice))
    return [*told, *(_other(dossier, act) for act in dossier.acts if act.pk != notice.pk)]


def _other(dossier: Dossier, act: Notification) -> str:
    """Another act of the case: what it was, when, and what came back."""
    said = {
        "title": title_of(act, dossier.names),
        "day": words.bare_date(act.given_on),
        "answers": answers(dossier, act),
    }
    return gettext("%(title)s (%(day)s). %(answers)s") % said


def _given(dossier: Dossier) -> str:
    notice = dossier.notice
    said = {
        "title": title_of(notice, dossier.names),
        "day": words.full_date(notice.given_on),
        "treaty": notice.treaty.name,
    }
    return gettext("%(title)s, given on %(day)s under: %(treaty)s.") % said


def _received(dossier: Dossier) -> Iterator[str]:
    """The day that counts of each recipient, and beside it the day that somebody else claims."""
    key = dossier.notice.pk
    rows = [row for row in dossier.records.receipts if row.notification_id == key]
    for party_id, found in counted(rows).items():
        said = {
            "party": dossier.names.said(party_id),
            "day": words.full_date(found.receipt.on),
            "claimed": words.full_date(found.claim.on) if found.claim else "",
        }
        sentence = gettext("%(party)s received it on %(day)s.")
        if found.claim:
            sentence = gettext(
                "%(party)s received it on %(day)s; the sender says that it was on %(claimed)s."
            )
        yield words.capitalised(sentence % said)


def _ended(dossier: Dossier, deadline: Deadline) -> str:
    """Where one deadline stands, and since when."""
    shown = clock(deadline, dossier.names)
    on = deadline.settled_on or shown.version.due_on
    said = {
        "title": shown.title,
        "state": words.state_words("deadline", deadline.status),
        "day": words.full_date(on) if on else "",
    }
    if not on:
        return gettext("%(title)s: %(state)s.") % said
    if shown.is_open:
        return gettext("%(title)s: %(state)s, until %(day)s.") % said
    return gettext("%(title)s: %(state)s on %(day)s.") % said


def answers(dossier: Dossier, act: Notification) -> str:
    """How many of those that were sent an act answered it, and who did not where they are few."""
    sent = {row.party_id for row in dossier.transmissions[act.pk]}
    answered = {row.party_id for row in dossier.responses if row.notification_id == act.pk}
    own = {
        row.party_id
        for other in dossier.acts
        if other.refers_to_id == act.pk
        for row in other.sender_rows.all()
    }
    counts = {"sent": len(sent), "answered": len(answered & sent), "acted": len(own & sent)}
    told = [_sent(counts)]
    if counts["acted"]:
        acted = ngettext(
            "%(acted)d filed an act of its own that refers to it.",
            "%(acted)d filed acts of their own that refer to it.",
            counts["acted"],
        )
        told.append(acted % counts)
    silent = sent - answered - own
    if silent and len(silent) <= MOST_NAMED:
        told.append(gettext("Silent: %(parties)s.") % {"parties": dossier.names.said_all(silent)})
    return " ".join(told)


def _sent(counts: dict[str, int]) -> str:
    if not counts["answered"]:
        sentence = ngettext(
            "It was sent to %(sent)d party; none answered.",
            "It was sent to %(sent)d parties; none answered.",
            counts["sent"],
        )
    else:
        sentence = ngettext(
            "It was sent to %(sent)d party; %(answered)d answered.",
            "It was sent to %(sent)d parties; %(answered)d answered.",
            counts["sent"],
        )
    return sentence % counts
