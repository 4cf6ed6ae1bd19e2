"""What an act is made of: its fields, its words, what it may refer to, its rules.

Pure data: no Django, no clock, no I/O. Labels are message ids; the doors translate them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from notifications.acts.rules import Rule

# What a field holds in ``fields``: one line or several; an ISO date; an ISO instant with its
# offset; true; a whole number from 1 on; one of ``choices``; one party's code; a list of codes; a
# clause of the treaty by its id (or ``respond_by``, the limit a sender set); who may read it.
Kind = Literal[
    "line",
    "text",
    "date",
    "instant",
    "yes-no",
    "number",
    "choice",
    "party",
    "parties",
    "clause",
    "visibility",
]
Filer = Literal["party", "depositary"]


def _(message: str) -> str:
    """Mark a message id for translation at the door."""
    return message


@dataclass(frozen=True)
class ActField:
    """One field of an act: its key in ``fields``, its label, its kind, whether it is required.

    ``choices`` are pairs of value and label, of the kind ``choice`` alone.
    """

    name: str
    label: str
    kind: Kind = "line"
    is_required: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def said(self, value: str) -> str:
        """The label (message id) of a chosen value; the value itself where it is none of them."""
        return dict(self.choices).get(value, value)


@dataclass(frozen=True)
class Act:
    """One kind of notification.

    ``group`` and ``summary`` (message ids) are for the menu of acts. ``refers_to`` lists the acts
    it may point back to (empty: none); ``must_refer`` says that it has to. ``addressees`` are
    roles: ``depositaries``, ``parties``. ``also_by`` names who may file it besides ``filed_by``;
    ``by_non_parties`` says that who is no party (yet) may give it; ``by_its_sender`` that only who
    gave the act it refers to can, ``by_another`` that who gave that one cannot.
    """

    kind: str
    title: str
    group: str
    summary: str
    fields: tuple[ActField, ...] = ()
    filed_by: Filer = "party"
    also_by: tuple[Filer, ...] = ()
    refers_to: tuple[str, ...] = ()
    must_refer: bool = False
    addressees: tuple[str, ...] = ("depositaries", "parties")
    by_non_parties: bool = False
    by_its_sender: bool = False
    by_another: bool = False
    rules: tuple[Rule, ...] = ()

    @property
    def filers(self) -> tuple[Filer, ...]:
        """Everybody who may file it: the usual one first."""
        return (self.filed_by, *self.also_by)

    def field(self, name: str) -> ActField | None:
        """The field of that name, where the act has one."""
        return next((field for field in self.fields if field.name == name), None)


CAPACITY = "capacity"


def is_by_depositary(act: Act, fields: Mapping[str, Any]) -> bool:
    """Whether an act was given by a depositary as such, by one person and circulated at once.

    Canada, a party to the treaty that it keeps, gives some acts as the one and some as the other:
    ``fields`` says so under ``capacity`` where the kind of the act does not.
    """
    return act.filed_by == "depositary" or fields.get(CAPACITY) == "depositary"
