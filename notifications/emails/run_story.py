"""What the mails on the runs of recurring clauses say: a duty that comes again, and its date."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from notifications.emails.act_lines import Line
from notifications.emails.failures import of_failure
from notifications.emails.telling import Telling
from notifications.emails.words import (
    article_of,
    bare_date,
    bearer_of,
    called_for,
    cited,
    clock_title,
    clock_words,
    distance,
    full_date,
    summary_of,
    within,
    yields_of,
)
from notifications.models import Alert, Deadline, DeadlineVersion

# The folder of the templates by what stands before the first hyphen of a stage.
_FOLDERS: Final = {"day": "run-day", "after": "run-lapsed"}


def run_title(version: DeadlineVersion) -> str:
    """What a run asks for, or what ends with it, in a few words."""
    rule = version.clause_version.rule if version.clause_version else {}
    if rule.get("duty"):
        return clock_title(rule, "")
    return gettext("Time under %(article)s ends") % {"article": cited(article_of(version))}


def link_to_run(run: Deadline) -> str:
    """The address of the page of recurring duties, at this run."""
    return f"{settings.TREATYFLOW_BASE_URL}{reverse('recurring')}#run-{run.uid}"


class RunStory(Telling):
    """An alert about a run: what is due, for whom, when and why, and what to do."""

    @property
    def folder(self) -> str:
        """The folder of the mail's templates."""
        if self.alert.kind == Alert.Kind.UNDELIVERED:
            return self.alert.kind
        if self.is_over():
            return "run-lapsed"
        return _FOLDERS.get(self.alert.stage.partition("-")[0], "run-approaching")

    @property
    def link(self) -> str:
        """The page of recurring duties."""
        return link_to_run(self.version().deadline)

    def title(self) -> str:
        """What is due, under which treaty, for whom: for the calendar."""
        version = self.version()
        return gettext("%(treaty)s: %(title)s – %(senders)s") % {
            "treaty": self.alert.case.treaty.short_name,
            "title": run_title(version),
            "senders": bearer_of(version.deadline, self.name),
        }

    def context(self) -> dict[str, Any]:
        """The values of the templates, the same names for every mail on a run."""
        version = self.version()
        today = self.day(version.zone)
        due_on = version.due_on or today
        return {
            **self.frame(),
            "yields": yields_of(version),
            "title": run_title(version),
            "title_within": within(run_title(version)),
            "bearer": bearer_of(version.deadline, self.in_text),
            "due": full_date(due_on),
            "due_short": bare_date(due_on),
            "clock": clock_words(version.due_at, version.due_on, version.zone),
            "zone": version.zone,
            "opens": full_date(version.opens_on) if version.opens_on else "",
            "distance": distance((due_on - today).days),
            "is_past": due_on < today,
            "is_target": version.is_target,
            "reason": self.reason(),
            "article": cited(article_of(version)),
            "summary": summary_of(version),
            "on_lapse": called_for(version),
            "link": self.link,
            "lines": self._lines(version),
            **self._of_failure(version),
        }

    def _of_failure(self, version: DeadlineVersion) -> dict[str, Any]:
        """Where the mail is about another one, which reached nobody."""
        failed = self.alert.failed_message
        if failed is None:
            return {}
        title, party = run_title(version), self.in_text(failed.own_party.code)
        told = of_failure(self.alert, self.background.failures, title=title, party=party)
        return {**told, "about_short": within(title)}

    def _lines(self, version: DeadlineVersion) -> list[Line]:
        """The run at a glance."""
        end = f"{clock_words(version.due_at, version.due_on, version.zone)} {version.zone}"
        return [
            Line(gettext("Treaty"), self.alert.case.treaty.short_name),
            Line(gettext("Borne by"), bearer_of(version.deadline, self.name)),
            Line(gettext("Due"), f"{full_date(version.due_on)}, {end}" if version.due_on else ""),
        ]
