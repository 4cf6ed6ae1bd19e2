"""The site of the admin: administrators alone, our own start page, and the models in groups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import update_wrapper
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from notifications.admin.forms import labelled
from notifications.admin.importing import TITLES
from notifications.admin.titling import MODELS
from notifications.models import User

# Django's own pages that have no place here: start page, signing in and passwords are the house's.
LEFT_OUT: Final = frozenset(
    {"index", "logout", "password_change", "password_change_done", "view_on_site"}
)

GROUPS: Final = (
    ("registry", _("Registry"), ("Party", "Succession", "Treaty", "Participation")),
    ("clauses", _("Clauses and alerts"), ("Clause", "Ladder")),
    ("people", _("People"), ("User", "Mandate")),
    (
        "acts",
        _("What was issued"),
        (
            "Notification",
            "Receipt",
            "Circulation",
            "Transmission",
            "Response",
            "Statement",
            "Defect",
            "Attachment",
            "Document",
        ),
    ),
    ("clocks", _("Clocks"), ("Deadline", "Fact", "Outcome")),
    ("mail", _("Mail and machine"), ("Message",)),
    ("register", _("Register"), ("Event",)),
    ("files", _("Import and export"), ()),
)


# Group, address, title: pages of our own among the models.
PAGES: Final[tuple[tuple[Any, ...], ...]] = (
    ("mail", "mail-health", _("Mail health")),
    ("mail", "forecast", _("Forecast")),
    ("mail", "heartbeats", _("Heartbeats")),
    *(("files", "import", title, kind) for kind, title in TITLES.items()),
)


class Search(AutocompleteJsonView):
    """The answer to what is typed into a choice."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """One record, as the complete list shows it."""
        return {**super().serialize_result(obj, to_field_name), "text": labelled(obj)}


class AdministrationSite(AdminSite):
    """For active administrators; to everybody else none of its addresses exists."""

    site_title = _("TreatyFlow administration")
    site_header = _("Administration")
    index_title = _("Administration")
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """A signed-in person whose account is open and who is an administrator."""
        user = request.user
        return isinstance(user, User) and user.is_active and user.is_staff

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, with 404 where Django would lead to a sign-in page or forbid."""
        shown = super().admin_view(view, cacheable)

        def for_administrators(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not self.has_permission(request):
                raise Http404
            try:
                return shown(request, *args, **kwargs)
            except PermissionDenied as error:
                raise Http404 from error

        return update_wrapper(for_administrators, shown)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Our pages before Django's, whose last address takes whatever is left."""
        own = path("", include("notifications.admin.pages"))
        theirs = super().get_urls()
        return [own, *(entry for entry in theirs if getattr(entry, "name", "") not in LEFT_OUT)]

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """The house has one sign-in page."""
        then = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
        return redirect(f"{reverse('sign-in')}?{urlencode({REDIRECT_FIELD_NAME: then})}")

    def app_index(
        self,
        request: HttpRequest,  # noqa: ARG002
        app_label: str,  # noqa: ARG002
        extra_context: Any = None,  # noqa: ARG002
    ) -> Any:
        """There is one app: its page is the start page."""
        return redirect("admin:index")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """What is found, told from others of the same name."""
        return Search.as_view(admin_site=self)(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The models in groups by what an administrator does with them."""
        apps = super().get_app_list(request, app_label)
        entries = {
            model["object_name"]: {**model, "name": capfirst(MODELS[model["object_name"]][1])}
            for app in apps
            for model in app["models"]
        }
        groups = [_group(label, name, entries, models) for label, name, models in GROUPS]
        for group in groups:
            group["models"] += [_page(*page) for page in PAGES if page[0] == group["app_label"]]
        return groups


def _page(_group: str, name: str, title: Any, *arguments: str) -> dict[str, Any]:
    """A page of our own, as it stands among the models."""
    return {
        "name": title,
        "object_name": "-".join((name, *arguments)),
        "admin_url": reverse(f"admin:{name}", args=arguments),
        "add_url": None,
        "view_only": True,
    }


def _group(label: str, name: Any, entries: dict[str, Any], models: Sequence[str]) -> dict[str, Any]:
    return {
        "name": name,
        "app_label": label,
        "app_url": f"{reverse('admin:index')}#{label}",
        "has_module_perms": True,
        "models": [entries[model] for model in models if model in entries],
    }
