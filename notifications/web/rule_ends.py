"""What comes at the end of a clause's count, who owes it, and what follows upon it, in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext, gettext_noop

from notifications.clauses.schema import Clause, Duty, Steps
from notifications.clauses.steps import Add, Subtract
from notifications.web import words
from notifications.web.rule_steps import Around, counted

# By what is yielded: at the start or the end of the day, or at the instant that hours lead to.
BY_DAY: Final = {
    "effect": gettext_noop("The act takes effect %(when)s (at the start of that day)."),
    "effect-at-end": gettext_noop("The act takes effect %(when)s (at the end of that day)."),
    "right": gettext_noop("The right begins %(when)s (at the start of that day)."),
    "lapse": gettext_noop("The right ends %(when)s (at the end of that day)."),
    "duty": gettext_noop("It is due %(when)s at the latest (by the end of that day)."),
}
BY_MINUTE: Final = {
    "effect": gettext_noop("The act takes effect %(when)s, to the minute."),
    "right": gettext_noop("The right begins %(when)s, to the minute."),
    "lapse": gettext_noop("The right ends %(when)s, to the minute."),
    "duty": gettext_noop("It is due %(when)s at the latest, to the minute."),
}
OWED: Final = {
    "notifier": gettext_noop("The notifying party owes %(act)s."),
    "depositaries": gettext_noop("The depositaries jointly owe %(act)s."),
    "addressee": gettext_noop("The addressee owes %(act)s."),
    "each-party": gettext_noop("Each party owes %(act)s."),
    "parties": gettext_noop("The parties owe %(act)s."),
}
DUTIES: Final = {
    "acceptance": gettext_noop("an acceptance"),
    "acknowledgement": gettext_noop("an acknowledgement"),
    "amendment-proposal": gettext_noop("a proposal of an amendment"),
    "assurance-request": gettext_noop("a request for assurances"),
    "breach-allegation": gettext_noop("an allegation of a breach"),
    "conference": gettext_noop("a conference"),
    "conference-request": gettext_noop("a request for a conference"),
    "consultation-request": gettext_noop("a request for consultations"),
    "correction": gettext_noop("a correction"),
    "declaration": gettext_noop("a declaration"),
    "derogation": gettext_noop("a notice of derogation"),
    "dialogue-proposal": gettext_noop("a proposal of a dialogue"),
    "extension": gettext_noop("an extension"),
    "formatted-message": gettext_noop("a message in the agreed format"),
    "instrument": gettext_noop("an instrument"),
    "objection": gettext_noop("an objection"),
    "rescission": gettext_noop("a rescission"),
    "reservation": gettext_noop("a reservation"),
    "reservation-withdrawal": gettext_noop("the withdrawal of a reservation"),
    "response": gettext_noop("a response"),
    "resumption": gettext_noop("a resumption"),
    "signature": gettext_noop("a signature"),
    "suspension": gettext_noop("a notice of suspension"),
    "withdrawal": gettext_noop("a notice of withdrawal"),
}
SILENCES: Final = {
    "acceptance": gettext_noop(
        "Whoever says nothing by then is proposed as having accepted; the depositary decides."
    ),
    "no-consent": gettext_noop(
        "Whoever says nothing by then is proposed as not consenting; the depositary decides."
    ),
}
OPEN: Final = {
    "armed-conflict": {
        "yield": gettext_noop(
            "It does not end while the party is in an armed conflict on that day."
        ),
        "notice": gettext_noop(
            "It does not end while an armed conflict of the day of notice lasts."
        ),
    },
}


def at_its_end(rule: Clause, when: str, span: str) -> list[str]:
    """What comes on the day (``when``) to which the steps lead, or within the window (``span``)."""
    if rule.duty is not None:
        return [_owed(rule, rule.duty), span or _due(rule, rule.duty, when)]
    if span:
        return [span, gettext("When it closes, the right ends.")]
    told = [_comes(rule, when)]
    if rule.minimum:
        told.append(gettext("The notice may name a later day, not an earlier one."))
    return told


def after_it(rule: Clause, around: Around) -> list[str]:
    """What silence means, what keeps the date open, what else may be registered, what follows."""
    told = []
    if rule.silence:
        told.append(gettext(SILENCES[rule.silence]))
    if rule.duty is not None and rule.duty.on_lapse:
        template = gettext("If it is not done in time, the clause calls for %(act)s.")
        told.append(template % {"act": act_within(rule.duty.on_lapse)})
    if rule.open_while is not None:
        told.append(gettext(OPEN[rule.open_while.fact][rule.open_while.at]))
    if rule.override:
        told.append(gettext("The depositary may register another date, with its reasons."))
    if rule.cascades:
        names = [around.treaties.get(treaty, treaty) for treaty in rule.cascades]
        template = gettext("The effect carries over to: %(treaties)s.")
        told.append(template % {"treaties": words.enumerated(names)})
    if rule.survives:
        template = gettext("Obligations that outlast the effect end %(when)s.")
        told.append(template % {"when": counted(gettext("the effect"), rule.survives)})
    return told


def act_within(act: str) -> str:
    """What a duty asks for, as it stands in a sentence."""
    return gettext(DUTIES[act]) if act in DUTIES else words.within(words.act_title(act))


def _owed(rule: Clause, duty: Duty) -> str:
    if rule.is_own_notice:
        return gettext("The act itself is what is owed: it has to be given in this time.")
    return gettext(OWED[duty.bearer]) % {"act": act_within(duty.act)}


def _due(rule: Clause, duty: Duty, when: str) -> str:
    if duty.soft is not None:
        template = gettext(
            "The clause says “promptly”: the target is %(when)s; a target, not a time-limit whose "
            "passing is a breach."
        )
        return template % {"when": when}
    return _comes(rule, when)


def _comes(rule: Clause, when: str) -> str:
    if _is_exact(rule):
        return gettext(BY_MINUTE[rule.yields]) % {"when": when}
    kind = "effect-at-end" if rule.is_at_end else rule.yields
    return gettext(BY_DAY[kind]) % {"when": when}


def _is_exact(rule: Clause) -> bool:
    """Whether the last step counts hours, so that it comes at an instant and not with a day."""
    ways: list[Steps] = [rule.count or (), *(branch.count for branch in rule.branches)]
    return any(
        isinstance(steps[-1], Add | Subtract) and steps[-1].period.has_hours
        for steps in ways
        if steps
    )
