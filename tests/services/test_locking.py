"""A stop for a whole matter and an act that is issued in it come one after the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.services.issuing import issue_notification
from notifications.services.ledger import record_fact
from tests.factories import NOW, Cast, issue, us_draft
from tests.services.acting import as_depositary, draft_of, sent
from tests.services.ledgers import at, day

CASE_LOCKED = ('FOR NO KEY UPDATE OF "notifications_case"', 'FROM "notifications_case" WHERE')


def statements(do: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as done:
        do()
    return [query["sql"] for query in done]


def place(found: list[str], *words: str) -> int:
    """Where the first statement with one of these words stands."""
    return next(no for no, sql in enumerate(found) if any(word in sql for word in words))


def is_locked_before(found: list[str], read: str) -> bool:
    locked = [no for no, sql in enumerate(found) if "FOR NO KEY UPDATE" in sql and _of_case(sql)]
    return bool(locked) and locked[0] < place(found, read)


def _of_case(sql: str) -> bool:
    return any(words in sql for words in CASE_LOCKED)


@pytest.mark.postgresql_only
def test_an_act_locks_its_case_before_it_reads_the_ledger(cast: Cast) -> None:
    drafts = (
        us_draft(cast),
        sent(draft_of(cast, "objection", "RUS", refers_to=issue(cast), text="No.")),
    )
    for draft, head in zip(drafts, (cast.us_head, cast.russian_head), strict=True):
        found = statements(lambda d=draft, h=head: issue_notification(draft=d, actor=h, now=NOW))
        assert is_locked_before(found, '"notifications_fact"')


@pytest.mark.postgresql_only
def test_so_does_what_a_depositary_files_at_once(cast: Cast) -> None:
    notice = issue(cast)
    more = {"refers_to": notice, "held_on": "2020-07-06", "text": "Come."}
    found = statements(lambda: as_depositary(cast, "conference", **more))
    assert is_locked_before(found, '"notifications_fact"')


@pytest.mark.postgresql_only
def test_a_fact_of_a_matter_locks_it_before_it_reads_its_acts(cast: Cast) -> None:
    case = issue(cast).case
    found = statements(
        lambda: record_fact(
            case=case,
            kind="stop",
            on=day("2020-06-01"),
            until=None,
            reason="talks",
            actor=cast.canadian_officer,
            now=at("2020-06-01"),
        )
    )
    assert is_locked_before(found, 'FROM "notifications_progress"')
