"""Becoming a party, and on what terms: signature, instrument, reservation, declaration, objection.

Source: VCLT 7, 10–12, 14–16, 18–23, 25; the 1978 Vienna Convention on Succession, Article 22.
"""

from __future__ import annotations

from typing import Final

from notifications.acts.common import (
    FULL_POWERS,
    REASONS,
    REQUIRED_TEXT,
    SIGNED_BY,
    TEXT,
)
from notifications.acts.rules import NeededWhen, OnlyOn, OnlyWhen
from notifications.acts.shape import Act, ActField, _

GROUP: Final = _("Becoming a party, and on what terms")

SIGNATURE: Final = Act(
    "signature",
    _("Signature"),
    group=GROUP,
    summary=_("Records that the treaty was signed, subject to ratification or definitively."),
    fields=(
        ActField("signed_on", _("Signed on"), "date", is_required=True),
        SIGNED_BY,
        FULL_POWERS,
        ActField(
            "is_subject_to_ratification",
            _("Subject to ratification, acceptance or approval"),
            "yes-no",
            help=_("Otherwise the signature expresses consent to be bound (VCLT 12 and 14)."),
        ),
        ActField("place", _("Place")),
        TEXT,
    ),
    by_non_parties=True,
)

INSTRUMENT: Final = Act(
    "instrument",
    _("Instrument"),
    group=GROUP,
    summary=_("Deposits consent to be bound: ratification, accession, acceptance, succession …"),
    fields=(
        ActField(
            "mode",
            _("Kind of instrument"),
            "choice",
            is_required=True,
            choices=(
                ("ratification", _("ratification")),
                ("accession", _("accession")),
                ("acceptance", _("acceptance")),
                ("approval", _("approval")),
                ("succession", _("succession")),
                ("provisional-application", _("provisional application")),
            ),
        ),
        SIGNED_BY,
        FULL_POWERS,
        ActField(
            "predecessor",
            _("Predecessor"),
            "party",
            help=_("The state whose participation is taken over, of a succession alone."),
        ),
        ActField(
            "succession_on",
            _("Date of succession"),
            "date",
            help=_("The treaty is in force for the successor from this day on."),
        ),
        ActField("from_on", _("Applied provisionally from"), "date", help=_("VCLT 25(1).")),
        TEXT,
    ),
    by_non_parties=True,
    rules=(
        NeededWhen(
            "predecessor",
            "mode",
            _("Predecessor: name the state that is succeeded to."),
            value="succession",
        ),
        NeededWhen(
            "succession_on",
            "mode",
            _("Date of succession: name the day of the succession."),
            value="succession",
        ),
        OnlyWhen(
            "predecessor",
            "mode",
            "succession",
            _("Predecessor: this stands in a succession alone."),
        ),
        OnlyWhen(
            "succession_on",
            "mode",
            "succession",
            _("Date of succession: this stands in a succession alone."),
        ),
        OnlyWhen(
            "from_on",
            "mode",
            "provisional-application",
            _("Applied provisionally from: this stands in a provisional application alone."),
        ),
    ),
)

RESERVATION: Final = Act(
    "reservation",
    _("Reservation"),
    group=GROUP,
    summary=_("Excludes or modifies the effect of a provision for the party (VCLT 19 and 23)."),
    fields=(
        ActField("provision", _("Provision concerned"), is_required=True),
        ActField(
            "is_confirmation",
            _("Confirms a reservation made on signature"),
            "yes-no",
            help=_("It has to be confirmed with the consent to be bound (VCLT 23(2))."),
        ),
        ActField("text", _("Text of the reservation"), "text", is_required=True),
    ),
    refers_to=("signature", "instrument", "reservation"),
    by_non_parties=True,
    by_its_sender=True,
)

RESERVATION_WITHDRAWAL: Final = Act(
    "reservation-withdrawal",
    _("Withdrawal of a reservation"),
    group=GROUP,
    summary=_(
        "Takes a reservation back, whole or in part; this is possible at any time (VCLT 22)."
    ),
    fields=(
        ActField(
            "scope",
            _("How much is withdrawn"),
            "choice",
            is_required=True,
            choices=(("whole", _("all of it")), ("part", _("a part of it"))),
        ),
        ActField("provision", _("Part withdrawn")),
        TEXT,
    ),
    refers_to=("reservation",),
    must_refer=True,
    by_non_parties=True,
    by_its_sender=True,
    rules=(
        NeededWhen("provision", "scope", _("Part withdrawn: say which part it is."), value="part"),
    ),
)

DECLARATION: Final = Act(
    "declaration",
    _("Declaration"),
    group=GROUP,
    summary=_(
        "States how the party reads the treaty, or what it accepts under one of its clauses."
    ),
    fields=(
        ActField(
            "nature",
            _("Kind of declaration"),
            "choice",
            choices=(
                ("interpretative", _("interpretative declaration")),
                ("optional-clause", _("under an optional clause")),
                ("territorial", _("on the territories concerned")),
                ("other", _("another declaration")),
            ),
        ),
        ActField("provision", _("Provision concerned")),
        ActField("text", _("Text of the declaration"), "text", is_required=True),
    ),
    refers_to=("signature", "instrument", "declaration"),
    by_non_parties=True,
)

OBJECTION: Final = Act(
    "objection",
    _("Objection"),
    group=GROUP,
    summary=_("Objects to a reservation, a declaration, a proposal or another act of a party."),
    fields=(
        ActField(
            "opposes_entry_into_force",
            _("Opposes the entry into force of the treaty between the two"),
            "yes-no",
            help=_("Said definitely, the treaty is not in force between them (VCLT 20(4)(b))."),
        ),
        REASONS,
        REQUIRED_TEXT,
    ),
    refers_to=(
        "reservation",
        "declaration",
        "amendment-proposal",
        "withdrawal",
        "suspension",
        "derogation",
        "instrument",
        "correction",
        "extension",
        "formatted-message",
    ),
    must_refer=True,
    by_another=True,
    by_non_parties=True,
    rules=(
        OnlyOn(
            "opposes_entry_into_force",
            ("reservation", "declaration", "instrument"),
            _("Only an objection to a reservation, a declaration or an instrument can oppose it."),
        ),
    ),
)

JOINING: Final = (
    SIGNATURE,
    INSTRUMENT,
    RESERVATION,
    RESERVATION_WITHDRAWAL,
    DECLARATION,
    OBJECTION,
)
