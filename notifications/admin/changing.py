"""Records that may be changed: the form asks for a reason, a service makes the change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.asking import Asking, asking
from notifications.admin.base import HouseAdmin
from notifications.admin.forms import LabelledChoice, ReasonedForm, chosen
from notifications.admin.naming import party_named, party_sorted
from notifications.errors import DomainError
from notifications.models import Party


def parties_by_name() -> models.QuerySet[Any]:
    """Every party with its name, in the order of the reader's language."""
    return Party.objects.annotate(said_name=party_named("")).order_by(party_sorted(""), "code")


class RefusedError(Exception):
    """The service refused; the transaction of the page rolls back, and the page is shown again."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(error.sentence)
        self.error = error


class ServiceAdmin(HouseAdmin):
    """Adding and changing by a service.

    The page is worked through once. Where the service refuses, nothing of it stands, and the page
    is worked through again with the refusal at its field: everything typed is kept.
    """

    form = ReasonedForm
    fields: ClassVar[Any] = ()
    save_on_top = False
    choosable: ClassVar[tuple[str, ...]] = ()
    labels: ClassVar[Mapping[str, Any]] = {}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Administrators."""
        return self.has_view_permission(request)

    def store(self, *, record: Any, form: Any, by: Asking) -> Any:
        """Call the service; ``record`` is the row as stored, None for a new one."""
        raise NotImplementedError

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The record's own fields, then the reason."""
        own = [name for name in self.get_fields(request, obj) if name != "reason"]
        return [
            (None, {"fields": own}),
            (_("Why"), {"fields": ["reason"], "classes": ["why"]}),
        ]

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The form, which knows what the service refused on the first pass."""
        made = super().get_form(request, obj, change, **kwargs)
        return type(made.__name__, (made,), {"refusal": getattr(request, "refusal", None)})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Django's page, worked through again where the service refused."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except RefusedError as refused:
            request.refusal = refused.error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        """Nothing: the service saves record and rows at once, in ``save_related``."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:  # noqa: ARG002
        """Ask the service."""
        record = self.model._default_manager.get(pk=form.instance.pk) if change else None
        try:
            saved = self.store(record=record, form=form, by=asking(request))
        except DomainError as error:
            raise RefusedError(error) from error
        form.instance.pk = saved.pk

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """Back to the list, with one sentence."""
        return self._saved(request)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:  # noqa: ARG002
        """Back to the list, with one sentence."""
        return self._saved(request)

    def _saved(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, gettext("It is saved, and stands in the register."))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def construct_change_message(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        """The event of the service says what changed."""
        return []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Parties by their names; what is long to choose from can be searched."""
        kwargs["form_class"] = LabelledChoice
        if db_field.remote_field.model is Party:
            kwargs["queryset"] = parties_by_name()
        if db_field.name in self.choosable:
            kwargs["widget"] = chosen(self.model, db_field.name, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Days as the browser knows them; no window to add a related record from within a form."""
        if isinstance(db_field, models.DateField) and not isinstance(
            db_field, models.DateTimeField
        ):
            kwargs["widget"] = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        if db_field.name in self.labels:
            kwargs["label"] = self.labels[db_field.name]
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        for link in ("can_add_related", "can_change_related", "can_view_related"):
            if hasattr(widget, link):
                setattr(widget, link, False)
        return field
