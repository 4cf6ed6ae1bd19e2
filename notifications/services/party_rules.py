"""What holds for a party and for a succession, whoever writes it: a page, a file, the library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.clauses.parties import LONGEST_IN_TEXT, LONGEST_NAME, is_code_of, leads_to
from notifications.clauses.sorting import UN_LANGUAGES, sort_key_of
from notifications.errors import RuleBrokenError
from notifications.models import Party, PartyName, Succession
from notifications.services.changes import check_day, check_prose, check_text

PARTY_FIELDS: Final = ("code", "kind", "un_standing", "exists_from", "exists_to", "source")
NAME_FIELDS: Final = ("name", "sort_key", "in_text")

PARTY_LABELS: Final = {
    "code": _("Code"),
    "kind": _("Kind"),
    "un_standing": _("Standing at the United Nations"),
    "exists_from": _("Exists from"),
    "exists_to": _("Exists until"),
    "source": _("Source"),
}
NAME_LABELS: Final = {
    "name": _("Name"),
    "sort_key": _("Sorted as"),
    "in_text": _("In running text"),
}


def check_party(values: Mapping[str, Any]) -> None:
    """The values of a party's own columns. Raises RuleBrokenError naming the field."""
    code, kind = values["code"], values["kind"]
    if kind not in Party.Kind.values:
        raise RuleBrokenError(gettext("Kind: choose one of the list."), field="kind")
    if not is_code_of(kind, code):
        sentence = gettext(
            "Code: “%(code)s” is no code of this kind of party. A state or a territory has its "
            "ISO 3166 code in capitals, an organisation an id in lower case with hyphens."
        )
        raise RuleBrokenError(sentence % {"code": code}, field="code")
    standing = values["un_standing"]
    if standing and standing not in Party.Standing.values:
        sentence = gettext("Standing at the United Nations: choose one of the list.")
        raise RuleBrokenError(sentence, field="un_standing")
    if standing and kind != Party.Kind.STATE:
        sentence = gettext(
            "Standing at the United Nations: only a state is a member or an observer."
        )
        raise RuleBrokenError(sentence, field="un_standing")
    check_prose(values["source"], field="source", label=str(PARTY_LABELS["source"]))
    exists_from, exists_to = values["exists_from"], values["exists_to"]
    check_day(exists_from, field="exists_from", label=str(PARTY_LABELS["exists_from"]))
    check_day(exists_to, field="exists_to", label=str(PARTY_LABELS["exists_to"]))
    if exists_from and exists_to and exists_to <= exists_from:
        sentence = gettext("Exists until: a party ends after the day on which it begins.")
        raise RuleBrokenError(sentence, field="exists_to")


def check_name(language: str, values: Mapping[str, str]) -> dict[str, str]:
    """One name, with its sort key where none is given, trimmed.

    A name that is empty is one to be taken out, with what goes with it. Raises RuleBrokenError
    with the field as ``name_fr``, ``sort_key_fr`` or ``in_text_fr``.
    """
    if language not in UN_LANGUAGES:
        sentence = gettext("“%(language)s” is none of the six languages of the United Nations.")
        raise RuleBrokenError(sentence % {"language": language}, field="names")
    clean = {field: values.get(field, "").strip() for field in NAME_FIELDS}
    for field in NAME_FIELDS:
        at_most = LONGEST_IN_TEXT if field == "in_text" else LONGEST_NAME
        label = f"{NAME_LABELS[field]} ({language})"
        check_text(clean[field], field=f"{field}_{language}", label=label, at_most=at_most)
    if not clean["name"]:
        _refuse_what_hangs_in_the_air(language, clean)
        return dict.fromkeys(NAME_FIELDS, "")
    clean["sort_key"] = clean["sort_key"] or sort_key_of(clean["name"], language)
    if clean["in_text"] == clean["name"]:
        clean["in_text"] = ""
    return clean


def _refuse_what_hangs_in_the_air(language: str, clean: Mapping[str, str]) -> None:
    if language == "en":
        sentence = gettext("Name (en): a party has an English name.")
        raise RuleBrokenError(sentence, field="name_en")
    for field in ("sort_key", "in_text"):
        if clean[field]:
            sentence = gettext("%(label)s (%(language)s): there is no name in this language.")
            values = {"label": NAME_LABELS[field], "language": language}
            raise RuleBrokenError(sentence % values, field=f"{field}_{language}")


def column_values(name: PartyName | None) -> dict[str, str]:
    """What stands in a name's columns; nothing where there is no name."""
    return {field: getattr(name, field) if name else "" for field in NAME_FIELDS}


def check_succession(old: Party, new: Party, on: date, kind: str, but: Succession | None) -> None:
    """One succession among all others. Raises RuleBrokenError naming the field."""
    if kind not in Succession.Kind.values:
        raise RuleBrokenError(gettext("Kind: choose one of the list."), field="kind")
    if old.pk == new.pk:
        sentence = gettext("Successor: no party is its own successor.")
        raise RuleBrokenError(sentence, field="new")
    check_day(on, field="on", label=gettext("Date of succession"))
    begins_late = old.exists_from is not None and on < old.exists_from
    ends_early = old.exists_to is not None and on > old.exists_to
    if begins_late or ends_early:
        sentence = gettext("Date of succession: %(code)s did not exist on that day.")
        raise RuleBrokenError(sentence % {"code": old.code}, field="on")
    others = Succession.objects.exclude(pk=but.pk) if but else Succession.objects.all()
    followed: dict[str, set[str]] = {}
    for former, later in others.values_list("old__code", "new__code"):
        followed.setdefault(former, set()).add(later)
    if new.code in followed.get(old.code, set()):
        sentence = gettext("Successor: %(new)s stands as a successor of %(old)s already.")
        raise RuleBrokenError(sentence % {"new": new.code, "old": old.code}, field="new")
    if leads_to(followed, new.code, old.code):
        sentence = gettext(
            "Successor: %(new)s cannot succeed to %(old)s, which itself succeeds to it, directly "
            "or through others."
        )
        raise RuleBrokenError(sentence % {"new": new.code, "old": old.code}, field="new")
