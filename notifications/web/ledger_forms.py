"""The forms of the ledger, of receipts and of one clock: what was typed goes to the services."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.models import Fact
from notifications.web.form_fields import Token, choice, day, hour, line, number, text
from notifications.web.forms import DomainForm
from notifications.web.names import Named

Choices = list[tuple[str, str]]

# What a person can record; dates registered and objections have forms of their own.
KINDS = (
    Fact.Kind.STOP,
    Fact.Kind.EXTENSION,
    Fact.Kind.ARMED_CONFLICT,
    Fact.Kind.INFORMED,
    Fact.Kind.REGISTERED,
)


class FactForm(DomainForm):
    """A further entry of the ledger; ``uid`` tells a second click from a second entry."""

    uid = Token()
    kind = choice(
        label=_("What happened"),
        choices=[("", _("Choose")), *((kind.value, kind.label) for kind in KINDS)],
        is_asked=True,
    )
    on = day(
        label=_("From"),
        is_asked=True,
        help_text=_("The first day. Of an extension, the day on which it was granted."),
    )
    until = day(
        label=_("Until"),
        help_text=_(
            "The first day on which it is over, empty as long as it lasts. Of an extension, the "
            "new date."
        ),
    )
    days = number(
        label=_("Extended by days"), help_text=_("For an extension, in place of a new date.")
    )
    reason = text(
        label=_("Reason"),
        is_asked=True,
        help_text=_("It is shown with every date that it moves, and kept for good."),
        rows=3,
    )
    source = line(label=_("Source"))

    def __init__(
        self, *, clocks: Choices, acts: Choices, parties: list[Named], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.fields["deadline"] = choice(
            label=_("Clock"),
            choices=[("", _("Every clock of this matter")), *clocks],
            help_text=_("An armed conflict concerns every clock that it keeps open."),
        )
        self.fields["party"] = choice(
            label=_("Party"),
            choices=[("", _("No party in particular")), *((p.code, p.name) for p in parties)],
            help_text=_("Whose armed conflict it is, or which party was informed."),
        )
        self.fields["notification"] = choice(
            label=_("Notification"),
            choices=[("", _("None in particular")), *acts],
            help_text=_("Of which a party was informed, or that was registered."),
        )
        self.order_fields(
            ["uid", "kind", "deadline", "party", "notification", "on", "until", "days"]
        )


class EndForm(DomainForm):
    """When something that lasts was over."""

    until = day(
        label=_("Over since"),
        is_asked=True,
        help_text=_("The first day without it: from this day on the clock runs again."),
    )
    reason = text(
        label=_("Reason"), help_text=_("Leave empty to keep the reason of the entry."), rows=2
    )


class ReceiptDayForm(DomainForm):
    """Another day of receipt, with the reason for it."""

    on = day(label=_("Received on"), is_asked=True)
    at = hour(
        label=_("Hour of receipt"),
        help_text=_("In the treaty’s zone. Needed where a time-limit counts hours."),
    )
    reason = text(label=_("Reason"), is_asked=True, rows=3)


class OverrideForm(DomainForm):
    """Another date that the depositary registers."""

    on = day(
        label=_("Date registered"),
        is_asked=True,
        help_text=_("It takes the place of the date that was counted; both are kept and shown."),
    )
    reason = text(label=_("Reason"), is_asked=True, rows=3)


class ObjectionForm(DomainForm):
    """A party objects to the date that the depositary registered."""

    reason = text(label=_("Reason of the objection"), is_asked=True, rows=3)

    def __init__(self, *, parties: list[Named], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(parties) > 1:
            self.fields["party"] = choice(
                label=_("On behalf of"),
                choices=[(party.code, party.name) for party in parties],
                is_asked=True,
            )


class OutcomeForm(DomainForm):
    """What the silence is found to mean."""

    reason = text(label=_("Reason"), help_text=_("Needed where the outcome is declined."), rows=3)
