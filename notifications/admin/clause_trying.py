"""What an administrator does with a rule: try it on a day, see what it would move, save it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from notifications.admin.asking import Asking
from notifications.admin.clause_forms import ClauseForm
from notifications.admin.naming import SupposedNames, party_named
from notifications.admin.outcomes import besides, days, outcome
from notifications.admin.reading import readable_acts
from notifications.admin.saying import said_act
from notifications.clauses.explain import sentences
from notifications.clauses.schema import Clause as Rule
from notifications.emails.words import bare_date, deadline_title
from notifications.errors import DomainError
from notifications.models import Clause, ClauseVersion, Deadline, DeadlineVersion, Treaty
from notifications.register import canonical, digest_of
from notifications.services.clause_changes import Move, add_clause, change_clause, impact
from notifications.services.clause_preview import preview_rule
from notifications.services.clause_rules import read_rule


@dataclass(frozen=True)
class Shown:
    """One deadline that would move: of which act, whose, from when to when."""

    act: str
    page: str
    bearer: str
    before: str
    after: str


@dataclass
class Tried:
    """What a rule computes and what it would move.

    ``besides`` says what else follows from the result. ``hidden`` counts the deadlines of acts that
    the administrator may not read; ``same`` those that keep their day and get another way to it;
    ``digest`` is over all that would move.
    """

    steps: list[str] = field(default_factory=list)
    result: str = ""
    besides: list[str] = field(default_factory=list)
    moves: list[Shown] | None = None
    hidden: int = 0
    same: int = 0
    digest: str = ""
    must_look: bool = False
    saved: ClauseVersion | None = None


def try_rule(form: ClauseForm, do: str, treaty: Treaty, clause: Clause | None, by: Asking) -> Tried:
    """Do what was asked for with a valid form; what is refused stands in the form afterwards."""
    tried = Tried()
    if do == "save":
        form.require_reason()
    try:
        rule = read_rule(
            form.cleaned_data["rule"], treaty=treaty, clause_id=clause.slug if clause else ""
        )
        if do == "preview" or form.errors:
            _preview(form, tried, rule, treaty, by)
        elif clause is None:
            tried.saved = _add(form, rule, treaty, by)
        else:
            _impact(tried, clause, rule, by)
            if do == "save":
                _save(form, tried, clause, rule, by)
    except DomainError as error:
        form.refuse(error)
    return tried


def _preview(form: ClauseForm, tried: Tried, rule: Rule, treaty: Treaty, by: Asking) -> None:
    occasion = form.occasion(treaty.zone, by.today)
    if occasion.on < occasion.given_on:
        form.add_error("received_on", gettext("And received on: not before it was given."))
        return
    try:
        result = preview_rule(rule, treaty=treaty, occasion=occasion)
    except (OverflowError, ValueError):
        form.add_error("given_on", gettext("Try it on an act given on: the year is out of range."))
        return
    tried.steps = sentences(
        result.trace,
        translate=gettext,
        format_date=bare_date,
        party_name=SupposedNames(),
        translate_plural=ngettext,
    )
    tried.result = outcome(result)
    tried.besides = besides(result)


def _impact(tried: Tried, clause: Clause, rule: Rule, by: Asking) -> None:
    moves = impact(clause=clause, rule=rule, actor=by.user, now=by.now)
    moving = [move for move in moves if move.is_moved]
    tried.same = len(moves) - len(moving)
    tried.digest = digest_of(canonical([rule.as_data(), [move.as_data() for move in moving]]))
    acts = {move.deadline.notification_id for move in moving}
    found = readable_acts(by).filter(pk__in=[key for key in acts if key is not None])
    seen = {None, *found.values_list("pk", flat=True)}  # what recurs is started by no act
    shown = [move for move in moving if move.deadline.notification_id in seen]
    tried.hidden = len(moving) - len(shown)
    rows = (
        Deadline.objects.filter(pk__in=[move.deadline.pk for move in shown])
        .select_related("notification__treaty", "case__treaty")
        .annotate(bearer_name=party_named("bearer"))
        .in_bulk()
    )
    tried.moves = [_shown(move, rows[move.deadline.pk]) for move in shown]


def _shown(move: Move, row: Any) -> Shown:
    return Shown(
        act=said_act(row.notification) if row.notification else _recurring(move, row),
        page=reverse("admin:notifications_deadline_change", args=(row.pk,)),
        bearer=row.bearer_name or row.get_owed_by_display(),
        before=_version(move.before),
        after=gettext("no date: the clause counts no more")
        if move.is_void
        else _version(move.after),
    )


def _recurring(move: Move, row: Any) -> str:
    """A clock that no act starts: its title, and the treaty."""
    title = deadline_title("", move.after)
    return gettext("%(title)s, %(treaty)s") % {"title": title, "treaty": row.case.treaty.short_name}


def _version(version: DeadlineVersion) -> str:
    return days(version.opens_on, version.due_on)


def _save(form: ClauseForm, tried: Tried, clause: Clause, rule: Rule, by: Asking) -> None:
    """Save, once what would move has been looked at: what was shown is what is done."""
    moves_any = bool(tried.moves) or tried.hidden > 0
    if moves_any and form.cleaned_data["shown"] != tried.digest:
        tried.must_look = True
        return
    tried.saved = change_clause(
        clause=clause,
        rule=rule,
        reason=form.cleaned_data["reason"],
        actor=by.user,
        now=by.now,
        seen=form.cleaned_data["seen"],
    )


def _add(form: ClauseForm, rule: Rule, treaty: Treaty, by: Asking) -> ClauseVersion:
    return add_clause(
        treaty=treaty, rule=rule, reason=form.cleaned_data["reason"], actor=by.user, now=by.now
    )
