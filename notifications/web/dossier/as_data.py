"""A dossier as JSON data: codes for parties, ISO days and instants, every trace, every digest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notifications.models import (
    Deadline,
    DeadlineVersion,
    Fact,
    Notification,
    Outcome,
    Receipt,
    Response,
    Statement,
    Transmission,
)
from notifications.register import plain
from notifications.web.dossier.gathering import Dossier
from notifications.web.dossier.proof import Proof
from notifications.web.dossier.telling import Told
from notifications.web.tracing import told_again

FORMAT = "treatyflow-dossier/1"


def as_data(dossier: Dossier, told: list[Told], proof: Proof, *, now: datetime) -> dict[str, Any]:
    """Everything in the dossier, in one mapping of plain values."""
    notice, write = dossier.notice, _Writer(dossier)
    return {
        "format": FORMAT,
        "made_at": plain(now),
        "notice": str(notice.uid),
        "treaty": {"id": notice.treaty.slug, "title": notice.treaty.title},
        "case": {
            "uid": str(notice.case.uid),
            "title": notice.case.title,
            "origin": notice.case.origin,
            "scenario": notice.case.scenario,
        },
        "acts": [write.act(act) for act in dossier.acts],
        "statements": [write.statement(row) for row in dossier.records.statements],
        "facts": [write.fact(row) for row in dossier.facts],
        "outcomes": [write.outcome(row) for row in dossier.outcomes],
        "told": [write.told(row) for row in told],
        "register": _register(proof),
    }


def _register(proof: Proof) -> dict[str, Any]:
    events = [
        {
            "number": event.pk,
            "at": plain(event.at),
            "recorded_at": plain(event.recorded_at),
            "act": event.act,
            "record": event.record,
            "previous": event.previous,
            "digest": event.digest,
        }
        for event in proof.events
    ]
    return {"events": events, "length": proof.length, "head": proof.head}


class _Writer:
    """Rows as mappings; parties by their codes."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.uids = {act.pk: str(act.uid) for act in dossier.records.acts}
        self.clocks = {row.pk: str(row.uid) for rows in dossier.deadlines.values() for row in rows}

    def code(self, party_id: int | None) -> str | None:
        return None if party_id is None else self.dossier.names.by_id[party_id].code

    def act(self, act: Notification) -> dict[str, Any]:
        circulation = getattr(act, "circulation", None)
        return {
            "uid": str(act.uid),
            "act": act.act,
            "number": circulation.number if circulation else None,
            "circulated_at": plain(act.progress.circulated_at),
            "status": act.progress.status,
            "senders": [self.code(row.party_id) for row in act.sender_rows.all()],
            "refers_to": self.uids.get(act.refers_to_id or 0),
            "given_on": plain(act.given_on),
            "given_at": plain(act.given_at),
            "zone": act.zone,
            "entered_at": plain(act.entered_at),
            "is_paper": act.is_paper,
            "visibility": act.visibility,
            "language": act.language,
            "text": act.text,
            "fields": act.fields,
            "digest": act.digest,
            **self.way(act),
        }

    def way(self, act: Notification) -> dict[str, Any]:
        """What became of an act: who received, was sent, acknowledged and answered it."""
        dossier, key = self.dossier, act.pk
        records = dossier.records
        receipts = [row for row in records.receipts if row.notification_id == key]
        reports = [row for row in records.reports if row.transmission.notification_id == key]
        responses = [row for row in dossier.responses if row.notification_id == key]
        return {
            "receipts": [self.receipt(row) for row in receipts],
            "transmissions": [self.transmission(row) for row in dossier.transmissions[key]],
            "acknowledgements": [
                {"party": self.code(row.transmission.party_id), "at": plain(row.at)}
                for row in reports
            ],
            "responses": [self.response(row) for row in responses],
            "defects": [{"text": row.text, "at": plain(row.at)} for row in dossier.defects[key]],
            "papers": self.papers(notification=act.pk),
            "deadlines": [self.deadline(row) for row in dossier.deadlines[key]],
        }

    def transmission(self, row: Transmission) -> dict[str, Any]:
        return {
            "party": self.code(row.party_id),
            "role": row.role,
            "channel": row.channel,
            "at": plain(row.at),
        }

    def receipt(self, row: Receipt) -> dict[str, Any]:
        return {
            "party": self.code(row.party_id),
            "on": plain(row.on),
            "at": plain(row.at),
            "entered_at": plain(row.entered_at),
            "is_disputed": row.disputed,
            "reason": row.reason,
            "number": row.pk,
            "supersedes": row.supersedes_id,
        }

    def response(self, row: Response) -> dict[str, Any]:
        return {
            "uid": str(row.uid),
            "party": self.code(row.party_id),
            "position": row.position,
            "text": row.text,
            "given_at": plain(row.given_at),
            "is_late": row.is_late,
            "digest": row.digest,
            "papers": self.papers(response=row.pk),
        }

    def papers(self, **of: int) -> list[dict[str, Any]]:
        """The papers of an act or of a response: the file of the archive, and its digest."""
        [(kind, key)] = of.items()
        return [
            {"name": row.name, "file": file, "sha256": row.document.sha256}
            for file, row in self.dossier.papers
            if getattr(row, f"{kind}_id") == key
        ]

    def deadline(self, row: Deadline) -> dict[str, Any]:
        return {
            "uid": str(row.uid),
            "clause": row.clause.slug if row.clause else None,
            "origin": row.origin,
            "owed_by": row.owed_by,
            "bearer": self.code(row.bearer_id),
            "status": row.status,
            "settled_on": plain(row.settled_on),
            "met_by": self.uids.get(row.met_by_id or 0),
            "versions": [self.version(version) for version in row.versions.all()],
        }

    def version(self, row: DeadlineVersion) -> dict[str, Any]:
        return {
            "no": row.no,
            "result": row.result,
            "opens_on": plain(row.opens_on),
            "due_on": plain(row.due_on),
            "due_at": plain(row.due_at),
            "zone": row.zone,
            "cause": row.cause,
            "computed_at": plain(row.computed_at),
            "trace": row.trace,
            "steps": told_again(row.trace, self.dossier.names),
        }

    def statement(self, row: Statement) -> dict[str, Any]:
        return {
            "party": self.code(row.party_id),
            "on": plain(row.on),
            "text": row.text,
            "source": row.source,
            "digest": row.digest,
        }

    def fact(self, row: Fact) -> dict[str, Any]:
        return {
            "uid": str(row.uid),
            "kind": row.kind,
            "deadline": self.clocks.get(row.deadline_id or 0),
            "notification": self.uids.get(row.notification_id or 0),
            "party": self.code(row.party_id),
            "on": plain(row.on),
            "until": plain(row.until),
            "days": row.days,
            "reason": row.reason,
            "source": row.source,
            "entered_at": plain(row.entered_at),
            "number": row.pk,
            "supersedes": row.supersedes_id,
        }

    def outcome(self, row: Outcome) -> dict[str, Any]:
        return {
            "deadline": self.clocks.get(row.deadline_id),
            "meaning": row.meaning,
            "is_confirmed": row.is_confirmed,
            "silent": row.silent,
            "reason": row.reason,
            "at": plain(row.at),
        }

    def told(self, row: Told) -> dict[str, Any]:
        return {
            "kind": row.alert.kind,
            "stage": row.alert.stage,
            "notification": self.uids.get(row.alert.act.pk),
            "due_at": plain(row.alert.due_at),
            "party": self.code(row.party_id),
            "people": row.people,
            "sent": row.sent,
            "failed": row.failed,
            "first_at": plain(row.first_at),
            "last_at": plain(row.last_at),
        }
