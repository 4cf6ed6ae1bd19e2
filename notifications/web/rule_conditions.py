"""For which acts a clause counts, when such an act is admitted, and what its notice must hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext, gettext_noop, ngettext

from notifications.acts import ACTS, ActField
from notifications.clauses.schema import Branch, Clause, Window
from notifications.web import words
from notifications.web.rule_steps import Around, length, noun, when

# The kinds of instruments, as a sentence names one of them.
MODES: Final = {
    "ratification": gettext_noop("a ratification"),
    "accession": gettext_noop("an accession"),
    "acceptance": gettext_noop("an acceptance"),
    "approval": gettext_noop("an approval"),
    "succession": gettext_noop("a succession"),
    "provisional-application": gettext_noop("a provisional application"),
}
WHILE: Final = {
    "armed-conflict": gettext_noop(
        "Only for a party that is in an armed conflict on the day of its notice."
    ),
}
# What a notice must contain.
CONTENTS: Final = {
    "reasons": gettext_noop("a statement of reasons"),
    "statement-of-extraordinary-events": gettext_noop(
        "a statement of the extraordinary events that jeopardise the supreme interests of the party"
    ),
    "full-explanation-of-reasons": gettext_noop("a full explanation of the reasons"),
}
# What decides how an act ends: one clause of a treaty at a time.
_DECIDING: Final = ("effect", "not-permitted")


def limits(rule: Clause, around: Around) -> list[str]:
    """For which acts alone the clause counts, a sentence each."""
    told = [_limit(key, values, rule, around) for key, values in rule.when.items()]
    if not rule.when and _has_special(rule, around):
        told.append(gettext("For every case that no more special clause covers."))
    return told


def short_limit(rule: Clause) -> str:
    """The format, the kind of instrument or the like to which it is limited, in a word or two."""
    fields = {key: values for key, values in rule.when.items() if key not in {"party", "list"}}
    if "fact" in fields:
        return gettext("in armed conflict")
    said = [_value(_field(rule, key), value) for key, values in fields.items() for value in values]
    return words.enumerated(said)


def admission(rule: Clause, around: Around) -> list[str]:
    """When the act is admitted, a sentence each."""
    if rule.admissible is None:
        return []
    told = []
    if limit := rule.admissible.not_before:
        sentence = gettext(
            "The act is admitted %(when)s at the earliest; before that it is premature."
        )
        told.append(sentence % {"when": _from(limit, rule, around)})
    if limit := rule.admissible.not_after:
        sentence = gettext(
            "The act is admitted %(when)s at the latest; after that it comes too late."
        )
        told.append(sentence % {"when": _from(limit, rule, around)})
    if window := rule.admissible.window:
        told.append(_window(window, rule, around))
    return told


def contents(rule: Clause) -> list[str]:
    """What the notice must hold."""
    if not rule.requires:
        return []
    said = [
        gettext(CONTENTS.get(name, "“%(name)s”")) % {"name": name.replace("-", " ")}
        for name in rule.requires
    ]
    return [gettext("The notice must hold %(contents)s.") % {"contents": words.listed(said)}]


def _limit(key: str, values: Sequence[str], rule: Clause, around: Around) -> str:
    if key == "fact":
        return " ".join(gettext(WHILE[kind]) for kind in values)
    if key in {"party", "list"}:
        return _parties(values, around)
    if key == "format":
        quoted = [gettext("“%(name)s”") % {"name": value} for value in values]
        said = {"formats": words.either(quoted)}
        template = ngettext(
            "Only for the message %(formats)s.", "Only for the messages %(formats)s.", len(values)
        )
        return template % said
    if key == "mode":
        modes = [gettext(MODES.get(value, value)) for value in values]
        return gettext("Only for %(modes)s.") % {"modes": words.either(modes)}
    field = _field(rule, key)
    label = gettext(field.label) if field else key.replace("_", " ").replace("-", " ")
    said = {"field": label, "values": words.either([_value(field, value) for value in values])}
    return gettext("Only where the act says “%(field)s”: %(values)s.") % said


def _parties(values: Sequence[str], around: Around) -> str:
    """For which parties alone: by name, or by the treaty's own list with whoever is on it."""
    named = [around.party_name(value) for value in values if value not in around.lists]
    for value in values:
        if value in around.lists:
            on_it = words.listed([around.party_name(code) for code in around.lists[value]])
            template = gettext("the parties of the list “%(list)s” (%(parties)s)")
            named.append(template % {"list": value, "parties": on_it})
    return gettext("Only for %(parties)s.") % {"parties": words.listed(named)}


def _field(rule: Clause, key: str) -> ActField | None:
    act = ACTS.get(rule.governs)
    return act.field(key) if act else None


def _value(field: ActField | None, value: str) -> str:
    if value in {"true", "false"}:
        return gettext("yes") if value == "true" else gettext("no")
    return gettext(field.said(value)) if field else value


def _has_special(rule: Clause, around: Around) -> bool:
    """Whether other clauses decide on some acts of this kind before this one does."""
    return rule.yields in _DECIDING and any(
        other.governs == rule.governs and other.yields in _DECIDING and other.when
        for other in around.rules
    )


def _from(limit: Branch, rule: Clause, around: Around) -> str:
    return when(limit.starts, limit.count, rule, around)


def _window(window: Window, rule: Clause, around: Around) -> str:
    sentence = gettext(
        "The act is admitted at certain times alone: first %(first)s after %(start)s, then at "
        "intervals of %(every)s, each time for %(length)s, the first and the last day included; "
        "between them it is premature."
    )
    return sentence % {
        "first": length(window.first),
        "start": noun(window.starts, rule, around),
        "every": length(window.every),
        "length": length(window.length),
    }
