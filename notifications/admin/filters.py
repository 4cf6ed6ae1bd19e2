"""Filters beside a list: by treaty and by act, each one query or none."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.acts import ACTS
from notifications.models import Treaty


class _ByTreaty(SimpleListFilter):
    """The rows of one treaty, at ``path`` from them."""

    title = _("treaty")
    parameter_name = "treaty"
    path: ClassVar[str] = "treaty"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:  # noqa: ARG002
        """Every treaty by its short title."""
        return list(Treaty.objects.values_list("slug", "short_title"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Those of the chosen one."""
        slug = self.value()
        return queryset.filter(**{f"{self.path}__slug": slug}) if slug else queryset


class _ByAct(SimpleListFilter):
    """The rows of one kind of act, whose column is at ``path``."""

    title = _("act")
    parameter_name = "act"
    path: ClassVar[str] = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:  # noqa: ARG002
        """Every kind by its title."""
        titles = [(kind, gettext(act.title)) for kind, act in ACTS.items()]
        return sorted(titles, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Those of the chosen one."""
        act = self.value()
        return queryset.filter(**{self.path: act}) if act else queryset


def by_treaty(path: str) -> type[SimpleListFilter]:
    """The filter for rows whose treaty is at ``path``."""
    return type("ByTreaty", (_ByTreaty,), {"path": path})


def by_act(path: str) -> type[SimpleListFilter]:
    """The filter for rows whose act is at ``path``."""
    return type("ByAct", (_ByAct,), {"path": path})
