"""Dates with what remains, instants with their zone, states and names: how the pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from notifications.web import words
from notifications.web.clock import day_of
from notifications.web.names import PartyNames

register = template.Library()

Context = dict[str, Any]


def _today(context: Context, zone: str) -> date:
    """Today in a zone, where the page holds several treaties; else the day of the page."""
    if "now" in context:
        return day_of(context["now"], zone)
    today: date = context["today"]
    return today


@register.simple_tag
def day(value: date | None, zone: str = "UTC") -> SafeString | str:
    """A calendar day with its weekday; the zone it is read in on hover and for screen readers."""
    if value is None:
        return ""
    return _time(
        value.isoformat(), words.full_date(value), gettext("a day in %(zone)s") % {"zone": zone}
    )


@register.simple_tag(takes_context=True)
def day_and_rest(context: Context, value: date | None, zone: str = "UTC") -> SafeString | str:
    """A calendar day and what remains, as "22 November 2020 (Sunday), in 41 days"."""
    if value is None:
        return ""
    shown = _time(
        value.isoformat(), words.full_date(value), gettext("a day in %(zone)s") % {"zone": zone}
    )
    rest = words.distance((value - _today(context, zone)).days)
    return format_html('{}, <span class="rest">{}</span>', shown, rest)


@register.simple_tag
def moment(value: datetime | None, zone: str = "") -> SafeString | str:
    """An instant in the treaty's zone, where one is concerned, and in the reader's on hover.

    Without ``zone``: in the reader's, and in UTC on hover. So a day of the treaty is never told
    as the day before it because its reader lives further west.
    """
    if value is None:
        return ""
    universal = value.astimezone(UTC).isoformat(timespec="seconds")
    if zone:
        return _time(universal, words.exact(value, zone), words.local_moment(value))
    return _time(universal, words.local_moment(value), words.utc_moment(value))


@register.simple_tag
def moment_day(value: datetime | None, zone: str) -> SafeString | str:
    """The day of an instant in the treaty's zone, for grids; the instant itself on hover."""
    if value is None:
        return ""
    universal = value.astimezone(UTC).isoformat(timespec="seconds")
    return _time(universal, words.short_day(value, zone), words.exact(value, zone))


@register.simple_tag(takes_context=True)
def due(context: Context, version: Any, *, with_rest: bool = True) -> SafeString | str:
    """When a deadline ends: its day, what remains, and the exact instant with the zone."""
    if version.due_on is None:
        return gettext("no date yet")
    instant = version.due_at
    machine = instant.astimezone(UTC).isoformat(timespec="seconds")
    if version.is_exact:  # a clock in hours: its time of day is what counts
        shown = _time(machine, words.exact(instant, version.zone), words.local_moment(instant))
    else:
        said = words.due_exact(instant, version.due_on, version.zone)
        shown = _time(machine, words.full_date(version.due_on), said)
    if not with_rest:
        return shown
    rest_words = words.distance((version.due_on - _today(context, version.zone)).days)
    return format_html('{}, <span class="rest">{}</span>', shown, rest_words)


def _time(machine: str, shown: str, precise: str) -> SafeString:
    return format_html(
        '<bdi><time datetime="{}" title="{}">{}</time></bdi>'
        '<span class="visually-hidden"> ({})</span>',
        machine,
        precise,
        shown,
        precise,
    )


@register.filter
def as_day(value: str) -> date:
    """The day in a field of an act."""
    return date.fromisoformat(value)


@register.filter
def act_title(act: str) -> str:
    """The title of an act."""
    return words.act_title(act)


@register.filter
def cited(article: str) -> str:
    """An article as it is cited: "Article XV(2)", or as it stands where it is no number."""
    return words.cited(article)


@register.filter
def text_title(act: str) -> str:
    """What the text of an act is called on its form."""
    return words.text_title(act)


@register.filter
def position_words(position: str) -> str:
    """A position in words."""
    return words.position_title(position)


@register.filter
def party(names: PartyNames, party_id: int) -> str:
    """The name of a party: ``{{ names|party:row.party_id }}``."""
    return names.of(party_id)


@register.filter
def said(names: PartyNames, party_id: int) -> str:
    """The same in running text, as "the United States of America"."""
    return names.said(party_id)


@register.filter
def in_words(value: date) -> str:
    """A day within a sentence: ``{% blocktranslate with day=act.given_on|in_words %}``."""
    return words.bare_date(value)


@register.filter
def sentence(text: str) -> str:
    """A sentence with a capital at its start."""
    return words.capitalised(text)


@register.filter
def breakable(number: str) -> SafeString:
    """A number of the register; a narrow page breaks it after its dots, not within a word."""
    *firsts, last = number.split(".")
    return format_html("{}{}", format_html_join("", "{}.<wbr>", ((part,) for part in firsts)), last)


@register.simple_tag
def state(record: str, value: str) -> SafeString:
    """A state as a mark with its words: never by colour alone."""
    return format_html(
        '<span class="state state-{}">{}</span>', value, words.state_words(record, value)
    )
