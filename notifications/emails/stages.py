"""Which stage of a deadline it is, in words, for lists."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext


def stage_words(stage: str) -> str:
    """A stage as "30 days before", "the window opens", "on the day", "8 days after"."""
    kind, _hyphen, number = stage.partition("-")
    count = number.removesuffix("h")
    days = int(count) if count.isdigit() else 0
    if kind == "before" and number.endswith("h"):
        return ngettext("%(hours)d hour before", "%(hours)d hours before", days) % {"hours": days}
    if kind == "before":
        return ngettext("%(days)d day before", "%(days)d days before", days) % {"days": days}
    if kind == "after":
        return ngettext("%(days)d day after", "%(days)d days after", days) % {"days": days}
    return gettext("the window opens") if kind == "opens" else gettext("on the day")
