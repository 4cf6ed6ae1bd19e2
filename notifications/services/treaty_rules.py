"""What holds for a treaty's particulars, whoever writes them: a page, a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.clauses.reading import parse_clause
from notifications.clauses.sections import is_zone
from notifications.errors import RuleBrokenError
from notifications.models import ClauseVersion, Treaty
from notifications.services.changes import check_day, check_prose, check_text

TREATY_FIELDS: Final = (
    "slug",
    "title",
    "short_title",
    "zone",
    "adopted_on",
    "signed_on",
    "in_force_on",
    "subject",
    "source",
    "participants_complete",
    "registration",
    "parent",
    "authentic_languages",
)
TREATY_LABELS: Final = {
    "slug": _("Id"),
    "title": _("Title"),
    "short_title": _("Short title"),
    "zone": _("Time zone"),
    "adopted_on": _("Adopted on"),
    "signed_on": _("Opened for signature on"),
    "in_force_on": _("In force on"),
    "subject": _("Subject"),
    "source": _("Source"),
    "participants_complete": _("All parties are listed"),
    "registration": _("Registration"),
    "parent": _("Parent treaty"),
    "authentic_languages": _("Authentic languages"),
}

# The facts from which only a clause of a treaty with a depositary can count.
BY_DEPOSITARY: Final = frozenset({"deposited", "registered", "informed"})

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_TEXTS: Final = {"title": 400, "short_title": 120, "subject": 200, "registration": 120}


def check_treaty(values: Mapping[str, Any]) -> None:
    """The values of a treaty's own columns, but for its parent. Raises RuleBrokenError."""
    slug = values["slug"]
    if len(slug) > 80 or not _SLUG.fullmatch(slug):
        sentence = gettext("Id: “%(slug)s” is not made of lower-case letters, numbers and hyphens.")
        raise RuleBrokenError(sentence % {"slug": slug}, field="slug")
    for field, at_most in _TEXTS.items():
        check_text(values[field], field=field, label=str(TREATY_LABELS[field]), at_most=at_most)
    check_prose(values["source"], field="source", label=str(TREATY_LABELS["source"]))
    for field in ("title", "short_title"):
        if not values[field].strip():
            sentence = gettext("%(label)s: this is required.") % {"label": TREATY_LABELS[field]}
            raise RuleBrokenError(sentence, field=field)
    if not is_zone(values["zone"]):
        sentence = gettext("Time zone: “%(zone)s” is none, such as UTC or Europe/Budapest.")
        raise RuleBrokenError(sentence % {"zone": values["zone"]}, field="zone")
    for field in ("adopted_on", "signed_on", "in_force_on"):
        check_day(values[field], field=field, label=str(TREATY_LABELS[field]))
    _check_languages(values["authentic_languages"])


def _check_languages(codes: Sequence[str]) -> None:
    for code in codes:
        if not _LANGUAGE.fullmatch(code):
            sentence = gettext("Authentic languages: “%(code)s” is no ISO 639 code, such as en.")
            raise RuleBrokenError(sentence % {"code": code}, field="authentic_languages")
    if len(set(codes)) < len(codes):
        sentence = gettext("Authentic languages: one of them stands twice.")
        raise RuleBrokenError(sentence, field="authentic_languages")


def refuse_circle(slug: str, parent: str | None, parents: Mapping[str, str | None]) -> None:
    """Refuse a treaty that is its own parent, directly or through others. Raises RuleBrokenError.

    ``parents`` holds the parent of every treaty by slug, as it will be.
    """
    if parent == slug:
        sentence = gettext("Parent treaty: no treaty is its own parent.")
        raise RuleBrokenError(sentence, field="parent")
    seen: set[str] = set()
    above = parent
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
        if above == slug:
            sentence = gettext("Parent treaty: %(parent)s is itself under %(treaty)s.")
            raise RuleBrokenError(sentence % {"parent": parent, "treaty": slug}, field="parent")


def check_depositaries(codes: Sequence[str], counting: str | None) -> None:
    """Each once, and at least one where an article counts on one. Raises RuleBrokenError.

    ``counting`` is such an article of the treaty, or None.
    """
    if len(set(codes)) < len(codes):
        sentence = gettext("Depositaries: one of them stands twice.")
        raise RuleBrokenError(sentence, field="depositaries")
    if not codes and counting is not None:
        sentence = gettext("Depositaries: article %(article)s of this treaty counts on one.")
        raise RuleBrokenError(sentence % {"article": counting}, field="depositaries")


def treaties_that_count_on_one(treaty: Treaty | None) -> dict[int | None, str]:
    """The treaties (or the one) with a clause that needs a depositary, and its article."""
    current = ClauseVersion.objects.current().exclude(governs="").select_related("clause")
    if treaty is not None:
        current = current.filter(clause__treaty=treaty)
    found: dict[int | None, str] = {}
    for version in current:
        rule = parse_clause(version.rule)
        is_owed_by_one = rule.duty is not None and rule.duty.bearer == "depositaries"
        if is_owed_by_one or rule.facts & BY_DEPOSITARY:
            found.setdefault(version.clause.treaty_id, rule.article)
    return found
