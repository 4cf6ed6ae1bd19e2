"""The calculator: any clause, any facts, to the date and its steps; nothing is stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from notifications.acts import ACTS
from notifications.clauses.asking import asked
from notifications.clauses.schema import Clause
from notifications.clauses.setting import Setting
from notifications.clauses.supposing import suppose
from notifications.models import Treaty
from notifications.services.supposing import registered_setting
from notifications.web import words
from notifications.web.calculator_answer import Answer, answer
from notifications.web.calculator_forms import CalculatorForm
from notifications.web.clock import day_of, person, read_clock
from notifications.web.names import PartyNames, party_names
from notifications.web.rule_conditions import short_limit
from notifications.web.rule_steps import Around
from notifications.web.rules import sentences as rule_sentences


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """Choose a treaty, a clause, and suppose facts: the address holds all of it."""
    now, names = read_clock(), party_names(request)
    treaties = {
        treaty.slug: treaty for treaty in Treaty.objects.visible_to(person(request), day_of(now))
    }
    treaty = treaties.get(request.GET.get("treaty", ""))
    context: dict[str, Any] = {
        "today": day_of(now, treaty.zone if treaty else "UTC"),
        "treaty": treaty,
        "treaties": sorted(treaties.values(), key=lambda one: words.sort_key(one.short_name)),
    }
    if treaty is not None:
        setting = registered_setting(treaty)
        clause = setting.clause(request.GET.get("clause", ""))
        context["clauses"] = _offered(setting)
        if clause is not None:
            context |= _tried(request.GET, treaty, setting, clause, names=names, now=now)
    return render(request, "notifications/calculator.html", context)


def _offered(setting: Setting) -> list[dict[str, Any]]:
    """The clauses to choose from, in the order of the acts that they govern."""
    kinds = [*ACTS, "none"]
    ordered = sorted(setting.countable, key=lambda clause: kinds.index(clause.governs))
    return [{"id": clause.id, "title": _title(setting, clause)} for clause in ordered]


def _title(setting: Setting, clause: Clause) -> str:
    """The clause as a list names it: "Article XV(2): Withdrawal takes effect"."""
    said = {"article": _cited(setting, clause), "title": _act(clause)}
    if limit := short_limit(clause):
        return gettext("%(article)s: %(title)s (%(limit)s)") % {**said, "limit": limit}
    return gettext("%(article)s: %(title)s") % said


def _cited(setting: Setting, clause: Clause) -> str:
    is_own = clause in setting.clauses
    return words.cited(clause.article) if is_own else f"VCLT {clause.article}"


def _act(clause: Clause) -> str:
    if clause.yields == "not-permitted":
        return words.act_title(clause.governs)
    return words.clock_title({**clause.as_data(), "article": ""}, clause.governs)


def _tried(
    query: QueryDict,
    treaty: Treaty,
    setting: Setting,
    clause: Clause,
    *,
    names: PartyNames,
    now: datetime,
) -> dict[str, Any]:
    """The clause with the form for its facts and, where the form is sound, what it yields."""
    wanted = asked(setting, clause)
    zone = clause.zone or setting.zone
    today = day_of(now, zone)
    data = query.copy()
    if wanted.recurs and not data.get("from"):
        data["from"] = today.isoformat()
    form = CalculatorForm(clause=clause, asked=wanted, zone=zone, names=names, data=data)
    typed = {name: data[name] for name in form.fields if data.get(name)}
    said: dict[str, Any] = {
        "clause": clause,
        "clause_title": _title(setting, clause),
        "summary": words.library_words(clause.summary),
        "rule": rule_sentences(clause, _around(treaty, setting, names)),
        "form": form,
        "is_blank": not typed,
        "query": urlencode({"treaty": treaty.slug, "clause": clause.id, **typed}),
    }
    if form.is_valid():
        said |= {"zone": form.zone, **_answered(setting, clause, form, names, today)}
    return said


def _answered(
    setting: Setting, clause: Clause, form: CalculatorForm, names: PartyNames, today: date
) -> dict[str, Any]:
    """What the facts lead to, or that they lead out of the calendar."""
    if form.zone != (clause.zone or setting.zone):
        setting = setting.in_zone(form.zone)
        clause = setting.clause(clause.id) or clause
    try:
        found = suppose(setting, clause, form.supposed(today))
    except (OverflowError, ValueError):
        return {"is_out_of_range": True}
    told: Answer = answer(found, names)
    return {"answer": told}


def _around(treaty: Treaty, setting: Setting, names: PartyNames) -> Around:
    slugs = {slug for clause in setting.clauses for slug in clause.cascades}
    others = Treaty.objects.filter(slug__in=slugs) if slugs else ()
    return Around(
        zone=setting.zone,
        has_depositary=bool(setting.depositaries),
        rules=setting.clauses,
        lists=treaty.lists,
        party_name=names.said_of_code,
        treaties={other.slug: other.short_name for other in others},
    )
