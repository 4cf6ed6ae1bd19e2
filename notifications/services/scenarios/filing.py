"""The acts of a scenario filed through the services that the pages use, by the system actor."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext

from notifications.acts import ACTS, is_by_depositary
from notifications.acts.common import NOT_STATED
from notifications.errors import RuleBrokenError
from notifications.models import (
    Case,
    Circulation,
    Notification,
    Party,
    Receipt,
    User,
    members_of,
)
from notifications.services.calendar import day_in
from notifications.services.circulating import circulate_notification
from notifications.services.depositary_acts import file_depositary_act
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.receiving import register_receipt
from notifications.services.recording import record_statement
from notifications.services.responding import acknowledge_notification, respond_to_notification
from notifications.services.scenarios import words
from notifications.services.scenarios.acts import ROLES
from notifications.services.scenarios.bookkeeping import Bookkeeper
from notifications.services.scenarios.content import Moment, ScenarioAct

_RESPONSES: Final = uuid.UUID("6f0dbb1f-93f4-4c44-9e4b-5d0d0a6f0a4c")


def response_uid(scenario: str, ref: str, party: str) -> uuid.UUID:
    """The uid of a replayed response: the same at every replay of the same act."""
    return uuid.uuid5(_RESPONSES, f"{scenario}:{ref}:{party}")


@dataclass
class Filer:
    """Files acts in one case: ``parties`` are all, by code.

    ``filed`` holds the acts so far, by ref; ``books`` keeps the ledger of the case.
    """

    case: Case
    actor: User
    parties: Mapping[str, Party]
    depositaries: frozenset[int]
    filed: dict[str, Notification] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the books of the case, which know the acts as they are filed."""
        self.books = Bookkeeper(self.case, self.actor, self.parties, self.filed)

    def file(self, act: ScenarioAct, now: datetime) -> None:
        """File one act at the instant ``now``. Raises DomainError."""
        senders = [self.parties[code] for code in act.by]
        if act.act == words.STATEMENT:
            self._state(act, senders, now)
        elif act.act == words.RESPONSE:
            self._respond(act, senders, now)
        elif act.act == words.ACKNOWLEDGEMENT:
            for party in senders:
                acknowledge_notification(
                    notification=self.filed[act.to], party=party, actor=self.actor, now=now
                )
        elif act.act == words.FACT:
            self.books.record(act, now)
        elif self._is_by_depositary(act, senders):
            self._file_as_depositary(act, senders, now)
        else:
            self._notify(act, senders, now)

    def receive(self, ref: str, code: str | None, moment: Moment, now: datetime) -> None:
        """Register the receipt by one party, or by all who receive it in the treaty's sense."""
        notification = self._fresh(ref)
        if code is None:
            receivers = list(notification.receivers().order_by("code"))
        else:
            receivers = [self.parties[code]]
        at = moment if isinstance(moment, datetime) else None
        on = day_in(notification.zone, at) if at else moment
        for party in receivers:
            _check_receipt(notification, party)
            register_receipt(
                notification=notification, party=party, on=on, actor=self.actor, now=now, at=at
            )

    def circulate(self, ref: str, now: datetime) -> None:
        """Number it and send it on, once, after a depositary has it.

        Where a file knows only the day of circulation, that day is the depositary's receipt too.
        """
        notification = self._fresh(ref)
        if Circulation.objects.filter(notification=notification).exists():
            return
        if not self.is_with_depositary(ref):
            first = notification.receivers().order_by("code").first()
            on = day_in(notification.zone, now)
            self.receive(ref, first.code if first else None, on, now)
            notification = self._fresh(ref)
        circulate_notification(notification=notification, actor=self.actor, now=now)

    def is_with_depositary(self, ref: str) -> bool:
        """Whether the receipt by a depositary is recorded."""
        receipts = Receipt.objects.filter(notification=self.filed[ref])
        return receipts.filter(party__in=self.depositaries).exists()

    def _fresh(self, ref: str) -> Notification:
        """The notification as it stands: services moved it on since it was filed."""
        return Notification.objects.with_way().get(pk=self.filed[ref].pk)

    def _notify(self, act: ScenarioAct, senders: list[Party], now: datetime) -> None:
        draft = draft_notification(
            treaty=self.case.treaty,
            party=senders[0],
            act=act.act,
            fields=self._fields(act, senders, now),
            actor=self.actor,
            now=now,
            refers_to=self.filed.get(act.to),
            case=self.case,
        )
        ready = send_for_approval(draft=draft, version=draft.version, actor=self.actor, now=now)
        self.filed[act.ref] = issue_notification(
            draft=ready,
            actor=self.actor,
            now=now,
            external_ref=act.ref,
            is_dated=not isinstance(act.at, datetime),
        )

    def _fields(self, act: ScenarioAct, senders: list[Party], now: datetime) -> dict[str, Any]:
        fields = {**(act.fields or {}), **_provenance(act), "text": act.text}
        fields["joint_with"] = [party.code for party in senders[1:]]
        if ACTS[act.act].field("signed_by") and not fields.get("signed_by"):
            fields["signed_by"] = NOT_STATED
        fields["addressees"] = self._addressees(fields["addressees"], senders, now)
        return self._extension(act, fields) if act.act == words.EXTENSION else fields

    def _extension(self, act: ScenarioAct, fields: dict[str, Any]) -> dict[str, Any]:
        """An extension, in the words of a file: of the limit it sets anew, or of an article's."""
        limit, article = fields.pop("respond_by", ""), fields.get("article", "")
        fields["until_on"] = fields.get("until_on") or limit
        if fields.get("clause"):
            return fields
        target = self.filed.get(act.to)
        has_limit = target is not None and bool(target.fields.get("respond_by"))
        if limit or (has_limit and not article):
            fields["clause"] = "respond_by"
        elif article:
            fields["clause"] = re.sub(r"[^a-z0-9]+", "-", article.lower()).strip("-")
        return fields

    def _is_by_depositary(self, act: ScenarioAct, senders: list[Party]) -> bool:
        """A conference is; a correction of the treaty's text, or of a depositary's own act."""
        kind = ACTS[act.act]
        if "depositary" not in kind.filers or kind.filed_by == "depositary":
            return kind.filed_by == "depositary"
        target = self.filed.get(act.to)
        keeps = all(party.pk in self.depositaries for party in senders)
        return keeps and (target is None or is_by_depositary(ACTS[target.act], target.fields))

    def _addressees(self, named: list[str], senders: list[Party], now: datetime) -> list[str]:
        """The codes of those it is limited to; none where it goes to everybody, as it does unsaid.

        A role stands for those who hold it on the day of the act.
        """
        if not named or set(named) == set(ROLES):
            return []
        codes = set(named) - set(ROLES)
        if "depositaries" in named:
            codes |= {code for code, p in self.parties.items() if p.pk in self.depositaries}
        if "parties" in named:
            members = members_of(self.case, day_in(self.case.treaty.zone, now))
            codes |= set(members.values_list("code", flat=True))
        if not codes:
            raise RuleBrokenError(gettext("This addresses nobody."), field="addressees")
        # A depositary may address itself alone; to leave it out would address everybody.
        return sorted(codes - {party.code for party in senders} or codes)

    def _file_as_depositary(self, act: ScenarioAct, senders: list[Party], now: datetime) -> None:
        stated = {key: value for key, value in (act.fields or {}).items() if value}
        if act.act == words.CONFERENCE:
            stated.setdefault("held_on", day_in(self.case.treaty.zone, now))
        filed = file_depositary_act(
            act=act.act,
            treaty=self.case.treaty,
            senders=senders,
            fields={**stated, **_provenance(act), "text": act.text},
            actor=self.actor,
            now=now,
            refers_to=self._fresh(act.to) if act.to else None,
            case=self.case,
            external_ref=act.ref,
            is_dated=not isinstance(act.at, datetime),
        )
        self.filed[act.ref] = Notification.objects.with_way().get(pk=filed.pk)

    def _respond(self, act: ScenarioAct, senders: list[Party], now: datetime) -> None:
        for party in senders:
            respond_to_notification(
                notification=self.filed[act.to],
                party=party,
                position=act.position,
                text=_with_source(act),
                actor=self.actor,
                now=now,
                uid=response_uid(str(self.case.scenario), act.ref, party.code),
            )

    def _state(self, act: ScenarioAct, senders: list[Party], now: datetime) -> None:
        for party in senders:
            record_statement(
                case=self.case,
                party=party,
                on=day_in(self.case.treaty.zone, now),
                text=act.text,
                source=act.source,
                actor=self.actor,
                now=now,
                external_ref=act.ref,
            )


def _check_receipt(notification: Notification, party: Party) -> None:
    """Refuse, in the words of a file, what nobody at a desk could enter."""
    if not notification.addressees().filter(pk=party.pk).exists():
        sentence = gettext("%(party)s was not addressed, so it receives nothing.")
        raise RuleBrokenError(sentence % {"party": party.code}, field="received")
    circulation = Circulation.objects.filter(notification=notification).first()
    receipts = Receipt.objects.filter(notification=notification, party=party)
    if circulation is not None and receipts.exists():
        sentence = gettext(
            "It was circulated on %(day)s, so %(party)s had received it by then, not later."
        )
        day = day_in(notification.zone, circulation.at).isoformat()
        raise RuleBrokenError(sentence % {"day": day, "party": party.code}, field="received")


def _provenance(act: ScenarioAct) -> dict[str, str]:
    return {"source": act.source, "dated": "approximate" if act.is_approximate else ""}


def _with_source(act: ScenarioAct) -> str:
    """A response has no column for its source: it stands below its words."""
    if not act.source:
        return act.text
    source = gettext("Source: %(source)s") % {"source": act.source}
    return f"{act.text}\n\n{source}" if act.text else source
