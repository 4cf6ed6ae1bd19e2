"""One example of every act: what its form is filled with, who gives it, and on what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from notifications.models import Notification
from tests.factories import WITHDRAWAL_FIELDS, Cast, issue_act

CONTRARY = {"against": ["USA"], "respond_by": "2020-06-30", "text": "A breach is alleged."}


@dataclass(frozen=True)
class Sample:
    """The fields of one act; ``on`` is the kind it refers to, given before by ``target_by``."""

    fields: dict[str, Any] = field(default_factory=dict)
    by: str = "USA"
    on: str = ""
    target_by: str = "USA"


SAMPLES: dict[str, Sample] = {
    "withdrawal": Sample(WITHDRAWAL_FIELDS),
    "rescission": Sample({"text": "The notice is taken back."}, on="withdrawal"),
    "suspension": Sample({"article": "II", "text": "Flights are suspended."}),
    "derogation": Sample({"provisions": "III(2)", "reasons": "A public emergency."}),
    "resumption": Sample({"from_on": "2020-06-01"}, on="suspension"),
    "extension": Sample(
        {"clause": "respond_by", "until_on": "2020-07-31", "text": "More time is given."},
        by="RUS",
        on="breach-allegation",
        target_by="RUS",
    ),
    "signature": Sample(
        {"signed_on": "2020-05-20", "signed_by": "Minister", "is_subject_to_ratification": True},
        by="JPN",
    ),
    "instrument": Sample({"mode": "accession", "signed_by": "Minister"}, by="JPN"),
    "reservation": Sample({"provision": "III(2)", "text": "It does not apply."}),
    "reservation-withdrawal": Sample({"scope": "whole"}, on="reservation"),
    "declaration": Sample({"nature": "interpretative", "text": "It is read so."}),
    "objection": Sample({"text": "We object."}, by="RUS", on="reservation"),
    "amendment-proposal": Sample({"provision": "III(2)", "text": "Another wording."}),
    "acceptance": Sample({"text": "We accept."}, on="amendment-proposal", target_by="RUS"),
    "correction": Sample(
        {"passage": "Signature", "reads": "gives notice", "should_read": "gives due notice"},
        on="withdrawal",
    ),
    "breach-allegation": Sample(CONTRARY, by="RUS"),
    "consultation-request": Sample({"text": "Please explain.", "respond_by": "2020-06-30"}),
    "dialogue-proposal": Sample({"text": "Let us talk."}),
    "assurance-request": Sample({"text": "Assure us.", "respond_by": "2020-06-30"}),
    "conference-request": Sample({"text": "Convene a conference."}, on="withdrawal"),
    "conference": Sample({"held_on": "2020-07-06", "place": "Vienna"}, by="CAN", on="withdrawal"),
    "formatted-message": Sample(
        {"format": "F17", "occurs_at": "2020-06-01T08:30+00:00", "text": "F17//"}
    ),
}


def target_of(cast: Cast, sample: Sample) -> Notification | None:
    """The act that the sample refers to, issued first."""
    if not sample.on:
        return None
    before = SAMPLES[sample.on]
    return issue_act(cast, sample.on, before.fields, code=sample.target_by)
