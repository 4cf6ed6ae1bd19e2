"""What a mail says: the kind of mail, and the values its templates are filled with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.template import Context, Engine
from django.urls import reverse
from django.utils.translation import gettext

from notifications.acts import ACTS, is_by_depositary
from notifications.emails.act_lines import lines_of
from notifications.emails.background import ACTS_WITH_DATES, Background, TakenBack
from notifications.emails.failures import of_failure
from notifications.emails.of_records import Reader, of_record, quoted
from notifications.emails.telling import Telling, day_at
from notifications.emails.words import (
    act_by,
    act_title,
    article_of,
    bare_date,
    bearer_of,
    called_for,
    cited,
    clock_words,
    deadline_title,
    distance,
    enumerated,
    full_date,
    listed,
    position_title,
    reason_of,
    sentence,
    summary_of,
    within,
    yields_of,
)
from notifications.models import Alert, Deadline, DeadlineVersion, Notification, counted

# A note or a response may be long; its page has all of it.
QUOTED_CHARACTERS = 1500
# These mails bring the act itself to their readers.
NEW_TO_READER: Final = frozenset({Alert.Kind.ISSUED, Alert.Kind.CIRCULATED})


@dataclass(frozen=True)
class Dated:
    """A date with its title, how far it is, and the reason for it."""

    title: str
    when: str
    reason: str


def template_of(alert: Alert) -> str:
    """The folder of the mail's templates."""
    if alert.kind != Alert.Kind.DEADLINE:
        return alert.kind
    stage = alert.stage.partition("-")[0]
    return {"before": "deadline-approaching", "after": "deadline-lapsed"}.get(
        stage, f"deadline-{stage}"
    )


def link_to(notification: Notification) -> str:
    """The address of the notification's page."""
    return (
        f"{settings.TREATYFLOW_BASE_URL}{reverse('notification', kwargs={'uid': notification.uid})}"
    )


class Story(Telling):
    """An alert about an act, or about a date that an act set."""

    def __init__(
        self, alert: Alert, background: Background, language: str, *, at: datetime | None = None
    ) -> None:
        super().__init__(alert, background, language, at=at)
        self.notification = alert.act

    @property
    def folder(self) -> str:
        """The folder of the mail's templates."""
        return "deadline-lapsed" if self.is_over() else template_of(self.alert)

    @property
    def link(self) -> str:
        """The address of the notification's page."""
        return link_to(self.notification)

    def context(self) -> dict[str, Any]:
        """The values of the templates, the same names for every kind of mail."""
        notification = self.notification
        told = {
            **self.frame(),
            "act": act_title(notification.act),
            "act_within": within(act_title(notification.act)),
            "is_withdrawal": notification.act == "withdrawal",
            "act_by": self._act_by(),
            "senders": listed([self.in_text(code) for code in self._sender_codes()]),
            "number": self._number(),
            "link": self.link,
            "lines": list(
                lines_of(
                    notification,
                    number=self._number(),
                    senders=self._senders(),
                    target=self._target(),
                    naming=self._named,
                )
            ),
            "text": self._quoted()[:QUOTED_CHARACTERS],
            "is_cut": len(self._quoted()) > QUOTED_CHARACTERS,
            "dates": list(self._dates()),
            "taken_back": list(self._taken_back()),
            "is_taken_back": self._is_taken_back(),
            **(self._of_deadline() if self.alert.deadline_version else self._of_act()),
            **of_record(self.alert, self.background.records, self._reader()),
            **self._of_failure(),
        }
        return {**told, "means": self._means(told)}

    def _of_failure(self) -> dict[str, Any]:
        """Where the mail is about another one, which reached nobody."""
        failed = self.alert.failed_message
        if failed is None:
            return {}
        version, party = failed.alert.deadline_version, self.in_text(failed.own_party.code)
        title = self._title(version) if version else ""
        told = of_failure(self.alert, self.background.failures, title=title, party=party)
        return {**told, "about_short": self._act_by()}

    def _means(self, told: dict[str, Any]) -> str:
        """What the act means for its reader, where it is new to them: in words of its own."""
        if self.alert.kind not in NEW_TO_READER:
            return ""
        template = Engine.get_default().get_template(f"emails/acts/{self.notification.act}.txt")
        return template.render(Context(told, autoescape=False)).strip()

    def _reader(self) -> Reader:
        return Reader(self.in_text, self.sorted)

    def title(self) -> str:
        """What the alert's deadline is, for the calendar."""
        version = self.version()
        return gettext("%(treaty)s: %(title)s – %(senders)s") % {
            "treaty": self.notification.treaty.short_name,
            "title": self._title(version),
            "senders": self._senders(),
        }

    def _title(self, version: DeadlineVersion) -> str:
        return deadline_title(self.notification.act, version)

    def _senders(self) -> str:
        return enumerated(self.name(code) for code in self._sender_codes())

    def _act_by(self, act: Notification | None = None) -> str:
        act = act or self.notification
        by = listed([self.in_text(code) for code in self._sender_codes(act)])
        held_on = act.fields.get("held_on")
        day = date.fromisoformat(held_on) if held_on else None
        return act_by(act.act, by, day)

    def _target(self) -> str:
        """The act that this one refers to; a restricted one to those alone who were told of it."""
        target, secret = self.notification.refers_to, Notification.Visibility.RESTRICTED
        if target is None or secret == target.visibility != self.notification.visibility:
            return ""
        number = _number_of(target)
        told = [sentence(self._act_by(target)), number, full_date(target.given_on)]
        return enumerated(part for part in told if part)

    def _sender_codes(self, act: Notification | None = None) -> list[str]:
        return self.sorted(party.code for party in (act or self.notification).senders.all())

    def _rescissions(self) -> list[TakenBack]:
        """Those given up to the day of which the mail tells."""
        day = self.day(self.notification.zone)
        known = self.background.taken_back.get(self.notification.pk, [])
        return [back for back in known if back.on <= day]

    def _is_taken_back(self) -> bool:
        """Whether all who gave the notice have."""
        back = {code for rescission in self._rescissions() for code in rescission.by}
        return bool(back) and back >= set(self._sender_codes())

    def _taken_back(self) -> Iterator[str]:
        for rescission in self._rescissions():
            yield gettext("It was taken back by %(by)s on %(day)s.") % {
                "by": listed([self.in_text(code) for code in self.sorted(rescission.by)]),
                "day": full_date(rescission.on),
            }

    def _number(self) -> str:
        return _number_of(self.notification)

    def _named(self, codes: list[str]) -> list[str]:
        return [self.name(code) for code in self.sorted(codes)]

    def _dates(self) -> Iterator[Dated]:
        if self.alert.kind not in ACTS_WITH_DATES:
            return
        deadline: Deadline
        for deadline in self.background.dates.get(self.notification.pk, []):
            version = deadline.version
            if version.due_on is None:
                continue
            yield Dated(self._title(version), self._when(version), reason_of(version, self.in_text))

    def _when(self, version: DeadlineVersion) -> str:
        """The date, or the window, and how far it is."""
        if version.due_on is None:
            return ""
        today = self.day(version.zone)
        last = _with_distance(version.due_on, today)
        if version.opens_on is None:
            return last
        if version.opens_on <= today:
            return gettext("the window is open; it closes on %(day)s") % {"day": last}
        return gettext("the window opens on %(opens)s, and closes on %(closes)s") % {
            "opens": _with_distance(version.opens_on, today),
            "closes": last,
        }

    def _of_deadline(self) -> dict[str, Any]:
        version = self.version()
        today, due_on = self.day(version.zone), version.due_on or self.day(version.zone)
        return {
            "yields": yields_of(version),
            "title": self._title(version),
            "title_within": within(self._title(version)),
            "bearer": bearer_of(version.deadline, self.in_text),
            "due": full_date(due_on),
            "due_short": bare_date(due_on),
            "clock": clock_words(version.due_at, version.due_on, version.zone),
            "opens": full_date(version.opens_on) if version.opens_on else "",
            "opens_clock": clock_words(version.opens_at, version.opens_on, version.zone),
            "is_opening": version.opens_on == today,
            "is_past": due_on < today,
            "is_target": version.is_target,
            "distance": distance((due_on - today).days),
            "reason": self.reason(),
            "article": cited(article_of(version)),
            "on_lapse": called_for(version),
            "summary": summary_of(version),
            "zone": version.zone,
        }

    def _of_act(self) -> dict[str, Any]:
        notification, response = self.notification, self.alert.response
        receipts = counted(notification.receipts.all()).values()
        received = {receipt.party.code: receipt.on for receipt, _claim in receipts}
        respond_by = notification.fields.get("respond_by")
        # An act is told of as of its own instant, however late the mail is.
        day = day_at(self.alert.due_at, notification.treaty.zone)
        turns = self.background.turns
        told: dict[str, Any] = {
            "on": full_date(day),
            "given": full_date(notification.given_on),
            "given_short": bare_date(notification.given_on),
            "sent": full_date(day_at(notification.entered_at, notification.treaty.zone)),
            "is_paper": notification.is_paper,
            "who": self.in_text(self.alert.stage),
            "received": full_date(received.get(self.alert.stage, day)),
            "received_short": bare_date(received.get(self.alert.stage, day)),
            "turned": full_date(turns.get((notification.pk, self.alert.stage), day)),
            "respond_by": full_date(date.fromisoformat(respond_by)) if respond_by else "",
            "is_kept": notification.pk in self.background.kept,
            "is_by_depositary": is_by_depositary(ACTS[notification.act], notification.fields),
            "is_conference": bool(notification.fields.get("held_on")),
        }
        if response is not None:
            told |= {
                "who": self.in_text(response.party.code),
                "position": position_title(response.position),
                "is_late": response.is_late,
            }
        return told

    def _quoted(self) -> str:
        """The words of the response, or of the note where it is new to the reader."""
        if self.alert.response is not None:
            return self.alert.response.text
        if self.alert.kind in NEW_TO_READER:
            return self.notification.text
        return quoted(self.alert, self.background.records)


def _number_of(act: Notification) -> str:
    circulation = getattr(act, "circulation", None)
    return str(circulation.number) if circulation else ""


def _with_distance(day: date, today: date) -> str:
    return f"{full_date(day)}, {distance((day - today).days)}"
