"""The inputs of an act's form: instants in the treaty's zone, lists, and who may read it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Draft, Notification, User
from tests.factories import Cast, add_clause, filing_page, make_treaty
from tests.sample_acts import SAMPLES

SignIn = Callable[[User], Client]
MESSAGE = {"format": "F17", "text": "F17//"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("2020-07-01T08:30", "2020-07-01T08:30:00+02:00"),
        ("2020-12-01T08:30", "2020-12-01T08:30:00+01:00"),
        ("2020-12-01T08:30+05:00", "2020-12-01T08:30:00+05:00"),
    ],
)
def test_a_time_is_read_in_the_zone_of_the_treaty_and_shown_again_in_it(
    cast: Cast, sign_in: SignIn, typed: str, stored: str
) -> None:
    treaty = make_treaty("vienna", zone="Europe/Vienna")
    browser, address = sign_in(cast.us_drafter), filing_page(treaty, "formatted-message")
    assert "in the zone of the treaty, Europe/Vienna" in browser.get(address).text
    browser.post(address, {**MESSAGE, "occurs_at": typed, "do": "save"})
    draft = Draft.objects.get()
    assert draft.fields["occurs_at"] == stored
    if "+" not in typed:
        page = browser.get(reverse("draft", kwargs={"uid": draft.uid})).text
        assert f'<input type="datetime-local" name="occurs_at" value="{typed}"' in page


def test_what_is_no_time_stays_in_its_field_and_is_refused(cast: Cast, sign_in: SignIn) -> None:
    address = filing_page(cast.treaty, "formatted-message")
    page = sign_in(cast.us_drafter).post(address, {**MESSAGE, "occurs_at": "<soon>", "do": "save"})
    assert '<input type="text" name="occurs_at" value="&lt;soon&gt;"' in page.text
    assert "Time announced: “&lt;soon&gt;” is no date with a time of day." in page.text
    assert not Draft.objects.exists()


@pytest.mark.parametrize("typed", ["0", "-3", "many", "1.5"])
def test_what_is_no_number_of_days_is_refused_and_kept(
    cast: Cast, sign_in: SignIn, typed: str
) -> None:
    page = sign_in(cast.us_drafter).post(
        filing_page(cast.treaty, "extension"), {"days": typed, "text": "x", "do": "save"}
    )
    assert "Extended by days: a whole number from 1 to" in page.text
    assert f'value="{typed}"' in page.text
    assert not Draft.objects.exists()


def test_the_time_limits_of_the_treaty_are_offered(cast: Cast, sign_in: SignIn) -> None:
    form = sign_in(cast.us_drafter).get(filing_page(cast.treaty, "extension")).context["form"]
    assert [value for value, _label in form.fields["clause"].choices] == [
        "",
        "respond_by",
        "xv-2",
        "xv-3",
    ]


def test_one_is_not_offered_to_give_an_act_jointly_with_oneself(
    cast: Cast, sign_in: SignIn
) -> None:
    form = sign_in(cast.us_drafter).get(filing_page(cast.treaty)).context["form"]
    offered = {value for value, _label in form.fields["joint_with"].choices}
    assert offered == {"RUS", "CAN", "HUN", "DEU", "FRA"}


def test_who_may_read_an_act_is_chosen_shown_to_the_approver_and_kept(
    cast: Cast, sign_in: SignIn
) -> None:
    fields = {**SAMPLES["dialogue-proposal"].fields, "addressees": ["RUS"]}
    address = filing_page(cast.treaty, "dialogue-proposal")
    browser = sign_in(cast.us_drafter)
    browser.post(address, {**fields, "visibility": "restricted", "do": "send"})
    draft = Draft.objects.get()
    approval = reverse("draft-approval", kwargs={"uid": draft.uid})
    boss = sign_in(cast.us_head)
    assert "sender, addressees and depositary alone" in boss.get(approval).text
    boss.post(approval, {"do": "issue", "version": str(draft.version)})
    assert Notification.objects.get().visibility == "restricted"


def test_what_holds_anyway_is_not_said(cast: Cast, sign_in: SignIn) -> None:
    data = {**SAMPLES["withdrawal"].fields, "visibility": "parties", "do": "save"}
    sign_in(cast.us_drafter).post(filing_page(cast.treaty), data)
    assert "visibility" not in Draft.objects.get().fields


def test_nobody_makes_up_a_choice_that_is_not_on_the_list(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.us_drafter)
    for name, value, label in (
        ("visibility", "nobody", "Who may read it"),
        ("joint_with", "JPN", "Joint with"),
        ("nature", "secret", "Kind of declaration"),
    ):
        data = {**SAMPLES["declaration"].fields, name: value, "do": "save"}
        page = browser.post(filing_page(cast.treaty, "declaration"), data).text
        assert f"{label}: choose one of the list." in page
    assert not Draft.objects.exists()


def test_the_messages_that_clauses_name_are_offered_with_what_they_are(
    cast: Cast, sign_in: SignIn
) -> None:
    rule = {
        "id": "vi-1",
        "article": "VI(1)",
        "governs": "formatted-message",
        "summary": "Seventy-two hours' notice of an observation flight <soon>.",
        "when": {"format": ["OSN-013", "OSN-012"]},
        "starts": {"field": "occurs_at"},
        "count": [{"subtract": "PT72H"}],
        "yields": "duty",
        "duty": {"bearer": "notifier", "act": "formatted-message"},
    }
    add_clause(cast.treaty, rule)
    browser, address = sign_in(cast.us_drafter), filing_page(cast.treaty, "formatted-message")
    page = browser.get(address).text
    assert 'list="id_format_suggested"' in page
    offered = page.split('<datalist id="id_format_suggested">')[1].split("</datalist>")[0]
    assert offered.index('value="OSN-012"') < offered.index('value="OSN-013"')
    said = "OSN-012: Seventy-two hours&#x27; notice of an observation flight &lt;soon&gt;."
    assert f'label="{said}"' in offered
    browser.post(address, {**MESSAGE, "do": "save"})
    assert Draft.objects.get().fields["format"] == "F17"


def test_without_such_clauses_the_format_is_a_plain_line(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.us_drafter).get(filing_page(cast.treaty, "formatted-message")).text
    assert "<datalist" not in page
