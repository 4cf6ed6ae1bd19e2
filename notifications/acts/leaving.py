"""Leaving a treaty, taking that back, and setting its operation aside for a time.

Source: VCLT 54–58, 60, 65, 67, 68; ICCPR 4(3) and ECHR 15(3) on derogations.
"""

from __future__ import annotations

from typing import Final

from notifications.acts.common import (
    ARTICLE,
    FULL_POWERS,
    REASONS,
    REQUIRED_TEXT,
    SIGNED_BY,
    TEXT,
)
from notifications.acts.rules import NeededWhen, NotBefore, OneOf, OnlyOn
from notifications.acts.shape import Act, ActField, _

GROUP: Final = _("Leaving, suspending, derogating")

WITHDRAWAL: Final = Act(
    "withdrawal",
    _("Withdrawal"),
    group=GROUP,
    summary=_("Gives notice that the party leaves the treaty, denounces it or terminates it."),
    fields=(
        ActField("article", _("Article relied on"), is_required=True),
        SIGNED_BY,
        FULL_POWERS,
        ActField(
            "mode",
            _("What the note calls it"),
            "choice",
            choices=(
                ("withdrawal", _("withdrawal")),
                ("denunciation", _("denunciation")),
                ("termination", _("termination")),
                ("provisional-application", _("termination of provisional application")),
            ),
        ),
        ActField(
            "effective_on",
            _("Date of withdrawal named in the note"),
            "date",
            help=_("Leave empty to withdraw on the first day the clause allows."),
        ),
        ActField(
            "reasons",
            _("Statement of reasons"),
            "text",
            help=_("Some clauses ask for a statement of the extraordinary events."),
        ),
        ActField(
            "condition",
            _("Condition on which the notice would be taken back"),
            "text",
            help=_("A withdrawal can be revoked until it takes effect (VCLT 68)."),
        ),
        TEXT,
    ),
)

RESCISSION: Final = Act(
    "rescission",
    _("Rescission"),
    group=GROUP,
    summary=_("Takes a notice back before it has taken effect, or a request or an objection."),
    fields=(TEXT,),
    refers_to=(
        "withdrawal",
        "suspension",
        "breach-allegation",
        "consultation-request",
        "dialogue-proposal",
        "assurance-request",
        "conference-request",
        "amendment-proposal",
        "objection",
        "declaration",
    ),
    must_refer=True,
    by_its_sender=True,
)

SUSPENSION: Final = Act(
    "suspension",
    _("Suspension"),
    group=GROUP,
    summary=_("Suspends the operation of the treaty, in whole or in part (VCLT 57, 58 and 60)."),
    fields=(
        ActField("article", _("Article")),
        ActField("provisions", _("Provisions suspended"), help=_("Leave empty for all of them.")),
        ActField("from_on", _("Suspended from"), "date"),
        ActField("until_on", _("Suspended until"), "date"),
        REASONS,
        TEXT,
    ),
    refers_to=("breach-allegation", "suspension", "withdrawal"),
    rules=(
        NotBefore("until_on", "from_on", _("Suspended until: this day comes before the first.")),
    ),
)

DEROGATION: Final = Act(
    "derogation",
    _("Derogation"),
    group=GROUP,
    summary=_("Informs the others that obligations are set aside in a public emergency."),
    fields=(
        ARTICLE,
        ActField(
            "provisions",
            _("Provisions derogated from"),
            is_required=True,
            help=_("The articles from which the party derogates (ICCPR 4(3))."),
        ),
        ActField("measures", _("Measures taken"), "text", help=_("As ECHR 15(3) asks for them.")),
        ActField("reasons", _("Reasons"), "text", is_required=True),
        ActField("from_on", _("Derogation from"), "date"),
        ActField("until_on", _("Derogation until"), "date"),
        TEXT,
    ),
    rules=(
        NotBefore("until_on", "from_on", _("Derogation until: this day comes before the first.")),
    ),
)

RESUMPTION: Final = Act(
    "resumption",
    _("Resumption"),
    group=GROUP,
    summary=_("Ends a suspension or a derogation: the treaty is applied in full again."),
    fields=(ActField("from_on", _("Applied again from"), "date"), TEXT),
    refers_to=("suspension", "derogation"),
    must_refer=True,
    by_its_sender=True,
)

# Whose time-limits can be extended: the acts that start clocks or ask for an answer.
_TIMED: Final = (
    "withdrawal",
    "breach-allegation",
    "consultation-request",
    "dialogue-proposal",
    "assurance-request",
    "amendment-proposal",
    "reservation",
    "correction",
    "formatted-message",
)

EXTENSION: Final = Act(
    "extension",
    _("Extension"),
    group=GROUP,
    summary=_("Gives more time: for an answer that was asked for, a derogation, the treaty."),
    fields=(
        ActField(
            "clause",
            _("Time-limit extended"),
            "clause",
            help=_("The limit set for an answer, or a clause whose date is moved."),
        ),
        ActField("until_on", _("Extended until"), "date"),
        ActField("days", _("Extended by days"), "number"),
        REASONS,
        REQUIRED_TEXT,
    ),
    refers_to=(*_TIMED, "suspension", "derogation"),
    by_its_sender=True,
    rules=(
        NeededWhen("clause", "days", _("Time-limit extended: say which one is meant.")),
        OneOf(
            ("until_on", "days"),
            missing=_("Extended until: name the new date, or the number of days."),
            too_many=_("Extended by days: name the new date or the number of days, not both."),
        ),
        OnlyOn(
            "clause",
            _TIMED,
            _("Time-limit extended: name the notification whose time-limit it is."),
        ),
        OnlyOn(
            "days",
            _TIMED,
            _("Extended by days: name the notification whose time-limit it is, or the new date."),
        ),
    ),
)

LEAVING: Final = (WITHDRAWAL, RESCISSION, SUSPENSION, DEROGATION, RESUMPTION, EXTENSION)
