"""Records for tests: parties, treaties with their clauses, people, and a fixed cast around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from notifications.models import (
    Clause,
    ClauseVersion,
    Draft,
    Mandate,
    Notification,
    Participation,
    Party,
    PartyName,
    Role,
    Treaty,
    TreatyDepositary,
    User,
)
from notifications.register import Entry, append, canonical, digest_of
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.issuing import issue_notification

NOW = datetime(2020, 5, 22, 10, 0, tzinfo=UTC)
TODAY = NOW.date()

XV_2: dict[str, Any] = {
    "id": "xv-2",
    "article": "XV(2)",
    "governs": "withdrawal",
    "summary": "Notice at least six months before the intended withdrawal.",
    "starts": "given",
    "count": [{"add": "P6M"}],
    "minimum": True,
    "yields": "effect",
    "addressees": ["depositaries", "parties"],
}
XV_3: dict[str, Any] = {
    "id": "xv-3",
    "article": "XV(3)",
    "governs": "withdrawal",
    "summary": "The depositaries convene a conference 30 to 60 days after receipt.",
    "starts": "received",
    "opens": [{"add": "P30D"}],
    "closes": [{"add": "P60D"}],
    "yields": "duty",
    "duty": {"bearer": "depositaries", "act": "conference"},
}
QUARTERS: dict[str, Any] = {
    "id": "annex-h-3",
    "article": "Annex H(3)",
    "governs": "none",
    "summary": "Each party tells the others its quotas four times a year.",
    "starts": {"yearly": ["11-15", "02-15", "05-15", "08-15"]},
    "count": [],
    "yields": "duty",
    "duty": {"bearer": "each-party", "act": "formatted-message"},
}
NAMES = {
    "USA": "United States of America",
    "RUS": "Russian Federation",
    "CAN": "Canada",
    "HUN": "Hungary",
    "DEU": "Germany",
    "FRA": "France",
    "JPN": "Japan",
}

# As running text has them, where that is not the name itself.
IN_TEXT = {"USA": "the United States of America", "RUS": "the Russian Federation"}


def make_party(code: str, name: str = "") -> Party:
    """A state by its code, with its English name."""
    party, is_new = Party.objects.get_or_create(code=code, defaults={"kind": "state"})
    if is_new:
        name = name or NAMES.get(code, f"State {code}")
        PartyName.objects.create(
            party=party,
            language="en",
            name=name,
            sort_key=name,
            in_text=IN_TEXT.get(code, "") if name == NAMES.get(code) else "",
        )
    return party


def make_treaty(
    slug: str = "open-skies",
    *,
    members: Sequence[str] = ("USA", "RUS", "CAN", "HUN", "DEU", "FRA"),
    depositaries: Sequence[str] = ("CAN", "HUN"),
    rules: Sequence[dict[str, Any]] = (XV_2, XV_3),
    is_complete: bool = True,
    zone: str = "UTC",
) -> Treaty:
    """A treaty in force since 2002-01-01 for its members, with clauses sealed in the register."""
    treaty = Treaty.objects.create(
        slug=slug,
        title=f"Treaty {slug}",
        short_title=slug.replace("-", " ").title(),
        zone=zone,
        in_force_on=date(2002, 1, 1),
        participants_complete=is_complete,
    )
    Participation.objects.bulk_create(
        Participation(party=make_party(code), treaty=treaty, in_force_on=date(2002, 1, 1))
        for code in members
    )
    for code in depositaries:
        TreatyDepositary.objects.create(treaty=treaty, party=make_party(code))
    for rule in rules:
        add_clause(treaty, rule)
    return treaty


@transaction.atomic
def add_clause(treaty: Treaty, rule: dict[str, Any], now: datetime = NOW) -> ClauseVersion:
    """The next version of a clause, covered by an event like every sealed row."""
    clause, _is_new = Clause.objects.get_or_create(treaty=treaty, slug=rule["id"])
    version = ClauseVersion.objects.create(
        clause=clause,
        no=clause.versions.count() + 1,
        governs=rule["governs"],
        rule=rule,
        digest=digest_of(canonical(rule)),
        reason="for a test",
        entered_at=now,
    )
    append(Entry("clause-loaded", clause, now, rows=(version,)))
    return version


def make_user(name: str, code: str = "", role: Role | None = None, **fields: Any) -> User:
    """A person with, where a party is named, a mandate from 1990 on."""
    email = f"{name.lower().replace(' ', '.')}@example.org"
    user = User.objects.create_user(email, name=name, **fields)
    if code and role:
        Mandate.objects.create(
            user=user, party=make_party(code), role=role, from_on=date(1990, 1, 1)
        )
    return user


@dataclass
class Cast:
    """One treaty and the people around it: who sends, who keeps, who answers, who only watches."""

    treaty: Treaty
    us_drafter: User
    us_head: User
    russian_drafter: User
    russian_head: User
    canadian_officer: User
    hungarian_officer: User
    german_observer: User
    japanese_drafter: User
    administrator: User

    def party(self, code: str) -> Party:
        """A party by its code."""
        return Party.objects.get(code=code)


def make_cast(treaty: Treaty | None = None) -> Cast:
    """The cast of Open Skies; Japan is no party to it."""
    return Cast(
        treaty=treaty or make_treaty(),
        us_drafter=make_user("Alice Drafter", "USA", Role.DRAFTER),
        us_head=make_user("Henry Head", "USA", Role.HEAD_OF_MISSION),
        russian_drafter=make_user("Boris Drafter", "RUS", Role.DRAFTER),
        russian_head=make_user("Irina Head", "RUS", Role.HEAD_OF_MISSION),
        canadian_officer=make_user("Claire Officer", "CAN", Role.DEPOSITARY_OFFICER),
        hungarian_officer=make_user("Miklos Officer", "HUN", Role.DEPOSITARY_OFFICER),
        german_observer=make_user("Greta Observer", "DEU", Role.OBSERVER),
        japanese_drafter=make_user("Kenji Drafter", "JPN", Role.DRAFTER),
        administrator=make_user("Ada Administrator", is_staff=True),
    )


WITHDRAWAL_FIELDS = {
    "article": "XV(2)",
    "signed_by": "Secretary of State",
    "text": "The United States gives notice of its withdrawal.",
}


def us_draft(cast: Cast, *, is_sent: bool = True) -> Draft:
    """A withdrawal of the United States, drafted and, unless told otherwise, sent for approval."""
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="withdrawal",
        fields=WITHDRAWAL_FIELDS,
        actor=cast.us_drafter,
        now=NOW,
    )
    if not is_sent:
        return draft
    return send_for_approval(draft=draft, version=draft.version, actor=cast.us_drafter, now=NOW)


def issue(cast: Cast, *, now: datetime = NOW, **fields: Any) -> Notification:
    """A withdrawal of the United States, drafted and issued by two persons."""
    return issue_act(cast, "withdrawal", {**WITHDRAWAL_FIELDS, **fields}, now=now)


def mission(cast: Cast, code: str) -> tuple[User, User]:
    """A drafter and a head of mission of the United States, Russia or Japan."""
    if code == "JPN":
        heads = User.objects.filter(name="Hanako Head")
        head = heads.first() or make_user("Hanako Head", "JPN", Role.HEAD_OF_MISSION)
        return cast.japanese_drafter, head
    return {
        "USA": (cast.us_drafter, cast.us_head),
        "RUS": (cast.russian_drafter, cast.russian_head),
    }[code]


def issue_act(
    cast: Cast,
    act: str,
    fields: dict[str, Any],
    *,
    now: datetime = NOW,
    code: str = "USA",
    refers_to: Notification | None = None,
) -> Notification:
    """An act of the United States, Russia or Japan, through the two persons it takes."""
    drafter, head = mission(cast, code)
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party(code),
        act=act,
        fields=fields,
        actor=drafter,
        now=now,
        refers_to=refers_to,
    )
    draft = send_for_approval(draft=draft, version=draft.version, actor=drafter, now=now)
    return issue_notification(draft=draft, actor=head, now=now)


def filing_page(treaty: Treaty, act: str = "withdrawal") -> str:
    """The address at which an act is filed under a treaty."""
    return reverse("file-act", kwargs={"slug": treaty.slug, "act": act})
