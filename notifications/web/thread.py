"""The thread of a case: acts, receipts, circulation, what the parties said, in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import Prefetch
from django.utils.translation import gettext

from notifications.models import (
    Case,
    Deadline,
    Notification,
    Receipt,
    Response,
    Sender,
    Statement,
    TransmissionReport,
    Treaty,
    User,
)
from notifications.web import words
from notifications.web.clocks import held_on
from notifications.web.each_party import lapsed_together, silent_words
from notifications.web.names import PartyNames

SENDERS = Prefetch("sender_rows", queryset=Sender.objects.order_by("pk"))


@dataclass(frozen=True)
class Entry:
    """One thing that happened: on its day, at an instant where one is known, in one sentence."""

    on: date
    at: datetime | None
    rank: int
    kind: str
    sentence: str
    text: str = ""
    source: str = ""
    notification: Notification | None = None
    is_late: bool = False

    @property
    def order(self) -> tuple[date, int, float, int]:
        """By day; things without an hour stand where their kind puts them."""
        return (
            self.on,
            0 if self.at is None else 1,
            self.at.timestamp() if self.at else 0,
            self.rank,
        )


class CaseRecords:
    """The records of one case that a person may read: a fixed number of queries."""

    def __init__(self, case: Case, user: User, today: date) -> None:
        self.case, self.user, self.today = case, user, today

    @cached_property
    def acts(self) -> list[Notification]:
        """The acts, in the order in which they came in, with their senders."""
        visible = Notification.objects.visible_to(self.user, self.today)
        found = visible.filter(case=self.case).with_way().prefetch_related(SENDERS)
        return list(found.order_by("entered_at", "pk"))

    def conferences_on(self, act: Notification) -> list[Notification]:
        """The conferences convened on an act of the case."""
        return [one for one in self.acts if one.act == "conference" and one.refers_to_id == act.pk]

    @cached_property
    def keys(self) -> list[int]:
        """The keys of the acts."""
        return [act.pk for act in self.acts]

    @cached_property
    def responses(self) -> list[Response]:
        """The responses to them, the oldest first."""
        acts = {act.pk: act for act in self.acts}
        found = list(Response.objects.filter(notification__in=acts).order_by("given_at", "pk"))
        for response in found:
            response.notification = acts[response.notification_id]
        return found

    @cached_property
    def reports(self) -> list[TransmissionReport]:
        """The acknowledgements, the oldest first."""
        found = TransmissionReport.objects.filter(transmission__notification__in=self.keys)
        return list(found.select_related("transmission").order_by("at", "pk"))

    @cached_property
    def receipts(self) -> list[Receipt]:
        """The receipts, the oldest first."""
        return list(Receipt.objects.filter(notification__in=self.keys).order_by("on", "pk"))

    @cached_property
    def statements(self) -> list[Statement]:
        """What was said outside the treaty's channels."""
        return list(Statement.objects.filter(case=self.case).order_by("on", "pk"))

    @cached_property
    def ended(self) -> list[Deadline]:
        """Clocks that lapsed, and effects that came."""
        found = Deadline.objects.filter(
            notification__in=self.keys, status__in=("lapsed", "effective"), settled_on__isnull=False
        )
        return list(
            found.with_reasons().select_related("notification").order_by("settled_on", "pk")
        )


def thread(records: CaseRecords, names: PartyNames) -> list[Entry]:
    """Everything that happened in the case, in order."""
    acts = {act.pk: act for act in records.acts}
    entries = [_act(act, names) for act in acts.values()]
    entries += [_receipt(receipt, acts, names) for receipt in records.receipts]
    entries += [_number(act) for act in acts.values() if _was_circulated(act)]
    entries += [_acknowledged(report, acts, names) for report in records.reports]
    entries += [_response(response, acts, names) for response in records.responses]
    entries += [_statement(statement, names) for statement in records.statements]
    entries += [_ended(group, names) for group in lapsed_together(records.ended)]
    return sorted(entries, key=lambda entry: entry.order)


def senders_of(act: Notification, names: PartyNames) -> str:
    """The parties that gave an act, by name."""
    return names.listed(row.party_id for row in act.sender_rows.all())


def title_of(act: Notification, names: PartyNames) -> str:
    """An act in a few words, as "Withdrawal by the United States of America".

    A conference is known by its day: "Conference on 5 January 2027, convened by Canada".
    """
    senders = names.said_all(row.party_id for row in act.sender_rows.all())
    if act.act == "conference":
        return gettext("Conference on %(day)s, convened by %(party)s") % {
            "day": words.bare_date(held_on(act)),
            "party": senders,
        }
    return gettext("%(act)s by %(party)s") % {"act": words.act_title(act.act), "party": senders}


def case_title(case: Case, treaty: Treaty, names: PartyNames) -> str:
    """A matter by the act that opened it: "Open Skies: Withdrawal – United States of America"."""
    if not case.opened_by:
        return case.title
    if "kind" in case.opened_by:
        return gettext("%(treaty)s: recurring duties") % {"treaty": treaty.short_name}
    return gettext("%(treaty)s: %(act)s – %(party)s") % {
        "treaty": treaty.short_name,
        "act": words.act_title(case.opened_by["act"]),
        "party": names.of_code(case.opened_by["party"]),
    }


def listed_title(act: Notification, names: PartyNames) -> str:
    """The same for a list, where names stand bare: "Withdrawal, United States of America"."""
    if act.act == "conference":
        return title_of(act, names)
    return f"{words.act_title(act.act)}, {senders_of(act, names)}"


def answer_words(response: Response, names: PartyNames) -> str:
    """A response in a few words, as "The Russian Federation rejects: Withdrawal by …"."""
    sentence = gettext("%(party)s %(position)s: %(act)s") % {
        "party": names.said(response.party_id),
        "position": words.position_title(response.position),
        "act": title_of(response.notification, names),
    }
    return words.capitalised(sentence)


def _day(at: datetime, act: Notification) -> date:
    return words.day_in(at, act.zone)


def _act(act: Notification, names: PartyNames) -> Entry:
    return Entry(
        on=act.given_on,
        at=act.given_at,
        rank=1,
        kind="act",
        sentence=title_of(act, names),
        text=act.text,
        source=act.fields.get("source", ""),
        notification=act,
    )


def _receipt(receipt: Receipt, acts: dict[int, Notification], names: PartyNames) -> Entry:
    act = acts[receipt.notification_id]
    words_of = gettext("%(party)s received: %(act)s")
    if receipt.disputed:
        words_of = gettext("As the other side states, %(party)s received: %(act)s")
    elif receipt.supersedes_id is not None:
        words_of = gettext("As it was corrected, %(party)s received: %(act)s")
    sentence = words_of % {"party": names.said(receipt.party_id), "act": title_of(act, names)}
    is_same_day = _day(receipt.entered_at, act) == receipt.on
    at = receipt.entered_at if is_same_day and act.given_at else None
    return Entry(receipt.on, at, 2, "receipt", words.capitalised(sentence))


def _was_circulated(act: Notification) -> bool:
    return act.progress.circulated_at is not None and act.act != "conference"


def _number(act: Notification) -> Entry:
    sentence = gettext("Circulated to the parties as %(number)s") % {
        "number": act.circulation.number
    }
    at = act.circulation.at
    return Entry(_day(at, act), at if act.given_at else None, 3, "circulation", sentence)


def _acknowledged(
    report: TransmissionReport, acts: dict[int, Notification], names: PartyNames
) -> Entry:
    act = acts[report.transmission.notification_id]
    sentence = gettext("%(party)s acknowledged: %(act)s") % {
        "party": names.said(report.transmission.party_id),
        "act": title_of(act, names),
    }
    on = _day(report.at, act)
    return Entry(on, report.at, 4, "acknowledgement", words.capitalised(sentence))


def _response(response: Response, acts: dict[int, Notification], names: PartyNames) -> Entry:
    act = acts[response.notification_id]
    return Entry(
        on=_day(response.given_at, act),
        at=response.given_at if act.given_at else None,
        rank=5,
        kind="response",
        sentence=answer_words(response, names),
        text=response.text,
        is_late=response.is_late,
    )


def _statement(statement: Statement, names: PartyNames) -> Entry:
    sentence = gettext("Public statement by %(party)s") % {"party": names.said(statement.party_id)}
    return Entry(
        on=statement.on,
        at=None,
        rank=0,
        kind="statement",
        sentence=sentence,
        text=statement.text,
        source=statement.source,
    )


def _ended(group: list[Deadline], names: PartyNames) -> Entry:
    """One clock that ended, or those of many parties that lapsed together."""
    deadline = group[0]
    version = deadline.version
    rule = version.clause_version.rule if version.clause_version else None
    title = words.clock_title(rule, words.kind_of(deadline))
    sentence = title
    if len(group) > 1:
        sentence = silent_words(len(group), title)
    elif deadline.status == "lapsed":
        who = names.said(deadline.bearer_id) if deadline.bearer_id else ""
        sentence = gettext("Passed without it: %(title)s") % {"title": title}
        if who:
            silent = gettext("%(party)s was silent: %(title)s") % {"party": who, "title": title}
            sentence = words.capitalised(silent)
    on = deadline.settled_on or version.due_on or deadline.act.given_on
    return Entry(on, None, -1 if deadline.status == "effective" else 6, deadline.status, sentence)
