"""Records for the tests of delivery and of mails, inserted as the services leave them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import models, transaction

from notifications import register
from notifications.clauses.compute import compute
from notifications.clauses.facts import Facts, ReceiptFact
from notifications.clauses.reading import parse_clause
from notifications.models import (
    Alert,
    Case,
    CaseParty,
    Circulation,
    Clause,
    ClauseVersion,
    Deadline,
    DeadlineVersion,
    Mandate,
    Notification,
    Participation,
    Party,
    PartyName,
    Progress,
    Receipt,
    Response,
    Role,
    Sender,
    Transmission,
    Treaty,
    TreatyDepositary,
    User,
)

NOW = datetime(2020, 5, 22, 12, 0, tzinfo=UTC)
IN_TEXT = {"USA": "the United States of America", "RUS": "the Russian Federation"}
NAMES = {
    "USA": "United States of America",
    "CAN": "Canada",
    "HUN": "Hungary",
    "RUS": "Russian Federation",
    "DEU": "Germany",
    "TUR": "Türkiye",
}
DEPOSITARIES = ("CAN", "HUN")
RULES: dict[str, dict[str, Any]] = {
    "xv-2": {
        "id": "xv-2",
        "article": "XV(2)",
        "governs": "withdrawal",
        "summary": "Notice at least six months before the day of leaving.",
        "starts": "given",
        "count": [{"add": "P6M"}],
        "minimum": True,
        "yields": "effect",
        "addressees": ["depositaries", "parties"],
    },
    "xv-3": {
        "id": "xv-3",
        "article": "XV(3)",
        "governs": "withdrawal",
        "summary": "The depositaries convene a conference, 30 to 60 days after the notice.",
        "starts": "received",
        "opens": [{"add": "P30D"}],
        "closes": [{"add": "P60D"}],
        "yields": "duty",
        "duty": {"bearer": "depositaries", "act": "conference"},
    },
}


@dataclass
class World:
    """A treaty, its parties, one withdrawal in one case; what is sealed is in the register."""

    treaty: Treaty
    case: Case
    parties: dict[str, Party]
    notification: Notification
    system: User
    rows: list[models.Model] = field(default_factory=list)

    def person(
        self,
        code: str,
        role: Role = Role.DRAFTER,
        *,
        name: str = "",
        order: int = 1,
        from_on: date = date(1990, 1, 1),
        to_on: date | None = None,
        **fields: Any,
    ) -> User:
        """A person with one mandate; the address is made of the party and the number of people."""
        number = User.objects.count()
        fields.setdefault("email", f"{code.lower()}-{number}@example.org")
        user = User.objects.create_user(name=name or f"Person {number}", **fields)
        self.mandate(user, code, role, order=order, from_on=from_on, to_on=to_on)
        return user

    def mandate(
        self,
        user: User,
        code: str,
        role: Role = Role.DRAFTER,
        *,
        order: int = 1,
        from_on: date = date(1990, 1, 1),
        to_on: date | None = None,
    ) -> Mandate:
        """One more mandate of a person."""
        return Mandate.objects.create(
            user=user,
            party=self.parties[code],
            role=role,
            order=order,
            from_on=from_on,
            to_on=to_on,
        )

    def party(self, code: str, *, in_force_on: date | None = date(2002, 1, 1)) -> Party:
        """One more party to the treaty (``in_force_on`` None: a party to nothing)."""
        party = Party.objects.create(code=code, kind=Party.Kind.STATE)
        name = NAMES.get(code, code)
        PartyName.objects.create(
            party=party, language="en", name=name, sort_key=name, in_text=IN_TEXT.get(code, "")
        )
        if in_force_on:
            Participation.objects.create(party=party, treaty=self.treaty, in_force_on=in_force_on)
        self.parties[code] = party
        return party

    def transmit(self, *codes: str) -> None:
        """The notification was sent to these parties."""
        self.seal(
            *(
                Transmission(
                    notification=self.notification,
                    party=self.parties[code],
                    role=Transmission.Role.ISSUE,
                    channel=Transmission.Channel.SYSTEM,
                    at=NOW,
                )
                for code in codes
            )
        )

    def receive(self, code: str, on: date = date(2020, 5, 22)) -> Receipt:
        """A party or depositary registered the receipt."""
        receipt = Receipt(
            notification=self.notification,
            party=self.parties[code],
            on=on,
            entered_at=NOW,
            entered_by=self.system,
        )
        self.seal(receipt)
        return receipt

    def circulate(self, number: str = "TF.1.2020.OPEN-SKIES.withdrawal") -> None:
        """The notification got its number."""
        row = Circulation(
            notification=self.notification,
            series="TF",
            year=2020,
            seq=1,
            number=number,
            at=NOW,
            by=self.system,
        )
        self.seal(row)

    def respond(
        self, code: str, position: str, text: str = "", *, is_late: bool = False
    ) -> Response:
        """A party's position."""
        said = register.canonical({"position": position, "text": text})
        response = Response(
            notification=self.notification,
            party=self.parties[code],
            position=position,
            text=text,
            given_at=NOW,
            entered_at=NOW,
            by=self.system,
            is_late=is_late,
            canonical=said,
            digest=register.digest_of(said),
        )
        self.seal(response)
        return response

    def deadline(
        self,
        clause: str | None = "xv-2",
        *,
        bearer: str | None = "USA",
        owed_by: str = Deadline.OwedBy.NOTIFIER,
        status: str = "running",
        facts: Facts | None = None,
    ) -> DeadlineVersion:
        """A deadline of a clause, computed by the engine; ``clause`` None: the sender's limit."""
        version = self._clause_version(clause) if clause else None
        deadline = Deadline.objects.create(
            case=self.case,
            notification=self.notification,
            origin=Deadline.Origin.CLAUSE if clause else Deadline.Origin.RESPOND_BY,
            clause=version.clause if version else None,
            owed_by=owed_by,
            bearer=self.parties[bearer] if bearer else None,
            status=status,
        )
        return self.compute(deadline, version, facts)

    def compute(
        self, deadline: Deadline, clause_version: ClauseVersion | None, facts: Facts | None = None
    ) -> DeadlineVersion:
        """The next version of a deadline."""
        dates = _dates(clause_version, facts or received_on(22, self.treaty.zone))
        version = DeadlineVersion(
            deadline=deadline,
            no=deadline.versions.count() + 1,
            clause_version=clause_version,
            result="computed",
            zone=self.treaty.zone,
            cause="a test",
            computed_at=NOW,
            computed_by=self.system,
            **dates,
        )
        self.seal(version)
        deadline.refresh_from_db()
        return version

    def _clause_version(self, slug: str) -> ClauseVersion:
        known = ClauseVersion.objects.filter(clause__treaty=self.treaty, clause__slug=slug).first()
        if known is not None:
            return known
        rule = RULES[slug]
        row = ClauseVersion(
            clause=Clause.objects.create(treaty=self.treaty, slug=slug),
            no=1,
            governs=rule["governs"],
            rule=rule,
            digest=register.digest_of(register.canonical(rule)),
            reason="a test",
            entered_at=NOW,
        )
        self.seal(row)
        return row

    def alert(
        self,
        audience: str = "parties",
        *,
        kind: str = Alert.Kind.CIRCULATED,
        stage: str = "",
        version: DeadlineVersion | None = None,
        at: datetime = NOW,
        **fields: Any,
    ) -> Alert:
        """A planned alert of the notification, or of a version of a deadline."""
        fields.setdefault("notification", self.notification)
        return Alert.objects.create(
            case=self.case,
            deadline_version=version,
            kind=Alert.Kind.DEADLINE if version else kind,
            stage=stage,
            audience=audience,
            due_at=at,
            **fields,
        )

    def seal(self, *rows: models.Model) -> None:
        """Insert rows with the event that covers them."""
        with transaction.atomic():
            for row in rows:
                row.save()
            register.append(register.Entry("test", rows[0], at=NOW, rows=rows))


def make_world(
    *, zone: str = "UTC", replayed: bool = False, codes: Iterable[str] = tuple(NAMES), **fields: Any
) -> World:
    """A treaty with two depositaries and a withdrawal of the USA of 22 May 2020."""
    treaty = Treaty.objects.create(
        slug="open-skies", title="Treaty on Open Skies", short_title="Open Skies", zone=zone
    )
    origin = {"origin": Case.Origin.REPLAY, "scenario": "told-again"} if replayed else {}
    case = Case.objects.create(treaty=treaty, title="The withdrawal", **origin)
    system = User.objects.create_user("system@example.org", name="System", is_system=True)
    world = World(treaty, case, {}, Notification(), system)
    for code in codes:
        world.party(code, in_force_on=None if replayed else date(2002, 1, 1))
        if replayed:
            world.seal(
                CaseParty(case=case, party=world.parties[code], in_force_on=date(2002, 1, 1))
            )
    for code in DEPOSITARIES:
        TreatyDepositary.objects.create(treaty=treaty, party=world.parties[code])
    world.notification = another_notification(world, **fields)
    return world


def another_notification(
    world: World, *, act: str = "withdrawal", sender: str = "USA", **fields: Any
) -> Notification:
    """A notification of a party in the world's case."""
    text = register.canonical({"act": act})
    values: dict[str, Any] = {
        "given_on": date(2020, 5, 22),
        "zone": world.treaty.zone,
        "entered_at": NOW,
        "fields": {"article": "XV(2)"},
        **fields,
    }
    notification = Notification(
        case=world.case,
        act=act,
        treaty=world.treaty,
        drafted_by=world.system,
        approved_by=world.system,
        canonical=text,
        digest=register.digest_of(text),
        **values,
    )
    world.seal(notification)
    world.seal(Sender(notification=notification, party=world.parties[sender]))
    Progress.objects.create(notification=notification)
    return notification


def received_on(day: int, zone: str = "UTC") -> Facts:
    """The note of 22 May 2020, received by Canada on a day of that month."""
    return Facts(
        given_on=date(2020, 5, 22),
        zone=zone,
        depositaries=frozenset(DEPOSITARIES),
        addressees=None,
        receipts=(ReceiptFact("CAN", date(2020, 5, day)),),
    )


def _dates(clause_version: ClauseVersion | None, facts: Facts) -> dict[str, Any]:
    if clause_version is None:
        limit = facts.given_on + timedelta(days=60)
        end = datetime.combine(limit + timedelta(days=1), datetime.min.time(), UTC)
        return {"due_on": limit, "due_at": end, "trace": []}
    result = compute(parse_clause(clause_version.rule), facts)
    return {
        "opens_on": result.opens_on,
        "opens_at": result.opens_at,
        "due_on": result.due_on,
        "due_at": result.due_at,
        "trace": [step.as_data() for step in result.trace],
    }
