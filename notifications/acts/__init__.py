"""The acts a party or a depositary can notify, as data: what each asks for and whom it goes to.

Pure data: no Django, no clock, no I/O. Labels are message ids; the doors translate them.
Source: the 1969 Vienna Convention on the Law of Treaties (VCLT).
"""

from __future__ import annotations

from typing import Final

from notifications.acts.dealing import DEALING
from notifications.acts.joining import JOINING
from notifications.acts.leaving import LEAVING
from notifications.acts.shape import Act, ActField, _, is_by_depositary
from notifications.acts.wording import WORDING

ACTS: Final[dict[str, Act]] = {act.kind: act for act in (*LEAVING, *JOINING, *WORDING, *DEALING)}

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

__all__ = ["ACTS", "POSITIONS", "VOIDING", "Act", "ActField", "is_by_depositary"]
