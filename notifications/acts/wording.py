"""Changing or correcting a text: amendment, acceptance, correction. Source: VCLT 20, 40, 79."""

from __future__ import annotations

from typing import Final

from notifications.acts.common import REASONS, RESPOND_BY, TEXT
from notifications.acts.joining import JOINING
from notifications.acts.leaving import LEAVING
from notifications.acts.shape import Act, ActField, _

GROUP: Final = _("The text of the treaty, and of a note")

AMENDMENT_PROPOSAL: Final = Act(
    "amendment-proposal",
    _("Proposal of an amendment"),
    group=GROUP,
    summary=_("Proposes to all parties another wording of a provision (VCLT 40)."),
    fields=(
        ActField("provision", _("Provision to be amended"), is_required=True),
        ActField("text", _("Text proposed"), "text", is_required=True),
        REASONS,
        RESPOND_BY,
    ),
)

ACCEPTANCE: Final = Act(
    "acceptance",
    _("Acceptance"),
    group=GROUP,
    summary=_("Accepts an amendment that was proposed, a reservation or a correction."),
    fields=(ActField("signed_by", _("Signed by")), TEXT),
    refers_to=("amendment-proposal", "reservation", "correction", "extension"),
    must_refer=True,
    by_another=True,
)

_CORRECTED: Final = (
    *(act.kind for act in (*LEAVING, *JOINING)),
    "amendment-proposal",
    "acceptance",
    "correction",
    "breach-allegation",
    "consultation-request",
    "dialogue-proposal",
    "assurance-request",
    "conference-request",
    "conference",
    "formatted-message",
)

CORRECTION: Final = Act(
    "correction",
    _("Correction"),
    group=GROUP,
    summary=_(
        "Corrects an error in a note already issued, or in the text of the treaty (VCLT 79)."
    ),
    fields=(
        ActField("passage", _("What is corrected"), is_required=True),
        ActField("reads", _("It reads"), "text", is_required=True),
        ActField("should_read", _("It should read"), "text", is_required=True),
        TEXT,
    ),
    also_by=("depositary",),
    refers_to=_CORRECTED,
    by_its_sender=True,
)

WORDING: Final = (AMENDMENT_PROPOSAL, ACCEPTANCE, CORRECTION)
