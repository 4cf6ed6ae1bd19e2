"""The lives of a draft, a notification, a deadline and a message, as data: states and transitions.

Pure data, free of side effects. Each transition is a triple (from, verb, to).
"""

from __future__ import annotations

from typing import Final

Transition = tuple[str, str, str]


def _(message: str) -> str:
    """Mark a message id for translation at the door."""
    return message


DRAFT_STATES: Final[dict[str, str]] = {
    "draft": _("draft"),
    "awaiting-approval": _("awaiting approval"),
    "returned": _("returned"),
    "issued": _("issued"),
    "discarded": _("discarded"),
}
DRAFT: Final[frozenset[Transition]] = frozenset(
    {
        ("draft", "edit", "draft"),
        ("returned", "edit", "returned"),
        ("draft", "send-for-approval", "awaiting-approval"),
        ("returned", "send-for-approval", "awaiting-approval"),
        ("draft", "discard", "discarded"),
        ("returned", "discard", "discarded"),
        ("awaiting-approval", "return", "returned"),
        ("awaiting-approval", "issue", "issued"),
    }
)

NOTIFICATION_STATES: Final[dict[str, str]] = {
    "issued": _("issued"),
    "received": _("received"),
    "circulated": _("circulated"),
    "closed": _("closed"),
}
NOTIFICATION: Final[frozenset[Transition]] = frozenset(
    {
        ("issued", "receive", "received"),
        ("received", "receive", "received"),
        ("circulated", "receive", "circulated"),
        ("closed", "receive", "closed"),
        ("received", "circulate", "circulated"),
        ("received", "close", "closed"),
        ("circulated", "close", "closed"),
    }
)

DEADLINE_STATES: Final[dict[str, str]] = {
    "awaiting": _("awaiting a fact"),
    "running": _("running"),
    "met": _("met"),
    "lapsed": _("lapsed"),
    "effective": _("effective"),
    "void": _("void"),
    "open": _("open: its end waits for a fact"),
    "suspended": _("stopped by agreement"),
    "disputed": _("disputed"),
    "premature": _("too early: the act is not admitted yet"),
    "too-late": _("too late: the act is admitted no more"),
}
COUNTING: Final = ("running", "disputed")
HELD: Final = ("suspended", "open")
UNFINISHED: Final = ("awaiting", "running", "open", "suspended", "disputed")
# The act came at a time at which its clause does not admit it: only another fact changes that.
UNTIMELY: Final = ("premature", "too-late")
DEADLINE: Final[frozenset[Transition]] = frozenset(
    {
        ("awaiting", "start", "running"),
        ("awaiting", "hold-open", "open"),
        ("awaiting", "suspend", "suspended"),
        ("awaiting", "dispute", "disputed"),
        ("awaiting", "meet", "met"),
        ("awaiting", "void", "void"),
        ("running", "move", "running"),
        ("running", "hold-open", "open"),
        ("running", "suspend", "suspended"),
        ("running", "dispute", "disputed"),
        ("running", "await", "awaiting"),
        ("running", "meet", "met"),
        ("running", "lapse", "lapsed"),
        ("running", "take-effect", "effective"),
        ("running", "void", "void"),
        ("suspended", "move", "suspended"),
        ("suspended", "start", "running"),
        ("suspended", "hold-open", "open"),
        ("suspended", "dispute", "disputed"),
        ("suspended", "meet", "met"),
        ("suspended", "void", "void"),
        ("open", "move", "open"),
        ("open", "start", "running"),
        ("open", "suspend", "suspended"),
        ("open", "dispute", "disputed"),
        ("open", "meet", "met"),
        ("open", "void", "void"),
        ("disputed", "move", "disputed"),
        ("disputed", "start", "running"),
        ("disputed", "hold-open", "open"),
        ("disputed", "suspend", "suspended"),
        ("disputed", "take-effect", "effective"),
        ("disputed", "lapse", "lapsed"),
        ("disputed", "meet", "met"),
        ("disputed", "void", "void"),
        ("lapsed", "meet", "met"),
        ("lapsed", "start", "running"),
        ("lapsed", "hold-open", "open"),
        ("lapsed", "suspend", "suspended"),
        ("lapsed", "dispute", "disputed"),
        ("running", "pass-target", "open"),
        ("disputed", "pass-target", "open"),
        ("lapsed", "await", "awaiting"),
        ("suspended", "await", "awaiting"),
        ("open", "await", "awaiting"),
        ("disputed", "await", "awaiting"),
        ("awaiting", "find-premature", "premature"),
        ("awaiting", "find-too-late", "too-late"),
        ("running", "find-premature", "premature"),
        ("running", "find-too-late", "too-late"),
        ("suspended", "find-premature", "premature"),
        ("suspended", "find-too-late", "too-late"),
        ("open", "find-premature", "premature"),
        ("open", "find-too-late", "too-late"),
        ("disputed", "find-premature", "premature"),
        ("disputed", "find-too-late", "too-late"),
        ("lapsed", "find-premature", "premature"),
        ("lapsed", "find-too-late", "too-late"),
        ("void", "start", "running"),
        ("void", "await", "awaiting"),
        ("void", "hold-open", "open"),
        ("void", "suspend", "suspended"),
        ("void", "dispute", "disputed"),
        ("void", "find-premature", "premature"),
        ("void", "find-too-late", "too-late"),
        ("premature", "start", "running"),
        ("premature", "await", "awaiting"),
        ("premature", "hold-open", "open"),
        ("premature", "suspend", "suspended"),
        ("premature", "dispute", "disputed"),
        ("premature", "find-too-late", "too-late"),
        ("premature", "void", "void"),
        ("too-late", "start", "running"),
        ("too-late", "await", "awaiting"),
        ("too-late", "hold-open", "open"),
        ("too-late", "suspend", "suspended"),
        ("too-late", "dispute", "disputed"),
        ("too-late", "find-premature", "premature"),
        ("too-late", "void", "void"),
    }
)

MESSAGE_STATES: Final[dict[str, str]] = {
    "pending": _("waiting to be sent"),
    "accepted": _("accepted by the server"),
    "sent": _("sent"),
    "failed": _("could not be delivered"),
    "void": _("void"),
}


def follow(machine: frozenset[Transition], state: str, verb: str) -> str | None:
    """The state that ``verb`` leads to from ``state``; None where the machine has no such step."""
    return next((to for start, name, to in machine if (start, name) == (state, verb)), None)


def sources(machine: frozenset[Transition], verb: str) -> list[str]:
    """The states from which ``verb`` is possible, in alphabetical order."""
    return sorted(start for start, name, _to in machine if name == verb)
