"""Filing every act through its page: the form made of its data, its panel, what is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications.acts import ACTS
from notifications.models import Draft, Notification, Role, User
from tests.factories import Cast, issue, issue_act, make_treaty, make_user, mission
from tests.sample_acts import SAMPLES, Sample, target_of

SignIn = Callable[[User], Client]
PANEL = {"HX-Request": "true"}


def form_of(cast: Cast, kind: str) -> str:
    return reverse("file-act", kwargs={"slug": cast.treaty.slug, "act": kind})


def typed(sample: Sample, target: Notification | None = None) -> dict[str, Any]:
    """The fields of a sample as a browser sends them."""
    fields = {
        name: "on"
        if value is True
        else str(value).removesuffix("+00:00")
        if not isinstance(value, list)
        else value
        for name, value in sample.fields.items()
    }
    return {**fields, **({"refers_to": str(target.uid)} if target else {})}


def test_there_is_a_sample_of_every_act() -> None:
    assert set(SAMPLES) == set(ACTS)


@pytest.mark.parametrize("kind", [kind for kind in ACTS if kind != "conference"])
def test_an_act_is_drafted_sent_and_issued_through_its_pages(
    cast: Cast, sign_in: SignIn, kind: str
) -> None:
    sample = SAMPLES[kind]
    target = target_of(cast, sample)
    drafter, head = mission(cast, sample.by)
    browser, data = sign_in(drafter), typed(sample, target)
    shown = browser.get(form_of(cast, kind)).text
    for field in ACTS[kind].fields:
        assert f'name="{field.name}"' in shown
    panel = browser.post(form_of(cast, kind), data, headers=PANEL).context["panel"]
    assert (panel.refusal, panel.refused) == ("", [])
    answer = browser.post(form_of(cast, kind), {**data, "do": "send"})
    assert answer.status_code == 302, answer.text[:3000]
    draft = Draft.objects.latest("pk")
    assert (draft.act, draft.state, draft.refers_to) == (kind, "awaiting-approval", target)
    boss = sign_in(head)
    approval = reverse("draft-approval", kwargs={"uid": draft.uid})
    issued = boss.post(approval, {"do": "issue", "version": str(draft.version)})
    page = boss.get(issued.headers["Location"]).text
    notification = Notification.objects.latest("pk")
    assert notification.fields == {k: v for k, v in draft.fields.items() if k != "text"}
    about = re.sub(r"\s+", " ", ACTS[kind].title)
    assert f"<h1>{about} by" in page
    if target is not None:
        assert reverse("notification", kwargs={"uid": target.uid}) in page
        before = boss.get(reverse("notification", kwargs={"uid": target.uid})).text
        assert "Acts that refer to it" in before
        assert reverse("notification", kwargs={"uid": notification.uid}) in before


def test_an_officer_files_an_act_of_the_depositary_at_once(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    browser = sign_in(cast.canadian_officer)
    data = {**typed(SAMPLES["conference"], act), "do": "file"}
    page = browser.get(form_of(cast, "conference")).text
    assert 'value="file"' in page
    answer = browser.post(form_of(cast, "conference"), data)
    filed = Notification.objects.latest("pk")
    assert answer.headers["Location"] == reverse("notification", kwargs={"uid": filed.uid})
    assert (filed.act, filed.fields["place"]) == ("conference", "Vienna")
    assert [row.party.code for row in filed.sender_rows.all()] == ["CAN"]


def test_two_clicks_of_an_officer_file_one_act(cast: Cast, sign_in: SignIn) -> None:
    browser = sign_in(cast.canadian_officer)
    uid = str(browser.get(form_of(cast, "correction")).context["start"]["uid"].value())
    data = {**SAMPLES["correction"].fields, "uid": uid, "do": "file"}
    first, second = (browser.post(form_of(cast, "correction"), data) for _click in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Notification.objects.filter(act="correction").count() == 1


def test_a_mission_cannot_file_at_once_what_two_persons_have_to_give(
    cast: Cast, sign_in: SignIn
) -> None:
    data = {**SAMPLES["withdrawal"].fields, "do": "file"}
    answer = sign_in(cast.us_drafter).post(form_of(cast, "withdrawal"), data)
    assert answer.status_code == 404
    assert not Draft.objects.exists()


def test_an_officer_can_save_a_draft_and_issue_it_later(cast: Cast, sign_in: SignIn) -> None:
    act = issue(cast)
    browser = sign_in(cast.canadian_officer)
    data = typed(SAMPLES["conference"], act)
    page = browser.post(form_of(cast, "conference"), {**data, "do": "save"}).headers["Location"]
    assert "Go on to issue it" in browser.get(page).text
    answer = browser.post(page, {**data, "version": "1", "do": "send"})
    draft = Draft.objects.latest("pk")
    assert answer.headers["Location"] == reverse("draft-approval", kwargs={"uid": draft.uid})
    click = {"do": "issue", "version": str(draft.version)}
    browser.post(answer.headers["Location"], click)
    assert Notification.objects.latest("pk").act == "conference"


@pytest.mark.parametrize("kind", [kind for kind, act in ACTS.items() if act.must_refer])
def test_an_act_that_must_refer_asks_to_what(cast: Cast, sign_in: SignIn, kind: str) -> None:
    sample = SAMPLES[kind]
    user = cast.canadian_officer if sample.by == "CAN" else mission(cast, sample.by)[0]
    browser = sign_in(user)
    assert "there is none that you may read" in browser.get(form_of(cast, kind)).text
    drafts = target_of(cast, sample) and Draft.objects.count()
    page = browser.post(form_of(cast, kind), {**typed(sample), "do": "save"})
    assert "Refers to is missing." in page.text
    assert Draft.objects.count() == drafts


def test_what_one_may_not_read_or_refer_to_is_not_on_the_list(cast: Cast, sign_in: SignIn) -> None:
    fields = {"against": ["RUS"], "addressees": ["RUS"], "visibility": "restricted", "text": "x"}
    hidden = issue_act(cast, "breach-allegation", fields)
    theirs = issue(cast)
    dialogue = form_of(cast, "dialogue-proposal")
    officer_of_germany = make_user("Greta Drafter", "DEU", Role.DRAFTER)
    browser = sign_in(officer_of_germany)
    assert str(hidden.uid) not in browser.get(dialogue).text
    assert str(theirs.uid) in browser.get(dialogue).text
    data = {"text": "Let us talk.", "refers_to": str(hidden.uid), "do": "save"}
    page = browser.post(dialogue, data)
    assert "Refers to: choose one of the list." in page.text
    assert browser.get(dialogue, {"to": str(hidden.uid)}).status_code == 404
    assert browser.get(form_of(cast, "rescission"), {"to": str(theirs.uid)}).status_code == 404


def test_a_notice_under_another_treaty_cannot_be_referred_to(cast: Cast, sign_in: SignIn) -> None:
    here = cast.treaty
    cast.treaty = make_treaty("another")
    other = issue(cast)
    cast.treaty = here
    address = form_of(cast, "rescission")
    assert sign_in(cast.us_drafter).get(address, {"to": str(other.uid)}).status_code == 404


def test_what_an_act_refers_to_brings_its_matter(cast: Cast, sign_in: SignIn) -> None:
    act, other = issue(cast), issue(cast)
    address = form_of(cast, "conference-request")
    browser = sign_in(cast.us_drafter)
    data = {"refers_to": str(act.uid), "do": "save"}
    page = browser.post(address, {**data, "case": str(other.case.uid)})
    assert "Matter: the act referred to stands in another matter." in page.text
    browser.post(address, data)
    assert Draft.objects.latest("pk").case == act.case


def test_a_form_that_began_a_draft_on_one_act_begins_none_on_another(
    cast: Cast, sign_in: SignIn
) -> None:
    act = issue(cast)
    other = issue_act(cast, "suspension", {"text": "x"})
    browser, address = sign_in(cast.us_drafter), form_of(cast, "rescission")
    uid = str(browser.get(address).context["start"]["uid"].value())
    browser.post(address, {"uid": uid, "refers_to": str(act.uid), "do": "save"})
    page = browser.post(address, {"uid": uid, "refers_to": str(other.uid), "do": "save"})
    assert "has begun a draft" in page.text
    assert Draft.objects.filter(act="rescission").count() == 1


def test_a_correction_of_the_depositary_is_foreseen_drafted_and_written_again(
    cast: Cast, sign_in: SignIn
) -> None:
    browser, data = sign_in(cast.canadian_officer), typed(SAMPLES["correction"])
    panel = browser.post(form_of(cast, "correction"), data, headers=PANEL).context["panel"]
    assert (panel.refusal, panel.refused) == ("", [])
    page = browser.post(form_of(cast, "correction"), {**data, "do": "save"}).headers["Location"]
    assert browser.get(page).context["panel"].is_ready
    changed = {**data, "passage": "Article IV", "version": "1", "do": "save"}
    assert browser.post(page, changed).headers["Location"] == page
    draft = Draft.objects.get()
    assert (draft.fields["passage"], draft.fields["capacity"]) == ("Article IV", "depositary")
    sent = browser.post(page, {**changed, "version": "2", "do": "send"}).headers["Location"]
    assert browser.get(sent).context["panel"].is_ready
