"""The page of a clause: preview, impact, and saving what was looked at; no script is needed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.clauses.writing import rule_text
from notifications.models import Clause, ClauseVersion, Deadline, Event
from tests.factories import NOW, XV_2, Cast, add_clause, issue, issue_act, make_cast

NINE = rule_text({**XV_2, "count": [{"add": "P9M"}]})
# A clause that starts a clock for an act which can be restricted.
ANSWER = {
    "id": "xx-5",
    "article": "XX(5)",
    "governs": "breach-allegation",
    "starts": "given",
    "count": [{"add": "P10D"}],
    "yields": "lapse",
}
RESTRICTED = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast alone."""
    return make_cast()


@pytest.fixture
def page(cast: Cast) -> str:
    """The address of XV(2)."""
    clause = Clause.objects.get(treaty=cast.treaty, slug="xv-2")
    return reverse("admin:notifications_clause_change", args=[clause.pk])


def ask(browser: Client, page: str, do: str, rule: str = NINE, **typed: Any) -> Any:
    return browser.post(page, {"rule": rule, "seen": "1", "do": do, **typed})


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(found) for name, found in answer.context["form"].errors.items()}


def test_the_rule_stands_there_as_a_file_has_it(administrator: Client, page: str) -> None:
    shown = administrator.get(page).content.decode()
    assert "count:\n- {add: P6M}" in shown
    assert "article: XV(2)" in shown


def test_a_preview_shows_the_date_and_every_step(administrator: Client, page: str) -> None:
    shown = ask(administrator, page, "preview", given_on="2026-01-31").content.decode()
    assert "31 October 2026" in shown
    assert "+ 9 months" in shown
    assert ClauseVersion.objects.filter(clause__slug="xv-2").count() == 1


def test_a_preview_of_a_window_shows_both_ends(cast: Cast, administrator: Client) -> None:
    clause = Clause.objects.get(slug="xv-3")
    other = reverse("admin:notifications_clause_change", args=[clause.pk])
    rule = rule_text(clause.versions.get().rule)
    answer = ask(
        administrator, other, "preview", rule, given_on="2026-01-01", received_on="2026-01-05"
    )
    assert "received by Canada" in answer.content.decode()
    assert "4 February 2026" in answer.context["tried"].result
    assert "6 March 2026" in answer.context["tried"].result


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (NINE.replace("P9M", "P9X"), "Line 7, count[0].add:"),
        (NINE.replace("governs: withdrawal", "governs: leaving"), "Line 3, governs:"),
        (NINE + "minimum: true\n", "The key stands twice"),
        ("a: [", "not well-formed YAML"),
        (NINE.replace("XV(2)", "XVI").replace("xv-2", "xvi"), "keeps its article"),
        ("", "Rule is missing."),
    ],
)
@pytest.mark.parametrize("do", ["preview", "impact", "save"])
def test_what_is_wrong_with_a_rule_is_told_with_line_and_key_and_kept(
    administrator: Client, page: str, do: str, rule: str, told: str
) -> None:
    answer = ask(administrator, page, do, rule, reason="A typo.")
    assert any(told in sentence for sentence in errors(answer)["rule"])
    assert answer.context["form"]["rule"].value().strip() == rule.strip()
    assert ClauseVersion.objects.filter(clause__slug="xv-2").count() == 1


def test_every_problem_of_a_rule_is_told_at_once(administrator: Client, page: str) -> None:
    wrong = NINE.replace("P9M", "P9X").replace("yields: effect", "yields: joy")
    assert len(errors(ask(administrator, page, "preview", wrong))["rule"]) >= 2


def test_the_impact_names_each_deadline_from_where_to_where(
    cast: Cast, administrator: Client, page: str
) -> None:
    issue(cast)
    shown = ask(administrator, page, "impact").content.decode()
    assert "22 November 2020" in shown
    assert "22 February 2021" in shown
    assert "United States of America" in shown
    assert Deadline.objects.with_reasons().get(clause__slug="xv-2").version.no == 1


def test_saving_asks_to_look_at_what_moves_first(
    cast: Cast, administrator: Client, page: str
) -> None:
    issue(cast)
    first = ask(administrator, page, "save", reason="The text says nine.")
    assert "press “Save” once more" in first.content.decode()
    assert ClauseVersion.objects.filter(clause__slug="xv-2").count() == 1
    shown = first.context["form"]["shown"].value()
    again = ask(administrator, page, "save", reason="The text says nine.", shown=shown)
    assert again.status_code == 302
    moved = Deadline.objects.with_reasons().get(clause__slug="xv-2").version
    assert str(moved.due_on) == "2021-02-22"
    assert "The text says nine." in moved.cause


def test_what_would_move_by_now_is_shown_again(
    cast: Cast, administrator: Client, page: str
) -> None:
    issue(cast)
    shown = ask(administrator, page, "impact").context["form"]["shown"].value()
    issue(cast)
    answer = ask(administrator, page, "save", reason="Nine.", shown=shown)
    assert len(answer.context["tried"].moves) == 2
    assert ClauseVersion.objects.filter(clause__slug="xv-2").count() == 1


def test_without_running_clocks_it_is_saved_at_once(administrator: Client, page: str) -> None:
    assert ask(administrator, page, "save", reason="Nine.").status_code == 302
    event = Event.objects.latest("pk")
    assert event.act == "clause-changed"
    assert "Nine." in event.body


def test_saving_needs_a_reason_and_the_newest_version(administrator: Client, page: str) -> None:
    assert errors(ask(administrator, page, "save"))["reason"] == ["Reason is missing."]
    ask(administrator, page, "save", reason="Nine.")
    stale = ask(administrator, page, "save", NINE.replace("P9M", "P8M"), reason="Eight.", seen="1")
    assert "Somebody changed this clause meanwhile" in errors(stale)["__all__"][0]


def test_the_versions_are_shown_as_differences(administrator: Client, page: str) -> None:
    ask(administrator, page, "save", reason="The text says nine.")
    newest, first = administrator.get(page).context["versions"]
    changed = [(mark, line.strip()) for mark, line in newest.lines if mark != "kept"]
    assert changed == [("removed", "- {add: P6M}"), ("added", "- {add: P9M}")]
    assert {mark for mark, _line in first.lines} == {"kept"}
    assert "The text says nine." in administrator.get(page).content.decode()


def test_of_a_restricted_act_only_that_something_moves_is_told(
    cast: Cast, administrator: Client
) -> None:
    clause = add_clause(cast.treaty, ANSWER).clause
    issue_act(cast, "breach-allegation", RESTRICTED)
    page = reverse("admin:notifications_clause_change", args=[clause.pk])
    later = rule_text({**ANSWER, "count": [{"add": "P20D"}]})
    answer = ask(administrator, page, "impact", later)
    assert (answer.context["tried"].moves, answer.context["tried"].hidden) == ([], 1)
    shown = answer.content.decode()
    assert "1 deadline of a notification that you may not read moves as well." in shown
    assert "June 2020" not in shown
    assert ask(administrator, page, "save", later, reason="x").context["tried"].must_look


def test_a_clause_is_added_to_a_treaty(cast: Cast, administrator: Client) -> None:
    address = reverse("admin:notifications_clause_add")
    rule = NINE.replace("XV(2)", "XX").replace("xv-2", "xx").replace("withdrawal", "suspension")
    typed = {"treaty": cast.treaty.pk, "rule": rule, "given_on": "2026-01-31"}
    shown = administrator.post(address, {**typed, "do": "preview"})
    assert "31 October 2026" in shown.context["tried"].result
    assert not Clause.objects.filter(slug="xx").exists()
    missing = administrator.post(address, {**typed, "do": "save"})
    assert errors(missing)["reason"] == ["Reason is missing."]
    saved = administrator.post(address, {**typed, "do": "save", "reason": "Left out."})
    assert saved.status_code == 302
    assert Clause.objects.get(slug="xx").versions.get().entered_at >= NOW
    again = administrator.post(address, {**typed, "do": "save", "reason": "Twice."})
    assert "already" in errors(again)["rule"][0]


def test_a_day_that_cannot_be_is_refused(administrator: Client, page: str) -> None:
    answer = ask(administrator, page, "preview", given_on="2026-02-30")
    assert "no day of the calendar" in errors(answer)["given_on"][0]
    answer = ask(administrator, page, "preview", given_on="2026-02-10", received_on="2026-02-01")
    assert "received_on" in errors(answer)
    answer = ask(administrator, page, "preview", given_on="9999-12-31")
    assert "given_on" in errors(answer)


def test_an_allegation_of_another_treaty_is_not_concerned(
    cast: Cast, administrator: Client, page: str
) -> None:
    issue_act(cast, "breach-allegation", {"against": ["RUS"], "text": "x"})
    assert ask(administrator, page, "impact").context["tried"].moves == []


def test_a_preview_says_of_every_result_what_it_is(administrator: Client, page: str) -> None:
    def outcome(keys: dict[str, Any], **typed: Any) -> tuple[str, list[str]]:
        kept = {key: value for key, value in {**XV_2, **keys}.items() if value is not None}
        answer = ask(
            administrator, page, "preview", rule_text(kept), given_on="2026-01-31", **typed
        )
        assert errors(answer) == {}
        assert answer.context["tried"].steps or "not-permitted" in str(keys)
        return answer.context["tried"].result, answer.context["tried"].besides

    window = {"starts": "in_force", "first": "P10Y", "every": "P10Y", "for": "P1Y"}
    told, _more = outcome({"admissible": {"window": window}})
    assert told == "Premature: the first lawful day is 1 January 2032 (Thursday)."
    past = {"starts": "in_force", "count": [{"add": "P1Y"}]}
    told, _more = outcome({"admissible": {"not_after": past}})
    assert told == "Too late: the last lawful day was 1 January 2003 (Wednesday)."
    told, _more = outcome({"open_while": "armed-conflict"}, in_conflict="on")
    assert "stays open as long as the armed conflict lasts" in told
    _told, more = outcome({"survives": "P20Y"}, effective_on="2026-12-31")
    assert more == [
        "The earliest date that the clause allows is 31 July 2026 (Friday).",
        "Obligations that outlast it end on 31 December 2046 (Monday).",
    ]
    _told, more = outcome({}, effective_on="2026-02-01")
    assert "names an earlier day than the clause allows" in more[-1]


def test_a_preview_counts_from_the_time_that_the_act_states(
    cast: Cast, administrator: Client
) -> None:
    rule = {
        "id": "vi-1",
        "article": "VI(1)",
        "governs": "formatted-message",
        "when": {"format": "OSN-012"},
        "starts": {"field": "occurs_at"},
        "count": [{"subtract": "PT72H"}],
        "yields": "duty",
        "duty": {"bearer": "notifier", "act": "formatted-message"},
    }
    address = reverse("admin:notifications_clause_add")
    typed = {"treaty": cast.treaty.pk, "rule": rule_text(rule), "do": "preview"}
    answer = administrator.post(address, {**typed, "states_at": "2026-05-01T09:30"})
    tried = answer.context["tried"]
    assert tried.result == "28 April 2026 (Tuesday)"
    assert tried.besides == ["To the minute: 09:30 UTC (09:30 UTC)."]
    wrong = administrator.post(address, {**typed, "states_at": "soon"})
    assert "no date with its time" in errors(wrong)["states_at"][0]


def test_a_treaty_may_have_several_effects_of_an_act_with_one_for_all_others(
    cast: Cast, administrator: Client
) -> None:
    address = reverse("admin:notifications_clause_add")
    own = {**XV_2, "id": "xvii", "article": "XVII"}
    typed = {"treaty": cast.treaty.pk, "do": "save", "reason": "It was left out."}
    refused = administrator.post(address, {**typed, "rule": rule_text(own)})
    assert "without a `when` only one clause can" in errors(refused)["rule"][0]
    limited = rule_text({**own, "when": {"party": "RUS"}})
    assert administrator.post(address, {**typed, "rule": limited}).status_code == 302
    assert Clause.objects.filter(slug="xvii").exists()


def test_a_rule_may_name_a_list_of_the_treaty(cast: Cast, administrator: Client, page: str) -> None:
    limited = rule_text({**XV_2, "when": {"list": "annex-i"}})
    assert (
        "nor a list of the treaty"
        in errors(ask(administrator, page, "preview", limited))["rule"][0]
    )
    cast.treaty.lists = {"annex-i": ["HUN"]}
    cast.treaty.save()
    assert errors(ask(administrator, page, "preview", limited)) == {}
