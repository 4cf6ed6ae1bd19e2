"""My desk: what needs me, most urgent first; what runs; what is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from notifications.models import ACTING_ROLES, Draft, Notification, Role, User
from notifications.web import desk_items, words
from notifications.web.clock import day_of, person, read_clock
from notifications.web.clocks import Clock, clock, is_arranged
from notifications.web.names import PartyNames, party_names
from notifications.web.thread import answer_words, title_of

URGENT_DAYS = 7


@dataclass(frozen=True)
class Task:
    """One thing that waits for the person: what, under which treaty, where, why, by when."""

    what: str
    treaty: str
    verb: str
    url: str
    page: str
    reason: str
    due_on: date | None = None
    is_post: bool = False
    rank: int = 0

    def order(self, today: date) -> tuple[int, date]:
        """What ends within a week comes first, then by kind, then by date."""
        is_urgent = self.due_on is not None and (self.due_on - today).days <= URGENT_DAYS
        return (0 if is_urgent else 1 + self.rank, self.due_on or date.max)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The person's own desk, on the day it is opened."""
    user = person(request)
    today, names = day_of(read_clock()), party_names(request)
    board = Board(user, today, names)
    treaties = {row.treaty for row in desk_items.own_treaties(user, today)}
    context = {
        "today": today,
        "tasks": board.tasks(),
        "waiting": [draft for draft in board.drafts if draft.state == "awaiting-approval"],
        "clocks": board.clocks,
        "new": board.news(),
        "treaties": sorted(treaties, key=lambda treaty: treaty.short_title),
        "undelivered": desk_items.undelivered(user, today) if user.is_staff else None,
        "acts": bool(user.party_ids(today, *ACTING_ROLES)),
    }
    return render(request, "notifications/desk.html", context)


@dataclass(frozen=True)
class News:
    """An act or a response of the last fortnight: when it came in, what it is, on which act."""

    at: datetime
    what: str
    act: Notification


class Board:
    """The records of one desk, each read once."""

    def __init__(self, user: User, today: date, names: PartyNames) -> None:
        self.user, self.today, self.names = user, today, names
        self.drafts = list(desk_items.drafts(user, today))
        self.clocks = [clock(found, names) for found in desk_items.running(user, today)]

    def tasks(self) -> list[Task]:
        """Everything that waits for this person, most urgent first."""
        found = [
            *self._of_drafts(),
            *self._answers(),
            *self._of_acts(),
            *self._conferences(),
        ]
        return sorted(found, key=lambda task: task.order(self.today))

    def _of_drafts(self) -> Iterable[Task]:
        heads = self.user.party_ids(self.today, Role.HEAD_OF_MISSION)
        acting = self.user.party_ids(self.today, *ACTING_ROLES)
        for draft in self.drafts:
            is_mine = draft.written_by_id == self.user.pk
            if draft.state == "awaiting-approval":
                if draft.party_id in heads and not is_mine:
                    reason = gettext("drafted by %(name)s, waits for you to issue it")
                    said = reason % {"name": draft.written_by.name}
                    yield self._draft_task(
                        draft, gettext("Read and issue"), "draft-approval", said, 0
                    )
            elif draft.party_id in acting:
                reason = (
                    gettext("returned with a reason")
                    if draft.state == "returned"
                    else gettext("a draft, not yet sent for approval")
                )
                yield self._draft_task(draft, gettext("Continue"), "draft", reason, 4)

    def _draft_task(self, draft: Draft, verb: str, page: str, reason: str, rank: int) -> Task:
        what = gettext("%(act)s by %(party)s") % {
            "act": words.act_title(draft.act),
            "party": self.names.of(draft.party_id),
        }
        url = reverse(page, kwargs={"uid": draft.uid})
        return Task(what, draft.case.treaty.short_title, verb, url, url, reason, rank=rank)

    def _answers(self) -> Iterable[Task]:
        acting = self.user.party_ids(self.today, *ACTING_ROLES)
        for item in self.clocks:
            deadline = item.deadline
            if deadline.origin == "respond_by" and deadline.bearer_id in acting:
                yield self._act_task(
                    deadline.notification,
                    gettext("Respond"),
                    "respond",
                    gettext("an answer is asked for"),
                    rank=1,
                    due_on=item.version.due_on,
                )

    def _of_acts(self) -> Iterable[Task]:
        user, today = self.user, self.today
        for act in desk_items.to_register(user, today):
            reason = gettext("came in; its receipt is not registered")
            yield self._act_task(act, gettext("Register receipt"), "receipt", reason, rank=1)
        for act in desk_items.to_circulate(user, today):
            reason = gettext("received; not yet sent to the parties")
            yield self._act_task(act, gettext("Circulate"), "circulate", reason, rank=2)
        for act in desk_items.to_acknowledge(user, today):
            reason = gettext("was sent to you")
            yield self._act_task(act, gettext("Acknowledge"), "acknowledge", reason, rank=3)

    def _conferences(self) -> Iterable[Task]:
        kept = desk_items.kept_treaties(self.user, self.today)
        owed = [
            item
            for item in self.clocks
            if item.fulfilling_act == "conference" and item.deadline.notification.treaty_id in kept
        ]
        convened = desk_items.conferences(item.deadline.notification_id for item in owed)
        for item in owed:
            act = item.deadline.notification
            if not is_arranged(item.version, convened.get(act.pk, [])):
                yield self._act_task(
                    act,
                    gettext("Convene the conference"),
                    "conference",
                    window_words(item, self.today),
                    rank=3,
                    due_on=item.version.due_on,
                )

    def _act_task(
        self,
        act: Notification,
        verb: str,
        page: str,
        reason: str,
        *,
        rank: int,
        due_on: date | None = None,
    ) -> Task:
        return Task(
            what=title_of(act, self.names),
            treaty=act.treaty.short_title,
            verb=verb,
            url=reverse(page, kwargs={"uid": act.uid}),
            page=reverse("notification", kwargs={"uid": act.uid}),
            reason=reason,
            due_on=due_on,
            is_post=page == "acknowledge",
            rank=rank,
        )

    def news(self) -> list[News]:
        """Acts and responses of the last fortnight, the newest first."""
        user, today, names = self.user, self.today, self.names
        acts = [
            News(act.entered_at, title_of(act, names), act)
            for act in desk_items.new_acts(user, today)
        ]
        responses = [
            News(response.entered_at, answer_words(response, names), response.notification)
            for response in desk_items.new_responses(user, today)
        ]
        return sorted([*acts, *responses], key=lambda item: item.at, reverse=True)[:10]


def window_words(item: Clock, today: date) -> str:
    """Where today stands in a window, as "the window opens 21 June 2020 (Sunday), in 9 days"."""
    opens_on = item.version.opens_on
    if opens_on is not None and opens_on > today:
        return gettext("the window opens %(date)s, %(rest)s") % {
            "date": words.full_date(opens_on),
            "rest": words.distance((opens_on - today).days),
        }
    return gettext("the window is open")
