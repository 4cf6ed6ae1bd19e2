"""The form of the calculator: for each fact that a clause counts from one input, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.acts import ACTS
from notifications.clauses.asking import Asked
from notifications.clauses.facts import Lasting
from notifications.clauses.instants import Moment
from notifications.clauses.schema import Clause
from notifications.clauses.sections import FIRST_YEAR, LAST_YEAR, is_zone
from notifications.clauses.supposing import Supposed
from notifications.clauses.typed import NoMomentError, OutOfRangeError, typed_day, typed_moment
from notifications.web import words
from notifications.web.form_fields import choice, day, line, number, switch, text
from notifications.web.forms import NamingForm
from notifications.web.names import PartyNames

ARMED_CONFLICT: Final = "armed-conflict"
MOST_ACTS: Final = 200
MOST_PARTIES: Final = 1000
# What can be known to the minute.
TIMED: Final = ("given", "received", "circulated", "field")

DAYS: Final = {
    "given": _("Date of the note"),
    "registered": _("Registered by the depositary on"),
    "circulated": _("Circulated by the depositary on"),
    "informed": _("Party informed by the depositary on"),
    "consented": _("Party consented to be bound on"),
    "in_force": _("Treaty in force since"),
    "in_force_for_party": _("Treaty in force for the party since"),
}
HELP: Final = {
    "given": _("It counts where no receipt is named."),
    "registered": _("Leave empty where it is the day of deposit."),
    "consented": _("Leave empty to take what is on record of the party."),
    "in_force": _("Leave empty to take the recorded day."),
    "in_force_for_party": _("Leave empty to take what is on record of the party or the treaty."),
}


class CalculatorForm(NamingForm):
    """What is supposed of one act; ``given`` data comes from the address of the page."""

    def __init__(
        self, *, clause: Clause, asked: Asked, zone: str, names: PartyNames, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.clause, self.asked, self.names = clause, asked, names
        self.zone = zone
        for name, field in self._inputs():
            self.fields[name] = field
            if asked.has_hours and name.split("-")[0] in TIMED:
                self.fields[f"{name}_time"] = self._time(field.label)

    def supposed(self, today: date) -> Supposed:
        """What the form says, once it is valid."""
        said, asked = self.cleaned_data, self.asked
        return Supposed(
            **{name: said[name] for name in (*DAYS, "effective") if said.get(name)},
            received={
                code: said[_key("received", code)]
                for code in asked.receivers
                if said.get(_key("received", code))
            },
            has_reasons=bool(said.get("reasons")),
            stated={
                name: said[f"field-{name}"] for name in asked.fields if said.get(f"field-{name}")
            },
            acts=tuple((act, on) for act in asked.acts for on in said.get(f"act-{act}") or ()),
            lasting=self._lasting(),
            party=said.get("party", ""),
            parties=said.get("parties"),
            yielded={
                other.id: said[f"date-{other.id}"]
                for other in asked.clauses
                if said.get(f"date-{other.id}")
            },
            run_from=said.get("from") or today,
        )

    def clean(self) -> None:
        """Read dates, with the time of day where one is typed, in the zone of the clause."""
        self._clean_zone()
        for name in list(self.fields):
            if name.startswith("act-"):
                self._clean_list(name)
            elif name == "parties":
                self._clean_number(name)
            elif name not in {"party", "zone", "reasons"} and not name.endswith("_time"):
                self._clean_moment(name)
        first, last = (self.cleaned_data.get(f"conflict_{end}") for end in ("from", "until"))
        if last and not first:
            self._refuse("conflict_from", gettext("%(field)s is missing."))
        elif first and last and last <= first:
            self._refuse("conflict_until", gettext("%(field)s: it ends after it begins."))

    def _inputs(self) -> Iterator[tuple[str, forms.Field]]:
        asked = self.asked
        if asked.of_party:
            yield "party", self._party()
        if "given" in asked.facts:
            yield "given", day(label=DAYS["given"], help_text=HELP["given"])
        for code in asked.receivers:
            yield _key("received", code), day(label=self._received(code))
        for name in DAYS:
            if name in asked.facts and name != "given":
                yield name, day(label=DAYS[name], help_text=HELP.get(name, ""))
        for name in asked.fields:
            yield f"field-{name}", day(label=_field_label(self.clause.governs, name))
        for act in asked.acts:
            yield f"act-{act}", self._acts(act)
        yield from self._others()

    def _others(self) -> Iterator[tuple[str, forms.Field]]:
        """What only some clauses ask for."""
        asked = self.asked
        if asked.has_shares:
            told = _("Leave empty to take those on record, where the record is complete.")
            yield "parties", number(label=_("Number of parties"), help_text=told)
        for other in asked.clauses:
            label = gettext("Date under %(article)s") % {"article": words.cited(other.article)}
            told = _("Leave empty to count it from the same facts.")
            yield f"date-{other.id}", day(label=label, help_text=told)
        if asked.recurs:
            yield "from", day(label=_("Next time on or after"))
        if asked.lasts:
            yield "conflict_from", day(label=_("Armed conflict since"))
            told = _("The first day on which it is over; empty as long as it lasts.")
            yield "conflict_until", day(label=_("Armed conflict until"), help_text=told)
        if asked.names_date:
            told = _("Where the notice itself names the date on which it is to take effect.")
            yield "effective", day(label=_("Date named in the notice"), help_text=told)
        if asked.has_reasons:
            yield "reasons", switch(label=_("The notice states its reasons"))
        zone_told = gettext("In which the days are read; empty for %(zone)s.")
        field = line(label=_("Time zone"), help_text=zone_told % {"zone": self.zone})
        field.widget.attrs["class"] += " form-control-day"
        yield "zone", field

    def _party(self) -> forms.Field:
        named = sorted(self.names.by_code.values())
        choices = [("", _("No party in particular")), *((one.code, one.name) for one in named)]
        return choice(label=_("Party"), choices=choices)

    def _received(self, code: str) -> str:
        is_deposit = bool(self.asked.facts & {"deposited", "registered"})
        if code:
            said = {"party": self.names.said_of_code(code)}
            deposited, received = (
                gettext("Deposited with %(party)s"),
                gettext("Received by %(party)s"),
            )
            return (deposited if is_deposit else received) % said
        return gettext("Deposited on") if is_deposit else gettext("Received on")

    def _acts(self, act: str) -> forms.Field:
        label = gettext("%(act)s: days on which they came in") % {"act": words.act_title(act)}
        told = _("One day a line, such as 2020-05-22; each is taken to be of another party.")
        return text(label=label, help_text=told, rows=4)

    def _time(self, label: Any) -> forms.Field:
        told = gettext("Where it is known, in the zone of the clause (%(zone)s).")
        named = gettext("%(field)s: time of day") % {"field": label}
        field = line(label=named, help_text=told % {"zone": self.zone})
        field.widget = forms.TimeInput(
            attrs={"class": "form-control form-control-day", "type": "time"}
        )
        return field

    def _lasting(self) -> tuple[Lasting, ...]:
        since = self.cleaned_data.get("conflict_from")
        if not since:
            return ()
        return (Lasting(ARMED_CONFLICT, since, self.cleaned_data.get("conflict_until") or None),)

    def _clean_zone(self) -> None:
        name = str(self.cleaned_data.get("zone") or "").strip()
        if name and not is_zone(name):
            self._refuse("zone", gettext("%(field)s: “%(value)s” is no time zone."), value=name)
        elif name:
            self.zone = name

    def _clean_moment(self, name: str) -> None:
        typed = str(self.cleaned_data.get(name) or "").strip()
        time = str(self.cleaned_data.get(f"{name}_time") or "").strip()
        self.cleaned_data[name] = None
        if typed:
            self.cleaned_data[name] = self._moment(name, typed, time)
        elif time:
            self._refuse(name, gettext("%(field)s is missing."))

    def _moment(self, name: str, typed: str, time: str) -> Moment | None:
        may_be_instant = f"{name}_time" in self.fields
        try:
            if not may_be_instant:
                return typed_day(typed)
            return typed_moment(f"{typed}T{time}" if time else typed, self.zone)
        except OutOfRangeError:
            self._refuse_year(name)
        except NoMomentError:
            if time and _is_moment(typed, self.zone):
                sentence = gettext("%(field)s: “%(value)s” is no time of day.")
                self._refuse(f"{name}_time", sentence, value=time[:40])
            else:
                self._refuse_day(name, typed)
        return None

    def _clean_list(self, name: str) -> None:
        found: list[date] = []
        for typed in re.split(r"[\s,;]+", str(self.cleaned_data.get(name) or "").strip()):
            if not typed:
                continue
            try:
                found.append(typed_day(typed))
            except OutOfRangeError:
                self._refuse_year(name)
                break
            except NoMomentError:
                self._refuse_day(name, typed)
                break
        if len(found) > MOST_ACTS:
            self._refuse(name, gettext("%(field)s: at most %(most)d days."), most=MOST_ACTS)
        self.cleaned_data[name] = found

    def _clean_number(self, name: str) -> None:
        typed = str(self.cleaned_data.get(name) or "").strip()
        self.cleaned_data[name] = None
        if not typed:
            return
        if not re.fullmatch(r"[0-9]{1,4}", typed) or not 1 <= int(typed) <= MOST_PARTIES:
            sentence = gettext("%(field)s: a whole number from 1 to %(most)d.")
            self._refuse(name, sentence, most=MOST_PARTIES)
            return
        self.cleaned_data[name] = int(typed)

    def _refuse_day(self, name: str, typed: str) -> None:
        sentence = gettext("%(field)s: “%(value)s” is no date of the calendar.")
        self._refuse(name, sentence, value=typed[:40])

    def _refuse_year(self, name: str) -> None:
        sentence = gettext("%(field)s: the year must lie between %(first)d and %(last)d.")
        self._refuse(name, sentence, first=FIRST_YEAR, last=LAST_YEAR)

    def _refuse(self, name: str, sentence: str, **said: Any) -> None:
        self.add_error(name, sentence % {"field": self.fields[name].label, **said})


def _is_moment(typed: str, zone: str) -> bool:
    try:
        typed_moment(typed, zone)
    except ValueError:
        return False
    return True


def _key(name: str, code: str) -> str:
    return f"{name}-{code}" if code else name


def _field_label(act: str, name: str) -> str:
    """What the field of an act is called on its form; its name where the act has no such field."""
    known: Iterable[Any] = ACTS[act].fields if act in ACTS else ()
    return next((gettext(field.label) for field in known if field.name == name), name)
