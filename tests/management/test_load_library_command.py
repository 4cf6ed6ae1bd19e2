"""``manage.py load_library``: what it prints, what it ends with, and where the exercise is."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from notifications.models import Treaty
from notifications.services.demo import EXERCISE_TREATY
from notifications.services.library import EXERCISE, TREATIES

pytestmark = pytest.mark.django_db

# The library's files, and that of the exercise.
ALL = len([*TREATIES.glob("*.yaml"), *EXERCISE.glob("*.yaml")])


def load(*words: str) -> str:
    out = StringIO()
    call_command("load_library", *words, stdout=out)
    return out.getvalue()


def test_it_says_what_it_did() -> None:
    assert f"treaties: {ALL} created, 0 changed, 0 unchanged" in load()
    assert f"treaties: 0 created, 0 changed, {ALL} unchanged" in load()


def test_json_holds_the_same_counts() -> None:
    counts: dict[str, Any] = json.loads(load("--json"))
    none = {"changed": 0, "unchanged": 0, "removed": 0, "kept": 0}
    assert counts["parties"] == {"created": 256, **none}
    assert counts["differences"] == []


def test_the_exercise_is_for_the_embedded_settings_alone(settings: Any) -> None:
    settings.TREATYFLOW_EMBEDDED = False
    load()
    assert Treaty.objects.exists()
    assert not Treaty.objects.filter(slug=EXERCISE_TREATY).exists()
    settings.TREATYFLOW_EMBEDDED = True
    load()
    assert Treaty.objects.filter(slug=EXERCISE_TREATY).exists()


def test_files_of_another_folder_come_on_top(tmp_path: Path) -> None:
    (tmp_path / "abm.yaml").write_text("id: abm\ntitle: Another ABM\ndepositaries: []\nzone: UTC\n")
    load("--treaties", str(tmp_path))
    assert Treaty.objects.get(slug="abm").title == "Another ABM"
    assert Treaty.objects.count() == ALL


def test_bad_files_end_with_status_2_and_every_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: a\ntitle: A\ndepositaries: [XXX]\nzone: UTC\n")
    (tmp_path / "b.yaml").write_text("id: b\ntitle: B\ndepositaries: []\nzone: Mars\n")
    with pytest.raises(CommandError) as ended:
        load("--treaties", str(tmp_path))
    assert ended.value.returncode == 2
    lines = str(ended.value).splitlines()
    assert len(lines) == 2
    assert "a.yaml, line 3: depositaries[0]:" in lines[0]
    assert "b.yaml, line 4: zone:" in lines[1]
    assert not Treaty.objects.exists()
