"""Where a treaty has no depositary, nobody alone stops or extends a clock against itself."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.errors import NotPermittedError
from notifications.models import Deadline, Fact, Notification, User
from notifications.services.drafting import draft_notification
from notifications.services.issuing import issue_notification
from notifications.services.ledger import end_fact, record_fact
from tests.factories import NOW, Cast, issue, issue_act, make_cast, make_treaty
from tests.services.acting import sent
from tests.services.ledgers import CIRCULATED, EFFECT, at, clock_of, day

ALLEGED = {"against": ["RUS"], "respond_by": "2020-07-21", "text": "A breach."}


@pytest.fixture
def cast(db: None) -> Cast:
    rules = [EFFECT, CIRCULATED]
    return make_cast(make_treaty("pact", members=("USA", "RUS"), depositaries=(), rules=rules))


@pytest.fixture
def request_(cast: Cast) -> Notification:
    """Asked of Russia, which has to answer by 21 July 2020."""
    return issue_act(cast, "breach-allegation", ALLEGED)


def record(actor: User, act: Notification, deadline: Deadline | None, **more: Any) -> Fact:
    said = {
        "case": act.case,
        "kind": "stop",
        "on": day("2020-06-01"),
        "until": None,
        "reason": "agreed",
        "actor": actor,
        "now": at("2020-06-01"),
        "deadline": deadline,
    }
    return record_fact(**{**said, **more})


@pytest.mark.parametrize("more", [{}, {"kind": "extension", "days": 10}])
def test_the_party_that_bears_it_moves_no_clock_and_the_other_one_does(
    cast: Cast, request_: Notification, more: dict[str, Any]
) -> None:
    limit = request_.deadlines.with_reasons().get()
    with pytest.raises(NotPermittedError, match="another party records"):
        record(cast.russian_head, request_, limit, **more)
    assert not Fact.objects.exists()

    record(cast.us_head, request_, limit, **more)

    assert Fact.objects.filter(deadline=limit).exists()


def test_nor_does_it_stop_the_whole_matter_or_lengthen_the_stop_by_its_end(
    cast: Cast, request_: Notification
) -> None:
    with pytest.raises(NotPermittedError, match="another party records"):
        record(cast.russian_head, request_, None)
    stop = record(cast.us_head, request_, None)
    ended = {"fact": stop, "until": day("2020-06-11"), "reason": "", "now": at("2020-06-11")}
    with pytest.raises(NotPermittedError):
        end_fact(**ended, actor=cast.russian_head)
    end_fact(**ended, actor=cast.us_head)
    assert request_.deadlines.with_reasons().get().version.due_on == day("2020-07-31")


def test_a_clock_that_nobody_bears_alone_is_stopped_by_any_party(cast: Cast) -> None:
    notice = issue(cast)
    shared = clock_of(notice, "xx-6")
    assert shared.bearer is None
    assert record(cast.us_head, notice, shared, until=day("2020-06-02"))
    later = {"on": day("2020-06-03"), "now": at("2020-06-03")}
    assert record(cast.russian_head, notice, shared, **later)
    with pytest.raises(NotPermittedError):
        record(cast.us_head, notice, clock_of(notice, "xv-2"))


def test_a_clock_of_an_act_that_the_person_may_not_read_is_unknown_to_it(db: None) -> None:
    members = ("USA", "RUS", "JPN")
    cast = make_cast(make_treaty("pact", members=members, depositaries=(), rules=[EFFECT]))
    notice = issue(cast)
    draft = draft_notification(
        treaty=cast.treaty,
        party=cast.party("USA"),
        act="breach-allegation",
        fields={**ALLEGED, "visibility": "restricted", "addressees": ["RUS"]},
        actor=cast.us_drafter,
        now=NOW,
        case=notice.case,
    )
    hidden = issue_notification(draft=sent(draft), actor=cast.us_head, now=NOW)
    limit = hidden.deadlines.with_reasons().get(origin="respond_by")
    assert record(cast.japanese_drafter, notice, clock_of(notice, "xv-2"))
    registered = {"kind": "registered", "on": day("2020-05-23")}
    for more in ({"deadline": limit}, {**registered, "notification": hidden}):
        with pytest.raises(NotPermittedError, match="cannot record a fact in this case"):
            record(cast.japanese_drafter, notice, more.pop("deadline", None), **more)
