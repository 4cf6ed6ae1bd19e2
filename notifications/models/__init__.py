"""The tables (model.md): one module a subject, the QuerySet above its model."""

from notifications.models.alerts import Alert
from notifications.models.cases import Case, CaseParty, Concurrence, Draft, members_of
from notifications.models.clauses import Clause, ClauseVersion
from notifications.models.clocks import Deadline, DeadlineVersion, columns_of
from notifications.models.events import Counter, Event, RegisterHead
from notifications.models.incoming import IncomingMail, MailedAnswer
from notifications.models.ledger import Fact, Outcome, dealt_with
from notifications.models.notification import (
    Circulation,
    Notification,
    Progress,
    Sender,
    Transmission,
    TransmissionReport,
    taken_back,
)
from notifications.models.outbox import Delivery, Message, Rendering
from notifications.models.papers import Attachment, Document
from notifications.models.people import ACTING_ROLES, MISSION_ROLES, Mandate, Role, User
from notifications.models.preferences import Contact, Ladder, Preference
from notifications.models.receipts import Counted, Defect, Receipt, counted, unacknowledged
from notifications.models.registry import (
    Participation,
    Party,
    PartyName,
    Succession,
    Treaty,
    TreatyDepositary,
)
from notifications.models.responses import Response, Statement
from notifications.models.sealed import Sealed, SealedQuerySet
from notifications.models.system import Heartbeat

__all__ = [
    "ACTING_ROLES",
    "MISSION_ROLES",
    "Alert",
    "Attachment",
    "Case",
    "CaseParty",
    "Circulation",
    "Clause",
    "ClauseVersion",
    "Concurrence",
    "Contact",
    "Counted",
    "Counter",
    "Deadline",
    "DeadlineVersion",
    "Defect",
    "Delivery",
    "Document",
    "Draft",
    "Event",
    "Fact",
    "Heartbeat",
    "IncomingMail",
    "Ladder",
    "MailedAnswer",
    "Mandate",
    "Message",
    "Notification",
    "Outcome",
    "Participation",
    "Party",
    "PartyName",
    "Preference",
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
    "Succession",
    "Transmission",
    "TransmissionReport",
    "Treaty",
    "TreatyDepositary",
    "User",
    "columns_of",
    "counted",
    "dealt_with",
    "members_of",
    "taken_back",
    "unacknowledged",
]
