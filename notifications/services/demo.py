"""The demonstration of the embedded run: a cast, a case that waits for it, and the scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from notifications.models import Case, Mandate, Party, Role, Treaty, User
from notifications.services.calendar import day_in
from notifications.services.drafting import draft_notification, send_for_approval
from notifications.services.issuing import issue_notification
from notifications.services.library import EXERCISE, SCENARIOS, TREATIES, load_library
from notifications.services.people import appoint, register_user

EXERCISE_TREATY: Final = "open-skies-exercise"
MANDATES_FROM: Final = date(1990, 1, 1)
DAYS_TO_ANSWER: Final = 60


@dataclass(frozen=True)
class Figure:
    """One of the cast: invented, with an address that no mail can reach."""

    name: str
    email: str
    zone: str
    party: str = ""
    role: Role | None = None
    language: str = "en"


US_DRAFTER: Final = Figure(
    "Eleanor Whitfield", "eleanor.whitfield@usa.example", "America/New_York", "USA", Role.DRAFTER
)
US_HEAD: Final = Figure(
    "Marcus Hale", "marcus.hale@usa.example", "America/New_York", "USA", Role.HEAD_OF_MISSION
)
CAST: Final = (
    US_DRAFTER,
    US_HEAD,
    Figure("Irina Sokolova", "irina.sokolova@rus.example", "Europe/Moscow", "RUS", Role.DRAFTER),
    Figure(
        "Aleksei Morozov",
        "aleksei.morozov@rus.example",
        "Europe/Moscow",
        "RUS",
        Role.HEAD_OF_MISSION,
    ),
    Figure(
        "Claire Tremblay",
        "claire.tremblay@can.example",
        "America/Toronto",
        "CAN",
        Role.DEPOSITARY_OFFICER,
    ),
    Figure(
        "Gergely Szabó",
        "gergely.szabo@hun.example",
        "Europe/Budapest",
        "HUN",
        Role.DEPOSITARY_OFFICER,
    ),
    Figure("Katrin Vogel", "katrin.vogel@deu.example", "Europe/Berlin", "DEU", Role.OBSERVER),
    Figure(
        "Hélène Marchand", "helene.marchand@fra.example", "Europe/Paris", "FRA", Role.DRAFTER, "fr"
    ),
    Figure("Amina Diallo", "amina.diallo@osce.example", "Europe/Vienna", "osce", Role.SECRETARIAT),
    Figure("Noor Haddad", "noor.haddad@treatyflow.example", "UTC"),
)


ALLEGATION: Final = gettext_noop(
    "The United States of America presents its compliments and states that limits set to "
    "observation flights over a part of the territory of the Russian Federation are contrary to "
    "the Treaty. It asks the Russian Federation to lift them, and to answer this note within sixty "
    "days."
)
NOTICE: Final = gettext_noop(
    "The United States of America presents its compliments and gives notice under Article XV, "
    "paragraph 2, that it will withdraw from the Treaty six months from today. It will reconsider "
    "if the Russian Federation returns to full compliance before then."
)


def make_cast(*, now: datetime) -> int:
    """Register and appoint whoever of the cast is missing; how many there were is returned.

    Nobody has a password: the sign-in cards of the embedded run are the only way in. Mandates hold
    from 1990-01-01, so that replayed cases reach them too. The library is loaded if it is missing.
    Each of these is a transaction of its own: what was interrupted is completed by another run.
    """
    wanted = {figure.party for figure in CAST if figure.party}
    known_parties = Party.objects.filter(code__in=wanted).count()
    if known_parties < len(wanted) or not Treaty.objects.filter(slug=EXERCISE_TREATY).exists():
        load_library(directories=[TREATIES, EXERCISE], now=now)
    parties = Party.objects.in_bulk(field_name="code")
    known = {user.email: user for user in User.objects.filter(email__in=[f.email for f in CAST])}
    missing = [figure for figure in CAST if figure.email not in known]
    for figure in missing:
        known[figure.email] = register_user(
            email=figure.email,
            name=figure.name,
            zone=figure.zone,
            language=figure.language,
            is_staff=figure.role is None,
            actor=None,
            now=now,
        )
    held = set(Mandate.objects.values_list("user", "party", "role"))
    for figure in CAST:
        user = known[figure.email]
        if figure.role is None or (user.pk, parties[figure.party].pk, figure.role) in held:
            continue
        appoint(
            user=user,
            party=parties[figure.party],
            role=figure.role,
            from_on=MANDATES_FROM,
            actor=None,
            now=now,
        )
    return len(missing)


@transaction.atomic
def prepare_exercise(*, now: datetime) -> Case | None:
    """A live case that waits for the cast; None where there is one already.

    The United States alleges a breach by the Russian Federation, issued today: the depositaries'
    receipt and circulation, Russia's acknowledgement and answer are still to come. In the same case
    a withdrawal is drafted and complete, to be sent for approval.
    """
    treaty = Treaty.objects.select_for_update(no_key=True).get(slug=EXERCISE_TREATY)
    if Case.objects.live().of_acts().filter(treaty=treaty).exists():
        return None
    people = User.objects.in_bulk([US_DRAFTER.email, US_HEAD.email], field_name="email")
    party, writer = Party.objects.get(code=US_DRAFTER.party), people[US_DRAFTER.email]
    limit = day_in(treaty.zone, now) + timedelta(days=DAYS_TO_ANSWER)
    draft = draft_notification(
        treaty=treaty,
        party=party,
        act="breach-allegation",
        fields={"against": ["RUS"], "text": gettext(ALLEGATION), "respond_by": limit},
        actor=writer,
        now=now,
    )
    ready = send_for_approval(draft=draft, version=draft.version, actor=draft.author, now=now)
    issue_notification(draft=ready, actor=people[US_HEAD.email], now=now)
    notice = {
        "article": "XV(2)",
        "signed_by": gettext("Helen Marsh, Secretary of State"),
        "condition": gettext("return of the Russian Federation to full compliance"),
        "text": gettext(NOTICE),
    }
    draft_notification(
        treaty=treaty,
        party=party,
        act="withdrawal",
        fields=notice,
        actor=writer,
        now=now,
        case=draft.case,
    )
    return draft.case


def scenario_files() -> Iterator[Path]:
    """The scenarios that come with the product, in order of name."""
    yield from sorted(SCENARIOS.glob("*.yaml"))
