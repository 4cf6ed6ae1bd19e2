"""Every address of the admin × every role: to all but administrators it does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from notifications.models import (
    Clause,
    Contact,
    Ladder,
    Mandate,
    Message,
    Participation,
    Party,
    Succession,
    Treaty,
    User,
)
from notifications.services.exchange import KINDS
from tests.factories import NOW, Cast
from tests.web.matrix import ROLES

# What an administrator changes; everything else is read.
CHANGED = {Clause, Ladder, Mandate, Participation, Party, Succession, Treaty, User}
PAGES = {
    "index": 200,
    "mail-health": 200,
    "forecast": 200,
    "heartbeats": 200,
    "jsi18n": 200,
    "autocomplete": 404,  # asked for nothing
    "login": 302,  # to the house's own sign-in
    "app_list": 302,  # to the start page
}


@dataclass(frozen=True)
class Address:
    """One address: the name of its pattern, and what an administrator gets there."""

    name: str
    path: str
    code: int


def _addresses() -> Iterator[Address]:
    for page, code in PAGES.items():
        arguments = ["notifications"] if page == "app_list" else []
        yield Address(page, reverse(f"admin:{page}", args=arguments), code)
    contact = Contact.objects.latest("pk").pk
    message = Message.objects.filter(alert__case__origin="live").latest("pk").pk
    for page, record in (
        ("message-resend", message),
        ("message-give-up", message),
        ("contact-working", contact),
    ):
        yield Address(page, reverse(f"admin:{page}", args=[record]), 200)
        yield Address(page, reverse(f"admin:{page}", args=[10**9]), 404)
    for kind in KINDS:
        for page in ("import", "export"):
            yield Address(page, reverse(f"admin:{page}", args=[kind]), 200)
    yield Address("import", reverse("admin:import", args=["secrets"]), 404)
    yield Address("", "/admin/nowhere/", 404)
    for model, shown in admin.site._registry.items():
        yield from _addresses_of(model, shown)


def _addresses_of(model: type[Model], shown: ModelAdmin[Model]) -> Iterator[Address]:
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    is_changed = model in CHANGED
    record = _record(model)
    yield Address(f"{name}_changelist", reverse(f"admin:{name}_changelist"), 200)
    yield Address(f"{name}_changelist", reverse(f"admin:{name}_changelist") + "?q=a", 200)
    yield Address(f"{name}_add", reverse(f"admin:{name}_add"), 200 if is_changed else 404)
    for page, code in (("change", 200), ("history", 200), ("delete", 404)):
        yield Address(f"{name}_{page}", reverse(f"admin:{name}_{page}", args=[record]), code)
    yield Address(f"{name}_change", reverse(f"admin:{name}_change", args=[10**9]), 404)
    yield Address("", f"{reverse(f'admin:{name}_changelist')}{record}/", 302)


def _record(model: type[Model]) -> int:
    rows = model._default_manager.order_by("-pk")
    if model is User:
        rows = rows.filter(is_system=False)
    found = rows.values_list("pk", flat=True).first()
    assert found is not None, f"there is no {model._meta.model_name} to look at"
    return int(found)


def _registry_rows() -> None:
    """A row of each table that nothing else fills."""
    person = User.objects.filter(is_system=False).latest("pk")
    Contact.objects.create(user=person, address=person.email, state="bouncing", since=NOW)
    Ladder.objects.create(name="Short", applies_to="duty", stages=[7, 1])


def _names(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _names(entry)
        elif isinstance(entry, URLPattern):
            yield entry.name or ""


@pytest.mark.walk
def test_administrators_get_every_page_and_nobody_else_gets_one(everything: Cast) -> None:
    _registry_rows()
    addresses = list(_addresses())
    wrong = []
    for role in ROLES:
        browser = Client()
        if role != "nobody":
            browser.force_login(getattr(everything, role))
        for address in addresses:
            got = browser.get(address.path)
            wanted = {"nobody": 302, "administrator": address.code}.get(role, 404)
            if address.name == "login":
                wanted = 302
            if got.status_code != wanted:
                wrong.append(f"{address.path} by {role}: {got.status_code}, not {wanted}")
            if role == "nobody" and got.status_code == 302:
                assert "/sign-in/" in got["Location"] or "/admin/login/" in got["Location"]
    assert wrong == []


def test_no_address_of_the_admin_is_left_out_of_the_walk(everything: Cast) -> None:
    _registry_rows()
    resolver = next(
        entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == "admin"
    )
    assert isinstance(resolver, URLResolver)
    assert set(_names(resolver)) == {address.name for address in _addresses()}


def test_a_closed_account_of_an_administrator_gets_nothing(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.administrator)
    cast.administrator.is_active = False
    cast.administrator.save()
    assert browser.get(reverse("admin:index")).status_code in {302, 404}


def test_what_was_issued_is_not_changed_or_deleted_by_hand(everything: Cast) -> None:
    _registry_rows()
    browser = Client()
    browser.force_login(everything.administrator)
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        record = _record(model)
        before = model._default_manager.filter(pk=record).values().get()
        assert browser.post(reverse(f"{name}_delete", args=[record])).status_code == 404
        if model not in CHANGED:
            assert browser.post(reverse(f"{name}_change", args=[record]), {}).status_code == 404
            assert browser.post(reverse(f"{name}_add"), {}).status_code == 404
        action = {"action": "delete_selected", "_selected_action": [record], "post": "yes"}
        browser.post(reverse(f"{name}_changelist"), action)
        assert model._default_manager.filter(pk=record).values().get() == before


def test_only_administrators_see_the_way_to_the_admin(cast: Cast) -> None:
    for role, sees in (("administrator", True), ("us_head", False)):
        browser = Client()
        browser.force_login(getattr(cast, role))
        page = browser.get(reverse("desk")).content.decode()
        assert (f'href="{reverse("admin:index")}"' in page) is sees
