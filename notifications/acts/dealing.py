"""Allegations, requests, consultations, conferences and messages between the parties.

Source: VCLT 60 and 65; the Vienna Document 2011, chapter III.
"""

from __future__ import annotations

from typing import Final

from notifications.acts.common import ADDRESSEES, ARTICLE, REQUIRED_TEXT, RESPOND_BY, TEXT
from notifications.acts.shape import Act, ActField, _

REQUESTS: Final = _("Allegations, requests and consultations")
CONFERENCES: Final = _("Conferences")
MESSAGES: Final = _("Messages")

# What a party may ask about, propose a dialogue on, or want to be assured of.
_MATTERS: Final = (
    "withdrawal",
    "breach-allegation",
    "suspension",
    "derogation",
    "reservation",
    "declaration",
    "amendment-proposal",
    "consultation-request",
    "formatted-message",
)

BREACH_ALLEGATION: Final = Act(
    "breach-allegation",
    _("Allegation of a breach"),
    group=REQUESTS,
    summary=_("Says that one or several parties have broken the treaty, and asks for an answer."),
    fields=(
        ActField("against", _("Against"), "parties", is_required=True),
        ActField("article", _("Article said to be broken")),
        ADDRESSEES,
        RESPOND_BY,
        REQUIRED_TEXT,
    ),
)

CONSULTATION_REQUEST: Final = Act(
    "consultation-request",
    _("Request for consultations"),
    group=REQUESTS,
    summary=_("Asks some parties, or all, for consultations or for an explanation."),
    fields=(ARTICLE, ADDRESSEES, RESPOND_BY, REQUIRED_TEXT),
    refers_to=_MATTERS,
)

DIALOGUE_PROPOSAL: Final = Act(
    "dialogue-proposal",
    _("Proposal of a dialogue"),
    group=REQUESTS,
    summary=_("Proposes talks to some parties, or to all."),
    fields=(ADDRESSEES, RESPOND_BY, REQUIRED_TEXT),
    refers_to=_MATTERS,
)

ASSURANCE_REQUEST: Final = Act(
    "assurance-request",
    _("Request for assurances"),
    group=REQUESTS,
    summary=_("Asks some parties, or all, for an assurance by a day."),
    fields=(ADDRESSEES, RESPOND_BY, REQUIRED_TEXT),
    refers_to=_MATTERS,
)

CONFERENCE_REQUEST: Final = Act(
    "conference-request",
    _("Request for a conference"),
    group=CONFERENCES,
    summary=_("Asks the depositaries to convene a conference of the parties."),
    fields=(ARTICLE, TEXT),
    refers_to=_MATTERS,
)

CONFERENCE: Final = Act(
    "conference",
    _("Conference"),
    group=CONFERENCES,
    summary=_("Convenes a conference of the parties, or records the day on which it was held."),
    fields=(
        ActField(
            "held_on",
            _("Day of the conference"),
            "date",
            is_required=True,
            help=_("The day on which it opens, or opened."),
        ),
        ActField("place", _("Place")),
        TEXT,
    ),
    filed_by="depositary",
    refers_to=(*_MATTERS, "conference-request"),
    must_refer=True,
    addressees=("parties",),
)

FORMATTED_MESSAGE: Final = Act(
    "formatted-message",
    _("Formatted message"),
    group=MESSAGES,
    summary=_("Sends a message in an agreed format, such as the notice of a visit or a flight."),
    fields=(
        ActField("format", _("Format"), is_required=True, help=_("Its agreed name or number.")),
        ActField(
            "occurs_at",
            _("Time announced"),
            "instant",
            help=_("When what is announced begins, such as the estimated time of arrival."),
        ),
        ADDRESSEES,
        RESPOND_BY,
        ActField("text", _("Content of the message"), "text", is_required=True),
    ),
    refers_to=("formatted-message", "consultation-request", "instrument"),
)

DEALING: Final = (
    BREACH_ALLEGATION,
    CONSULTATION_REQUEST,
    DIALOGUE_PROPOSAL,
    ASSURANCE_REQUEST,
    CONFERENCE_REQUEST,
    CONFERENCE,
    FORMATTED_MESSAGE,
)
