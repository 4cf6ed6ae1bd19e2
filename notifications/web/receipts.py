"""The receipts of a notification: every date that was registered, corrected or disputed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications import permissions
from notifications.errors import DomainError
from notifications.models import Counted, Receipt, counted
from notifications.services.receiving import correct_receipt, dispute_receipt
from notifications.web.acting import Hand, day_typed, instant_typed
from notifications.web.clock import day_of, person, read_clock
from notifications.web.kept import DO, keeps_typed
from notifications.web.ledger_forms import ReceiptDayForm
from notifications.web.names import party_names
from notifications.web.notification import readable

CORRECT, DISPUTE = "correct", "dispute"


@dataclass(frozen=True)
class Received:
    """What is known of the receipt by one party: the date that counts, a claim, every row."""

    name: str
    counted: Counted
    rows: list[Receipt]
    corrects: bool
    disputes: bool

    @property
    def standing(self) -> Receipt:
        """The newest row."""
        return self.rows[-1]


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct the day of a receipt, or state another one; everybody sees what was said when."""
    hand = _hand(request, uid)
    found = _found(hand)
    chosen, wanted = _chosen(hand, found)
    kept = {} if hand.acts or request.method != "POST" else request.POST.dict()
    form = ReceiptDayForm(data=hand.data if hand.acts and chosen else None, initial=kept)
    if hand.acts:
        if chosen is None:
            raise Http404
        if form.is_valid():
            try:
                return _record(hand, chosen, wanted, form)
            except DomainError as error:
                form.refuse(error)
    return hand.show(
        "notifications/receipts.html", found=found, chosen=chosen, wanted=wanted, form=form
    )


def _hand(request: HttpRequest, uid: UUID) -> Hand:
    """The notification, of a replayed case too: its receipts are there to be read."""
    user, now = person(request), read_clock()
    act = readable(user, day_of(now), uid)
    return Hand(request, user, now, day_of(now, act.zone), party_names(request), act)


def _found(hand: Hand) -> list[Received]:
    act = hand.notification
    rows = list(act.receipts.select_related("entered_by").order_by("pk"))
    is_live = act.case.is_live
    able = permissions.receiving_parties(hand.user, act, hand.today) if is_live else []
    corrects = {party.pk for party in able}
    disputes = is_live and permissions.can_dispute_receipt(hand.user, act, hand.today)
    known = counted(rows)
    return [
        Received(
            name=named.name,
            counted=known[named.pk],
            rows=[row for row in rows if row.party_id == named.pk],
            corrects=named.pk in corrects,
            disputes=disputes,
        )
        for named in hand.names.sort(known)
    ]


def _chosen(hand: Hand, found: list[Received]) -> tuple[Received | None, str]:
    """Which receipt the form is about, and what it does; none where the person may do neither."""
    asked = hand.request.POST if hand.request.method == "POST" else hand.request.GET
    wanted = asked.get("what", asked.get(DO, ""))
    for received in found:
        if str(received.standing.pk) != asked.get("row", ""):
            continue
        able = {CORRECT: received.corrects, DISPUTE: received.disputes}
        if able.get(wanted):
            return received, wanted
    return None, ""


def _record(hand: Hand, chosen: Received, wanted: str, form: ReceiptDayForm) -> HttpResponse:
    on, reason = day_typed(form, "on"), form.cleaned_data["reason"]
    standing = chosen.standing
    standing.notification = hand.notification
    if wanted == CORRECT:
        at = instant_typed(form, on, hand.notification.zone)
        correct_receipt(
            receipt=standing, on=on, reason=reason, actor=hand.user, now=hand.now, at=at
        )
        return hand.done(gettext("Corrected: clocks that count from it were counted anew."))
    dispute_receipt(
        notification=hand.notification,
        party=standing.party,
        on=on,
        reason=reason,
        actor=hand.user,
        now=hand.now,
    )
    return hand.done(gettext("Recorded: both dates stand, and the clocks say that it is disputed."))
