"""The acts a party or a depositary can notify, as data: what each asks for and whom it goes to.

Pure data: no Django, no clock, no I/O. Labels are message ids; the doors translate them.
Source: the 1969 Vienna Convention on the Law of Treaties (VCLT), Articles 65, 67, 68 and 78.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["line", "text", "date", "yes-no", "parties", "visibility"]
Filer = Literal["party", "depositary"]


def _(message: str) -> str:
    """Mark a message id for translation at the door."""
    return message


@dataclass(frozen=True)
class ActField:
    """One field of an act: its key in ``fields``, its label, its kind, whether it is required."""

    name: str
    label: str
    kind: Kind = "line"
    is_required: bool = False
    help: str = ""


@dataclass(frozen=True)
class Act:
    """One kind of notification.

    ``refers_to`` lists the acts it may point back to (empty: none); ``must_refer`` says that it has
    to. ``addressees`` are roles: ``depositaries``, ``parties``.
    """

    kind: str
    title: str
    fields: tuple[ActField, ...] = ()
    filed_by: Filer = "party"
    refers_to: tuple[str, ...] = ()
    must_refer: bool = False
    addressees: tuple[str, ...] = ("depositaries", "parties")


TEXT: Final = ActField("text", _("Text of the note"), "text")
REQUIRED_TEXT: Final = ActField("text", _("Text of the note"), "text", is_required=True)
RESPOND_BY: Final = ActField(
    "respond_by",
    _("Answer requested by"),
    "date",
    help=_("A limit the sender sets: the clock of each party that is asked ends with this day."),
)

ADDRESSEES: Final = ActField(
    "addressees",
    _("Addressees"),
    "parties",
    help=_("Leave empty to address the depositaries and all parties."),
)

WITHDRAWAL: Final = Act(
    "withdrawal",
    _("Withdrawal"),
    fields=(
        ActField("article", _("Article relied on"), is_required=True),
        ActField(
            "signed_by",
            _("Signed by"),
            is_required=True,
            help=_("Name and office of the person who signed the note (VCLT 67(2))."),
        ),
        ActField(
            "has_full_powers",
            _("Full powers came with the note"),
            "yes-no",
            help=_("Not needed from a head of state, head of government or foreign minister."),
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

ACTS: Final[dict[str, Act]] = {
    act.kind: act
    for act in (
        WITHDRAWAL,
        Act(
            "rescission",
            _("Rescission"),
            fields=(TEXT,),
            refers_to=("withdrawal",),
            must_refer=True,
        ),
        Act("suspension", _("Suspension"), fields=(ActField("article", _("Article")), TEXT)),
        Act(
            "breach-allegation",
            _("Allegation of a breach"),
            fields=(
                ActField("against", _("Against"), "parties", is_required=True),
                ADDRESSEES,
                RESPOND_BY,
                REQUIRED_TEXT,
            ),
        ),
        Act(
            "dialogue-proposal",
            _("Proposal of a dialogue"),
            fields=(ADDRESSEES, RESPOND_BY, REQUIRED_TEXT),
            refers_to=("withdrawal", "breach-allegation", "suspension"),
        ),
        Act(
            "assurance-request",
            _("Request for assurances"),
            fields=(ADDRESSEES, RESPOND_BY, REQUIRED_TEXT),
            refers_to=("withdrawal", "breach-allegation", "suspension"),
        ),
        Act(
            "conference-request",
            _("Request for a conference"),
            fields=(TEXT,),
            refers_to=("withdrawal", "breach-allegation"),
        ),
        Act(
            "conference",
            _("Conference"),
            fields=(
                ActField(
                    "held_on",
                    _("Day of the conference"),
                    "date",
                    is_required=True,
                    help=_("The day on which it opens, or opened."),
                ),
                TEXT,
            ),
            filed_by="depositary",
            refers_to=("withdrawal",),
            must_refer=True,
            addressees=("parties",),
        ),
    )
}

# Recorded as they were given, acts with such a flag change nothing of the act they name.
VOIDING: Final = ("wrong-reference", "cannot-be-taken-back")

POSITIONS: Final[dict[str, str]] = {
    "accepts": _("accepts"),
    "rejects": _("rejects"),
    "regrets": _("regrets"),
    "objects": _("objects"),
    "reserves-its-position": _("reserves its position"),
    "asks-for-consultation": _("asks for consultation"),
    "offers-dialogue": _("offers dialogue"),
    "gives-assurance": _("gives assurance"),
    "takes-note": _("takes note"),
}
