"""The secretariat on every page: it reads what is not restricted, and does what is its own."""

from __future__ import annotations

import pytest

from notifications.models import Role
from tests.factories import Cast, make_user
from tests.web.matrix import MATRIX, Line
from tests.web.test_access import Records, answer, records

__all__ = ["records"]

# Where it is answered otherwise than an administrator, who reads the same acts and files none.
OWN: dict[tuple[str, str, str], int] = {
    ("GET", "paper-note", ""): 200,
    ("POST", "paper-note", ""): 200,
    ("GET", "incoming-mail", ""): 200,
    ("GET", "incoming-mail-one", "spam"): 200,
    ("GET", "incoming-mail-file", "spam"): 200,
    ("GET", "defect", "own"): 200,
    ("POST", "defect", "own"): 302,
    ("GET", "defect", "other"): 200,
    ("GET", "attachment", "hidden-scan"): 200,
    **{("GET", f"mailbox-{part}", "mail"): 404 for part in ("message", "html", "calendar")},
}


def expected(line: Line) -> int:
    """What the secretariat gets by a line of the matrix."""
    code = OWN.get((line.method, line.page, line.record), line.expected["administrator"])
    return 404 if line.page.startswith("admin") else code


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_secretariat_gets_at_every_page_what_is_said_here(
    cast: Cast, records: Records, method: str
) -> None:
    vars(cast)["secretary"] = make_user("Samuel Secretary", "UNO", Role.SECRETARIAT)
    wrong = [
        f"{line.method} {line.page} of {line.record or 'nothing'}: {got}, not {expected(line)}"
        for line in MATRIX
        if line.method == method
        and (got := answer(line, "secretary", cast, records)) != expected(line)
    ]
    assert wrong == []
