"""Filing an act: its form with the live panel; saved, sent for approval, or filed at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from notifications.acts import ACTS, Act
from notifications.acts.shape import CAPACITY
from notifications.errors import ChangedMeanwhileError, DomainError, RuleBrokenError
from notifications.models import Case, Draft, Notification, Party, Treaty
from notifications.services.depositary_acts import file_depositary_act
from notifications.services.drafting import KEPT, draft_notification, edit_draft, narrowed
from notifications.services.fields import clean_fields
from notifications.web.clock import day_of, person, read_clock
from notifications.web.draft_desk import FILE, WritingDesk, at_version, sit_down
from notifications.web.draft_facts import (
    can_be_doubtful,
    differences,
    first_fields,
    is_entry_unknown,
    lists_for,
    open_cases,
)
from notifications.web.forms import ActForm, StartForm
from notifications.web.kept import keeps_typed
from notifications.web.referring import (
    Filer,
    able,
    filers_of,
    named_target,
    readable_targets,
    targets_of,
)
from notifications.web.starting import unsaved, unstored
from notifications.web.thread import case_title


@dataclass
class Sheet:
    """One act on the desk: by whom it can be filed, on what, in which matter, and its two forms."""

    desk: WritingDesk
    act: Act
    filer: Filer
    targets: dict[UUID, Notification]
    cases: dict[UUID, Case]
    start: StartForm
    form: ActForm

    @property
    def party(self) -> Party:
        """For whom it is filed."""
        return Party(pk=self.filer.named.pk, code=self.filer.named.code)

    @property
    def target(self) -> Notification | None:
        """What it refers to, as chosen."""
        chosen = self.start["refers_to"].value() if "refers_to" in self.start.fields else ""
        return next((one for uid, one in self.targets.items() if str(uid) == str(chosen)), None)

    @property
    def mark(self) -> UUID:
        """The mark of the draft that this form begins: nobody else's, and one a party."""
        return uuid5(
            self.start.cleaned_data["uid"],
            f"{self.desk.user.pk} {self.filer.value} {self.act.kind}",
        )

    def case(self) -> Case | None:
        """The matter chosen, or that of the act referred to. Raises RuleBrokenError for two."""
        chosen = self.start.cleaned_data.get("case")
        case = self.cases[UUID(chosen)] if chosen else None
        if self.target is None:
            return case
        if case is not None and case.pk != self.target.case_id:
            sentence = gettext("Matter: the act referred to stands in another matter.")
            raise RuleBrokenError(sentence, field="case")
        return self.target.case


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def file_act(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    """File one kind of act under a treaty, for a party or for a depositary as such."""
    visible = Treaty.objects.visible_to(person(request), day_of(read_clock()))
    desk = sit_down(request, get_object_or_404(visible, slug=slug))
    sheet = _sheet(desk, act)
    begun: Draft | None = None
    if desk.stores and sheet.start.is_valid() and sheet.form.is_valid():
        try:
            return _store(sheet)
        except ChangedMeanwhileError as error:
            begun = Draft.objects.select_related("changed_by").get(uid=sheet.mark)
            sheet.form = _form(desk, sheet.act, sheet.filer, at_version(request, begun.version))
            sheet.form.refuse(error)
        except DomainError as error:
            (sheet.start if error.field in sheet.start.fields else sheet.form).refuse(error)
    return _page(sheet, begun)


def _sheet(desk: WritingDesk, kind: str) -> Sheet:
    """What lies on the desk; 404 for an act that the person cannot file."""
    if kind not in ACTS:
        raise Http404
    act = ACTS[kind]
    filers = able(act, filers_of(desk.treaty, desk.user, desk.today, desk.names))
    if not filers:
        raise Http404
    readable = readable_targets(desk.treaty, desk.user, desk.today) if act.refers_to else []
    targets = targets_of(act, filers, readable)
    named = desk.request.GET.get("to", "")
    if named and named not in map(str, targets):
        raise Http404
    cases = open_cases(desk.treaty, desk.user, desk.today)
    data = desk.request.POST or None
    start = StartForm(
        parties=[(filer.value, filer.label) for filer in filers],
        targets=[(str(uid), named_target(one, desk.names)) for uid, one in targets.items()],
        must_refer=act.must_refer,
        cases=[
            (str(uid), case_title(case, desk.treaty, desk.names)) for uid, case in cases.items()
        ],
        data=data,
        initial={"refers_to": named},
    )
    filer = _chosen(desk.request, filers)
    return Sheet(desk, act, filer, targets, cases, start, _form(desk, act, filer, data))


def _form(desk: WritingDesk, act: Act, filer: Filer, data: QueryDict | None) -> ActForm:
    is_asked = not (act.by_non_parties or filer.is_depositary)
    return ActForm(
        act.kind,
        lists_for(
            act,
            desk.treaty,
            desk.today,
            desk.names,
            own=filer.named.pk,
            for_depositary=filer.is_depositary,
        ),
        asks_entry=is_asked and is_entry_unknown(desk.treaty, filer.named.pk, desk.today),
        asks_doubt=can_be_doubtful(desk.treaty, act.kind),
        data=data,
        initial=first_fields(desk.treaty, act.kind),
    )


def _page(sheet: Sheet, begun: Draft | None) -> HttpResponse:
    desk, form, target = sheet.desk, sheet.form, sheet.target
    seen = unsaved(desk.treaty, sheet.party, sheet.act.kind, desk.user, target)
    return desk.show(
        "notifications/file.html",
        panel=desk.panel(seen, form, {**form.initial, **_capacity(sheet)}),
        act=sheet.act,
        about=f"notifications/acts/{sheet.act.kind}.html",
        form=form,
        start=sheet.start,
        # Nothing under this treaty to which it could refer: there is nothing to fill in yet.
        has_nothing_to_refer_to=sheet.act.must_refer and not sheet.targets,
        files_at_once=sheet.filer.is_depositary,
        goes_on=False,
        begun=begun,
        theirs=differences(begun, form.values()) if begun else [],
        party_name=sheet.filer.said,
    )


def _capacity(sheet: Sheet) -> dict[str, str]:
    """What the fields say of it, where a party could give such an act as well."""
    is_said = sheet.filer.is_depositary and sheet.act.filed_by != "depositary"
    return {CAPACITY: "depositary"} if is_said else {}


def _store(sheet: Sheet) -> HttpResponse:
    """Keep the draft, and send it; an act of a depositary can be issued by one officer at once."""
    desk = sheet.desk
    if desk.wants != FILE:
        return desk.keep(lambda: _keep(sheet))
    if not sheet.filer.is_depositary:
        raise Http404
    return desk.filed(lambda: _file(sheet))


def _file(sheet: Sheet) -> Notification | Draft:
    """The act of a depositary, with the others that are named in it."""
    values = sheet.form.values()
    others = Party.objects.filter(code__in=values.pop("joint_with", None) or [])
    return file_depositary_act(
        act=sheet.act.kind,
        treaty=sheet.desk.treaty,
        senders=[Party.objects.get(pk=sheet.party.pk), *others],
        fields=values,
        actor=sheet.desk.user,
        now=sheet.desk.now,
        refers_to=sheet.target,
        case=sheet.case(),
        uid=sheet.mark,
    )


def _keep(sheet: Sheet) -> Draft:
    """The draft of this form: begun now, or changed where an earlier click has begun it."""
    case, values = sheet.case(), sheet.form.values()
    draft = draft_notification(
        treaty=sheet.desk.treaty,
        party=sheet.party,
        act=sheet.act.kind,
        fields=values,
        actor=sheet.desk.user,
        now=sheet.desk.now,
        refers_to=sheet.target,
        case=case,
        uid=sheet.mark,
        capacity="depositary" if sheet.filer.is_depositary else "party",
    )
    if case is not None and draft.case_id != case.pk:
        sentence = gettext("Matter: this form has begun a draft in another matter already.")
        field = "case" if "case" in sheet.start.fields else "refers_to"
        raise RuleBrokenError(sentence, field=field)
    if sheet.target != draft.refers_to:
        sentence = gettext("Refers to: this form has begun a draft on another act already.")
        raise RuleBrokenError(sentence, field="refers_to")
    if _is_same(draft, values):
        return draft
    return edit_draft(
        draft=draft,
        fields=values,
        version=sheet.form.seen_version() or 1,
        actor=sheet.desk.user,
        now=sheet.desk.now,
    )


def _is_same(draft: Draft, values: dict[str, Any]) -> bool:
    """Whether the draft says already what was typed."""
    typed = unstored(draft)
    kept = {key: draft.fields[key] for key in KEPT if key in draft.fields}
    typed.fields = {**clean_fields(draft.act, values), **kept}
    return bool(narrowed(typed) == draft.fields)


def _chosen(request: HttpRequest, filers: list[Filer]) -> Filer:
    value = request.POST.get("party") or request.GET.get("party")
    return next((filer for filer in filers if filer.value == value), filers[0])
