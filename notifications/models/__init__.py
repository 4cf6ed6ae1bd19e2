"""The tables (model.md): one module a subject, the QuerySet above its model."""

from notifications.models.cases import Case, CaseParty, Draft, members_of
from notifications.models.clauses import Clause, ClauseVersion
from notifications.models.clocks import Deadline, DeadlineVersion
from notifications.models.events import Counter, Event, RegisterHead
from notifications.models.notification import (
    Circulation,
    Notification,
    Progress,
    Receipt,
    Sender,
    Transmission,
    TransmissionReport,
)
from notifications.models.outbox import Alert, Delivery, Message, Rendering
from notifications.models.people import ACTING_ROLES, MISSION_ROLES, Mandate, Role, User
from notifications.models.registry import (
    Participation,
    Party,
    PartyName,
    Treaty,
    TreatyDepositary,
)
from notifications.models.responses import Response, Statement
from notifications.models.sealed import Sealed, SealedQuerySet

__all__ = [
    "ACTING_ROLES",
    "MISSION_ROLES",
    "Alert",
    "Case",
    "CaseParty",
    "Circulation",
    "Clause",
    "ClauseVersion",
    "Counter",
    "Deadline",
    "DeadlineVersion",
    "Delivery",
    "Draft",
    "Event",
    "Mandate",
    "Message",
    "Notification",
    "Participation",
    "Party",
    "PartyName",
    "Progress",
    "Receipt",
    "RegisterHead",
    "Rendering",
    "Response",
    "Role",
    "Sealed",
    "SealedQuerySet",
    "Sender",
    "Statement",
    "Transmission",
    "TransmissionReport",
    "Treaty",
    "TreatyDepositary",
    "User",
    "members_of",
]
