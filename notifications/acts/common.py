"""Fields that several acts share, and those that every act may carry besides its own."""

from __future__ import annotations

from typing import Final

from notifications.acts.shape import CAPACITY, ActField, _

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
# What a replay keeps of a required line that its source does not hold.
NOT_STATED: Final = _("not stated in the source")
ARTICLE: Final = ActField("article", _("Article relied on"))
REASONS: Final = ActField("reasons", _("Statement of reasons"), "text")
SIGNED_BY: Final = ActField(
    "signed_by",
    _("Signed by"),
    is_required=True,
    help=_("Name and office of the person who signed the note (VCLT 67(2))."),
)
FULL_POWERS: Final = ActField(
    "has_full_powers",
    _("Full powers came with the note"),
    "yes-no",
    help=_("Not needed from a head of state, head of government or foreign minister."),
)

JOINT_WITH: Final = ActField(
    "joint_with",
    _("Joint with"),
    "parties",
    help=_("Who gives this act together with you: each has to agree before it can be issued."),
)

# Keys that every act may carry besides its own.
EVERY: Final = (
    TEXT,
    JOINT_WITH,
    ActField("in_force_for_party", _("In force for the party since"), "date"),
    ActField("confirmed", _("Confirmed"), "parties"),
    ActField("visibility", _("Who may read it"), "visibility"),
)

# Never typed: the service that drafts an act says in which capacity it is given.
CAPACITY_FIELD: Final = ActField(
    CAPACITY,
    _("Given as"),
    "choice",
    choices=(("party", _("a party")), ("depositary", _("the depositary"))),
)
