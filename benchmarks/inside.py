"""``python -m benchmarks.inside SUBJECT``: one subject, inside Django, on the database given.

Its last line is the outcomes as JSON. ``worker`` is no subject but the worker of others.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
from dataclasses import asdict

import django
from django.core.management import call_command


def main(subject: str) -> None:
    """Measure, and print what came out."""
    django.setup()
    # There is no broker, and nobody is to be woken: the workers are told to sweep.
    logging.getLogger("notifications.queue").setLevel(logging.ERROR)
    # Only now: the records behind the subjects need Django.
    module = importlib.import_module(f"benchmarks.{subject}")
    if subject == "worker":
        module.serve()
        return
    call_command("migrate", verbosity=0)
    print(json.dumps([asdict(outcome) for outcome in module.measured()]))


if __name__ == "__main__":
    main(sys.argv[1])
