"""My desk: what needs me, most urgent first; what runs; what is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from notifications import permissions
from notifications.models import ACTING_ROLES, IncomingMail, Notification, Role, User
from notifications.services.silence_alarm import Silence
from notifications.services.silence_memory import last_look
from notifications.web import desk_items, words
from notifications.web.clock import day_of, person, read_clock
from notifications.web.clocks import Clock, clock, is_arranged
from notifications.web.desk_answers import answer_tasks, refused_answers
from notifications.web.desk_drafts import draft_tasks, waiting_in_missions
from notifications.web.desk_items import NEW_DAYS
from notifications.web.desk_silence import silence_tasks
from notifications.web.desk_tasks import Due, Step, Task
from notifications.web.each_party import gathered
from notifications.web.names import PartyNames, party_names
from notifications.web.run_rows import desk_rows
from notifications.web.thread import answer_words, title_of


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The person's own desk, on the day it is opened."""
    user = person(request)
    now, names = read_clock(), party_names(request)
    today, board = day_of(now), Board(user, now, names)
    own = {row.treaty for row in desk_items.own_treaties(user, today)}
    treaties = own.union(desk_items.treaties_kept(user, today))
    context = {
        "now": now,
        "today": today,
        "tasks": board.tasks(),
        "waiting": waiting_in_missions(board.drafts, user, today, names),
        "clocks": gathered(board.clocks, names, by_date=True),
        "runs": desk_rows(user, today, now, names),
        "new": board.news(),
        "treaties": sorted(treaties, key=lambda treaty: words.sort_key(treaty.short_name)),
        "undelivered": desk_items.undelivered(user, today) if user.is_staff else None,
        "silence": silence_of(user, now),
        "enters_papers": permissions.can_enter_paper_note(user, today),
        "is_mission": bool(board.acting),
        "acts": bool(user.party_ids(today, *ACTING_ROLES, Role.DEPOSITARY_OFFICER)),
    }
    return render(request, "notifications/desk.html", context)


def silence_of(user: User, now: datetime) -> Silence | None:
    """What the silence alarm found of the treaties that the person's depositary keeps, if any."""
    kept = desk_items.kept_treaties(user, day_of(now))
    return last_look(now=now).of_treaties(kept) if kept else None


@dataclass(frozen=True)
class News:
    """An act or a response of the last fortnight: when it came in, what it is, on which act."""

    at: datetime
    what: str
    act: Notification


class Board:
    """The records of one desk, each read once."""

    def __init__(self, user: User, now: datetime, names: PartyNames) -> None:
        today = day_of(now)
        self.user, self.now, self.today, self.names = user, now, today, names
        self.acting = set(user.party_ids(today, *ACTING_ROLES))
        self.drafts = list(desk_items.drafts(user, today))
        running = desk_items.running(user, today)
        convened = desk_items.conferences(user, today, {found.act.pk for found in running})
        self.clocks = [
            clock(found, names, conferences=convened.get(found.act.pk, [])) for found in running
        ]

    def tasks(self) -> list[Task]:
        """Everything that waits for this person, most urgent first."""
        found = [
            *draft_tasks(self.drafts, self.user, self.today, self.names),
            *self._of_notices(),
            *self._conferences(),
            *silence_tasks(self.user, self.today, self.names),
            *answer_tasks(self.user, self.today, self.names),
            *self._to_answer_or_acknowledge(),
        ]
        return sorted(found, key=lambda task: task.order)

    def _of_notices(self) -> Iterable[Task]:
        user, today = self.user, self.today
        for act in desk_items.to_register(user, today):
            reason = gettext("came in; its receipt is not registered")
            step = self._step(gettext("Register receipt"), "receipt", act)
            yield self._act_task(act, [step], reason, rank=1)
        for act in desk_items.to_circulate(user, today):
            reason = gettext("received; not yet sent to the parties")
            step = self._step(gettext("Circulate"), "circulate", act)
            yield self._act_task(act, [step], reason, rank=2)

    def _to_answer_or_acknowledge(self) -> Iterable[Task]:
        """One row an act and a party: an answer comes first, the acknowledgement beside it."""
        acts = {act.pk: act for act in desk_items.to_acknowledge(self.user, self.today)}
        waiting = desk_items.to_acknowledge_for(acts.values(), self.acting)
        for item in self.clocks:
            deadline = item.deadline
            bearer = deadline.bearer_id
            if deadline.origin != "respond_by" or bearer not in self.acting:
                continue
            act = deadline.act
            steps = [self._step(gettext("Respond"), "respond", act)]
            if bearer in waiting.get(act.pk, ()):
                waiting[act.pk].remove(bearer)
                steps.append(self._acknowledgement(act, bearer))
            reason = self._for(gettext("an answer is asked for"), bearer)
            yield self._act_task(act, steps, reason, rank=1, clock=item)
        for key, parties in waiting.items():
            for named in self.names.sort(parties):
                reason = self._for(gettext("was sent to you"), named.pk)
                step = self._acknowledgement(acts[key], named.pk)
                yield self._act_task(acts[key], [step], reason, rank=3)

    def _acknowledgement(self, act: Notification, party: int) -> Step:
        verb = gettext("Acknowledge")
        if len(self.acting) > 1:
            verb = gettext("Acknowledge for %(party)s") % {"party": self.names.said(party)}
        url = reverse("acknowledge", kwargs={"uid": act.uid})
        return Step(verb, url, self.names.by_id[party].code)

    def _for(self, reason: str, party: int) -> str:
        """The reason with the party's name, where the person acts for several."""
        return f"{reason} ({self.names.of(party)})" if len(self.acting) > 1 else reason

    def _conferences(self) -> Iterable[Task]:
        kept = desk_items.kept_treaties(self.user, self.today)
        for item in self.clocks:
            act = item.deadline.act
            is_owed = item.fulfilling_act == "conference" and act.treaty_id in kept
            if is_owed and not is_arranged(item.version, item.convened):
                step = self._step(gettext("Convene the conference"), "conference", act)
                reason = window_words(item, day_of(self.now, item.version.zone))
                yield self._act_task(act, [step], reason, rank=3, clock=item)

    def _step(self, verb: str, page: str, act: Notification) -> Step:
        return Step(verb, reverse(page, kwargs={"uid": act.uid}))

    def _act_task(
        self,
        act: Notification,
        steps: Iterable[Step],
        reason: str,
        *,
        rank: int,
        clock: Clock | None = None,
    ) -> Task:
        return Task(
            what=title_of(act, self.names),
            treaty=act.treaty.short_name,
            steps=tuple(steps),
            page=reverse("notification", kwargs={"uid": act.uid}),
            reason=reason,
            due=self._due(clock) if clock else None,
            rank=rank,
        )

    def _due(self, clock: Clock) -> Due | None:
        due_on, zone = clock.version.due_on, clock.version.zone
        if due_on is None:
            return None
        return Due(due_on, zone, (due_on - day_of(self.now, zone)).days)

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
        refused = [
            News(mail.taken_at, _refused_words(mail, names), mail.answers.alert.act)
            for mail in refused_answers(user, today, since=self.now - timedelta(days=NEW_DAYS))
            if mail.answers is not None
        ]
        return sorted([*acts, *responses, *refused], key=lambda item: item.at, reverse=True)[:10]


def _refused_words(mail: IncomingMail, names: PartyNames) -> str:
    """Whoever answered by mail must know that nothing came of it, and why."""
    if mail.answers is None:
        return ""
    said = gettext("Your answer by mail was not taken (%(reason)s): %(act)s")
    act = title_of(mail.answers.alert.act, names)
    return said % {"reason": mail.get_reason_display(), "act": act}


def window_words(item: Clock, today: date) -> str:
    """Where today stands in a window, as "the window opens 21 June 2020 (Sunday), in 9 days"."""
    opens_on = item.version.opens_on
    if opens_on is not None and opens_on > today:
        return gettext("the window opens %(date)s, %(rest)s") % {
            "date": words.full_date(opens_on),
            "rest": words.distance((opens_on - today).days),
        }
    return gettext("the window is open")
