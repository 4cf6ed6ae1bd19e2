"""The register: the chain of events, the triggers that seal its rows, and the proof of both."""

from notifications.register.chain import Entry, append, canonical, content, digest_of, plain, sealed
from notifications.register.triggers import (
    Trigger,
    drop_triggers,
    install_triggers,
    missing_triggers,
    registry,
)
from notifications.register.verify import Report, verify

__all__ = [
    "Entry",
    "Report",
    "Trigger",
    "append",
    "canonical",
    "content",
    "digest_of",
    "drop_triggers",
    "install_triggers",
    "missing_triggers",
    "plain",
    "registry",
    "sealed",
    "verify",
]
