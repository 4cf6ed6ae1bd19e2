#!/usr/bin/env python
"""Django's command line; with no settings named it uses the embedded ones."""

from __future__ import annotations

import contextlib
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command line; what the environment lacks is told in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "treatyflow.settings.dev")
    try:
        if settings.TREATYFLOW_EMBEDDED:
            # Every command may be the first; a folder that cannot be made is the command's to tell.
            with contextlib.suppress(OSError):
                settings.TREATYFLOW_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"TreatyFlow cannot start: {error}")


if __name__ == "__main__":
    main()
