"""Drafts on a desk: to write on, to agree to, to issue; and those that wait for others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext

from notifications.acts import ACTS, is_by_depositary
from notifications.models import ACTING_ROLES, MISSION_ROLES, Draft, Role, User
from notifications.web import words
from notifications.web.desk_tasks import Step, Task
from notifications.web.names import PartyNames

WAITING = "awaiting-approval"


class DraftsOfPerson:
    """The mandates of one person, as far as they matter to drafts."""

    def __init__(self, user: User, today: date, names: PartyNames) -> None:
        self.user, self.names = user, names
        self.acting = set(user.party_ids(today, *ACTING_ROLES))
        self.heads = set(user.party_ids(today, Role.HEAD_OF_MISSION))
        self.offices = set(user.party_ids(today, Role.DEPOSITARY_OFFICER))

    def may_write(self, draft: Draft) -> bool:
        """Whether the draft is one of theirs to write on."""
        return draft.party_id in (self.offices if _is_kept(draft) else self.acting)

    def may_issue(self, draft: Draft) -> bool:
        """Whether it waits for this person alone."""
        if _awaited(draft):
            return False
        if _is_kept(draft):
            return draft.party_id in self.offices
        return draft.party_id in self.heads and draft.written_by_id != self.user.pk

    def asked(self, draft: Draft) -> bool:
        """Whether a party of theirs is asked to give it too, and has not agreed yet."""
        able = self.offices if _is_kept(draft) else self.heads
        return bool(_awaited(draft) & able)


def draft_tasks(
    drafts: Iterable[Draft], user: User, today: date, names: PartyNames
) -> Iterator[Task]:
    """What the person can do with these drafts now."""
    person = DraftsOfPerson(user, today, names)
    for draft in drafts:
        if draft.state == WAITING and person.asked(draft):
            reason = gettext("drafted by %(party)s, to be given by your party too")
            said = reason % {"party": names.said(draft.party_id)}
            yield _task(
                draft,
                names,
                verb=gettext("Read, and agree or decline"),
                page="draft-concur",
                reason=said,
            )
        elif draft.state == WAITING and person.may_issue(draft):
            reason = gettext("drafted by %(name)s, waits for you to issue it")
            said = reason % {"name": draft.written_by.name}
            yield _task(
                draft, names, verb=gettext("Read and issue"), page="draft-approval", reason=said
            )
        elif draft.state != WAITING and person.may_write(draft):
            is_back = draft.state == "returned"
            said = gettext("a draft, not yet sent for approval")
            said = gettext("returned with a reason") if is_back else said
            yield _task(draft, names, verb=gettext("Continue"), page="draft", reason=said, rank=4)


def waiting_in_missions(
    drafts: Iterable[Draft], user: User, today: date, names: PartyNames
) -> list[Draft]:
    """Those of the person's own missions and depositaries that wait for somebody else."""
    own = set(user.party_ids(today, *MISSION_ROLES, Role.DEPOSITARY_OFFICER))
    person = DraftsOfPerson(user, today, names)
    waiting = (draft for draft in drafts if draft.state == WAITING and draft.party_id in own)
    return [draft for draft in waiting if not (person.may_issue(draft) or person.asked(draft))]


def _awaited(draft: Draft) -> set[int]:
    """The parties that have not agreed yet; ``desk_items.drafts`` reads their rows with it."""
    return {row.party_id for row in draft.concurrences.all() if row.at is None}


def _is_kept(draft: Draft) -> bool:
    return is_by_depositary(ACTS[draft.act], draft.fields)


def _task(
    draft: Draft, names: PartyNames, *, verb: str, page: str, reason: str, rank: int = 0
) -> Task:
    what = gettext("%(act)s by %(party)s") % {
        "act": words.act_title(draft.act),
        "party": names.said(draft.party_id),
    }
    url = reverse(page, kwargs={"uid": draft.uid})
    step = (Step(verb, url),)
    return Task(what, draft.case.treaty.short_name, step, url, reason, rank=rank)
