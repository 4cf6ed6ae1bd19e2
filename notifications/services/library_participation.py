"""The library's participations: who was a party when; an exit by an act is never overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext

from notifications.clauses.treaty import PartyEntry, TreatyFile
from notifications.models import Participation, Party, Treaty
from notifications.register import plain
from notifications.services.library_by_hand import ByHand
from notifications.services.library_report import Change, LibraryReport

_COLUMNS: Final = (
    "signed_on",
    "consent",
    "consent_on",
    "in_force_on",
    "assumed_on",
    "exit_on",
    "succeeds",
    "source",
)


def load_participations(
    files: Sequence[TreatyFile],
    treaties: Mapping[str, Treaty],
    parties: Mapping[str, Party],
    changes: Mapping[str, Change],
    report: LibraryReport,
    *,
    hand: ByHand,
) -> None:
    """Insert, correct and take out participations; ``changes`` and ``report`` say which.

    A party's participations in a treaty stay as they are where administrators saved one of them.
    """
    standing: dict[tuple[int, int], list[Participation]] = defaultdict(list)
    ids = [treaties[file.id].pk for file in files]
    rows = Participation.objects.filter(treaty__in=ids).select_related("treaty", "party")
    for row in rows.order_by(F("in_force_on").asc(nulls_last=True), "party__code"):
        if not hand.keeps_participation(row.treaty.slug, row.party.code):
            standing[row.treaty_id, row.party_id].append(row)
    work = _Work(changes, report, parties)
    for file in files:
        wanted: dict[str, list[PartyEntry]] = defaultdict(list)
        for entry in file.parties:
            if not hand.keeps_participation(file.id, entry.party):
                wanted[entry.party].append(entry)
        for code, entries in wanted.items():
            pair = (treaties[file.id].pk, parties[code].pk)
            work.compare(file, entries, standing.pop(pair, []), treaties[file.id], parties[code])
    for leftover in standing.values():
        for row in leftover:
            work.take_out(row)
    work.write()


class _Work:
    """What is to be inserted, corrected and taken out, gathered before anything is written."""

    def __init__(
        self,
        changes: Mapping[str, Change],
        report: LibraryReport,
        parties: Mapping[str, Party],
    ) -> None:
        self.parties = parties
        self.changes = changes
        self.report = report
        self.new: list[Participation] = []
        self.changed: list[Participation] = []
        self.gone: list[Participation] = []

    def compare(
        self,
        file: TreatyFile,
        entries: list[PartyEntry],
        rows: list[Participation],
        treaty: Treaty,
        party: Party,
    ) -> None:
        """One party of one treaty: by the day of entry into force, the rest in order of time."""
        by_day = {row.in_force_on: row for row in rows}
        pairs = [(entry, by_day.pop(_since(entry, file), None)) for entry in entries]
        rest = list(by_day.values())
        for entry, same in pairs:
            row = same or (rest.pop(0) if rest else None)
            if row is None:
                row = Participation(party=party, treaty=treaty)
                _correct(row, entry, file, self.parties)
                self.new.append(row)
                self._say(row, "parties_added")
                self.report.participations.add(is_new=True, is_changed=False)
                continue
            is_changed = self._is_corrected(row, entry, file)
            self.report.participations.add(is_new=False, is_changed=is_changed)
        for row in rest:
            self.take_out(row)

    def take_out(self, row: Participation) -> None:
        """A participation that its file no longer names, unless an act may have recorded it."""
        if row.notification_id:
            sentence = gettext(
                "%(treaty)s: the file no longer names %(party)s, which left by an act."
            )
            self._dispute(row, sentence)
        elif row.instrument_id or row.in_force_on is None:
            sentence = gettext(
                "%(treaty)s: the file does not name %(party)s, which signed or consented by an act."
            )
            self._dispute(row, sentence)
        else:
            self.gone.append(row)
            self._say(row, "parties_removed")
            self.report.participations.removed += 1

    def write(self) -> None:
        """In the order the constraints ask for: one open participation of a pair at any time."""
        Participation.objects.filter(pk__in=[row.pk for row in self.gone]).delete()
        for is_open in (False, True):
            rows = [row for row in self.changed if (row.exit_on is None) is is_open]
            Participation.objects.bulk_update(rows, _COLUMNS, batch_size=200)
        Participation.objects.bulk_create(self.new)

    def _is_corrected(self, row: Participation, entry: PartyEntry, file: TreatyFile) -> bool:
        if row.notification_id and entry.until not in (None, row.exit_on):
            sentence = gettext(
                "%(treaty)s: %(party)s left on %(exit)s by an act; the file says %(other)s."
            )
            self._dispute(row, sentence, other=str(entry.until))
        if row.instrument_id and entry.in_force not in (None, row.in_force_on):
            sentence = gettext(
                "%(treaty)s: %(party)s consented by an act filed here; the file says that it is in "
                "force for it from %(other)s on."
            )
            self._dispute(row, sentence, other=str(entry.in_force))
        if not _correct(row, entry, file, self.parties):
            return False
        self.changed.append(row)
        self._say(row, "parties_changed")
        return True

    def _dispute(self, row: Participation, sentence: str, **more: str) -> None:
        values = {"treaty": row.treaty, "party": row.party, "exit": row.exit_on, **more}
        self.report.differences.append(sentence % values)

    def _say(self, row: Participation, what: str) -> None:
        said = {
            "party": row.party.code,
            "in_force_on": plain(row.in_force_on),
            "exit_on": plain(row.exit_on),
        }
        self.changes[row.treaty.slug].setdefault(what, []).append(said)


def _since(entry: PartyEntry, file: TreatyFile) -> date | None:
    """From when the treaty is in force for the party; None for who has only signed or consented."""
    if entry.is_pending:
        return None
    since = entry.in_force or file.in_force or file.adopted or file.signed
    if since is None:
        raise ValueError(f"{file.file}: {entry.party} has no date")  # the loader refuses such files
    return since


def _correct(
    row: Participation, entry: PartyEntry, file: TreatyFile, parties: Mapping[str, Party]
) -> bool:
    """Make the row what its file says, but for what acts recorded; whether anything changed."""
    wanted: dict[str, Any] = {"source": entry.source}
    if entry.signed:  # a file that is silent takes no signature back
        wanted["signed_on"] = entry.signed
    if not row.instrument_id:
        wanted["in_force_on"] = since = _since(entry, file)
        is_known = entry.in_force is not None and not entry.is_assumed
        wanted["assumed_on"] = None if is_known else since
        wanted["consent"], wanted["consent_on"] = entry.consent, entry.consented
        wanted["succeeds_id"] = parties[entry.succeeds].pk if entry.succeeds else None
    if not row.notification_id:
        wanted["exit_on"] = entry.until
    before = {name: getattr(row, name) for name in wanted}
    for name, value in wanted.items():
        setattr(row, name, value)
    return before != wanted
