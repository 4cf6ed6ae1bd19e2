"""The runs of recurring clauses that concern a person, as rows: a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext

from notifications import permissions
from notifications.emails.run_story import run_title
from notifications.emails.words import article_of, reason_of, summary_of
from notifications.lifecycle import DEADLINE, UNFINISHED, sources
from notifications.models import MISSION_ROLES, Deadline, DeadlineVersion, Treaty, User
from notifications.services.run_ending import is_duty, is_late
from notifications.web import words
from notifications.web.clocks import bearer_words
from notifications.web.names import PartyNames

MOST: Final = 400
MOST_ENDED: Final = 120
# As many parties beside the person's own stand alone; more share a row.
MOST_ALONE: Final = 3
# On a desk: what is due so soon, or was not recorded.
SOON: Final = timedelta(days=30)
MOST_ON_DESK: Final = 20
_OPEN: Final = (*UNFINISHED, "lapsed")


@dataclass(frozen=True)
class Row:
    """One run, or those of several parties that end together: what, for whom, when and why.

    ``states`` say where many stand, ``parties`` who they are, each with its state. ``can_fulfil``:
    the person may record that it was fulfilled.
    """

    run: Deadline
    version: DeadlineVersion
    treaty: Treaty
    title: str
    article: str
    summary: str
    bearer: str
    reason: str
    state: str
    can_fulfil: bool = False
    states: list[str] = field(default_factory=list)
    parties: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it runs, or is owed on."""
        return self.run.status in UNFINISHED


def runs_seen(user: User, today: date) -> QuerySet[Deadline]:
    """The runs that concern the person, joined for a page."""
    found = Deadline.objects.runs_visible_to(user, today)
    return found.with_reasons().select_related("case__treaty")


def running_rows(user: User, today: date, names: PartyNames) -> list[Row]:
    """What runs, or is owed on, the nearest first."""
    runs = runs_seen(user, today).filter(status__in=UNFINISHED).order_by("due_at", "pk")[:MOST]
    return _rows(list(runs), user, today, names)


def ended_rows(user: User, today: date, names: PartyNames) -> list[Row]:
    """What ended, the last first: fulfilled or lapsed."""
    ended = runs_seen(user, today).filter(status__in=("met", "lapsed"))
    return _rows(list(ended.order_by("-due_at", "-pk")[:MOST_ENDED]), user, today, names)


def desk_rows(user: User, today: date, now: datetime, names: PartyNames) -> list[Row]:
    """What is due within thirty days, or passed without being recorded: of duties alone.

    Of what each party bears, the own party's.
    """
    own = Q(bearer__in=user.party_ids(today, *MISSION_ROLES)) | Q(bearer=None)
    wanted = Q(status__in=UNFINISHED, due_at__lte=now + SOON) | Q(status="lapsed")
    duties = Q(current_version__clause_version__rule__has_key="duty")
    found = runs_seen(user, today).filter(own, wanted, duties)
    runs = list(found.order_by("-due_at", "-pk")[:MOST_ON_DESK])
    return [row_of(run, names) for run in reversed(runs)]


def row_of(run: Deadline, names: PartyNames, *, can_fulfil: bool = False) -> Row:
    """One run."""
    version = run.version
    bearer = names.of(run.bearer_id) if run.bearer_id else ""
    return Row(
        run=run,
        version=version,
        treaty=run.case.treaty,
        title=run_title(version),
        article=words.cited(article_of(version)),
        summary=summary_of(version),
        bearer=bearer_words(run.owed_by, bearer),
        reason=reason_of(version, names.said_of_code),
        state=state_of(run),
        can_fulfil=can_fulfil,
    )


def state_of(run: Deadline) -> str:
    """Where a run stands, in words."""
    if run.status == "met":
        return gettext("fulfilled late") if is_late(run) else gettext("fulfilled")
    if run.status == "lapsed":
        return gettext("not recorded in time") if is_duty(run) else gettext("over")
    if run.status == "open":
        return gettext("target passed, still owed")
    return words.state_words("deadline", run.status)


def _rows(runs: Sequence[Deadline], user: User, today: date, names: PartyNames) -> list[Row]:
    """The rows in their order; the runs of many other parties that end together share one."""
    able = permissions.runs_to_fulfil(user, runs, today)
    own = {*user.party_ids(today, *MISSION_ROLES), None}
    groups: dict[tuple[object, ...], list[Deadline]] = {}
    for run in runs:
        alone = run.pk if run.bearer_id in own else 0
        groups.setdefault((run.clause_id, run.version.due_on, alone), []).append(run)
    rows = []
    for group in groups.values():
        if len(group) > MOST_ALONE:
            rows.append(_shared(group, names))
            continue
        for run in group:
            is_owed = run.status in _OPEN and run.status in sources(DEADLINE, "meet")
            can_fulfil = run.pk in able and is_owed and is_duty(run)
            rows.append(row_of(run, names, can_fulfil=can_fulfil))
    return rows


def _shared(group: Sequence[Deadline], names: PartyNames) -> Row:
    first = row_of(group[0], names)
    order = {named.pk: place for place, named in enumerate(names.sort(_bearers(group)))}
    states = {run.pk: state_of(run) for run in group}
    each = sorted(group, key=lambda run: order[run.bearer_id or 0])
    counted = Counter(states.values())
    count = ngettext("%(number)d party", "%(number)d parties", len(group))
    said = gettext("%(number)d: %(state)s")
    shown = {
        "bearer": count % {"number": len(group)},
        "states": [said % {"number": number, "state": state} for state, number in counted.items()],
        "parties": [
            gettext("%(party)s: %(state)s")
            % {"party": names.of(run.bearer_id or 0), "state": states[run.pk]}
            for run in each
        ],
    }
    return Row(**{**vars(first), **shown})


def _bearers(group: Iterable[Deadline]) -> list[int]:
    return [run.bearer_id for run in group if run.bearer_id is not None]
