"""How the tests replay scenarios: the five, changed ones, and three treaties invented here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notifications.register import verify
from notifications.services.library import SCENARIOS
from notifications.services.scenarios.replaying import replay
from notifications.services.scenarios.reporting import Report

NOW = datetime(2024, 3, 1, 9, 0, tzinfo=UTC)
FILES = sorted(SCENARIOS.glob("*.yaml"))
US_2020 = SCENARIOS / "open-skies-us-2020.yaml"


def run(path: Path, **options: Any) -> Report:
    return replay(path=path, now=NOW, **options)


def changed(tmp_path: Path, *changes: tuple[str, str], source: Path = US_2020) -> Path:
    text = source.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "changed.yaml"
    file.write_text(text)
    return file


FJORD = """\
id: fjord
title: Agreement on the Fjord
depositaries: [un-sg]
zone: Europe/Oslo
in_force: 1990-01-01
parties: [NOR, SWE, DNK]
clauses:
  - id: art-9
    article: Art. 9
    governs: withdrawal
    starts: circulated
    count: [{add: P90D}, {next: month}]
    yields: effect
"""
PASS = """\
id: pass
title: Treaty on the Pass
depositaries: [CHE]
zone: UTC
signed: 1985-05-01
parties: [CHE, ITA, AUT]
clauses:
  - id: "4"
    article: "4"
    governs: withdrawal
    starts: received
    opens: [{add: P10D}]
    closes: [{add: P2W}]
    yields: duty
    duty: {bearer: depositaries, act: conference}
  - id: "5"
    article: "5"
    governs: withdrawal
    starts: given
    count: [{add: P1Y}, {until: "12-31"}]
    minimum: true
    yields: effect
    addressees: [depositaries]
"""
STRAIT = """\
id: strait
title: Pact on the Strait
depositaries: []
zone: Asia/Tokyo
in_force: 2000-01-01
participants_complete: true
parties: [JPN, KOR]
clauses:
  - id: x
    article: X
    governs: withdrawal
    starts: received
    count: [{add: P2M}]
    yields: effect
    requires: [statement-of-extraordinary-events]
"""


def replayed(tmp_path: Path, treaties: Path, text: str) -> Report:
    file = tmp_path / "case.yaml"
    file.write_text(text)
    report = run(file, treaties=treaties)
    assert [verdict.got for verdict in report.verdicts if not verdict.ok] == []
    assert verify().ok
    return report


LAKE_HEAD = """\
id: lake
title: Pact on the Lake
depositaries: [CHE]
zone: UTC
in_force: 2000-01-01
parties: [CHE, ITA, AUT, DEU, FRA]
clauses:
"""

LAKE_EXIT = """\
  - id: "9"
    article: "9"
    governs: withdrawal
    starts: received
    count: [{add: P6M}]
    yields: effect
"""

LAKE_THIRD = """\
  - id: "16"
    article: "16"
    governs: amendment-proposal
    starts: {count_of: conference-request, reaches: 3, within: P90D, of: circulated}
    opens: [{add: P30D}]
    closes: [{add: P60D}]
    yields: duty
    duty: {bearer: depositaries, act: conference}
"""

LAKE_THREE = """\
id: lake-third
treaty: lake
until: 2010-12-01
acts:
  - id: amendment
    at: 2010-01-04
    act: amendment-proposal
    by: ITA
    provision: "5"
    text: New.
    received: 2010-01-05
  - id: one
    at: 2010-02-01
    act: conference-request
    to: amendment
    by: ITA
    text: Please.
    received: 2010-02-02
  - id: two
    at: 2010-02-10
    act: conference-request
    to: amendment
    by: AUT
    text: Please.
    received: 2010-02-11
  - id: three
    at: 2010-03-01
    act: conference-request
    to: amendment
    by: DEU
    text: Please.
    received: 2010-03-03
  - {at: 2010-04-20, act: conference, to: amendment, by: CHE}
expect:
  - {clause: "16", of: amendment, opens: 2010-04-02, due: 2010-05-02, status: met}
"""


def lake(folder: Path, clauses: str, *, head: str = LAKE_HEAD, name: str = "lake") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(head + clauses)
    return folder
