"""The engine needs neither Django nor a database to count."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import notifications.clauses

PROGRAM = """
import importlib, pkgutil, sys
sys.modules["django"] = None  # from here on, importing Django raises ImportError
import notifications.clauses
for module in pkgutil.iter_modules(notifications.clauses.__path__):
    importlib.import_module(f"notifications.clauses.{module.name}")
print(sorted(name for name in sys.modules if name.split(".")[0] in {"django", "celery"}))
"""


def test_every_module_loads_where_django_cannot_be_imported() -> None:
    root = Path(notifications.clauses.__file__).parents[2]

    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=False
    )

    assert run.stderr == ""
    assert run.stdout == "['django']\n"
