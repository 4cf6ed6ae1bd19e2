"""``manage.py run``: the whole of TreatyFlow on this machine, until Ctrl-C."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from treatyflow.supervisor.checks import RefusedError
from treatyflow.supervisor.children import Output
from treatyflow.supervisor.run import Supervisor


class Command(BaseCommand):
    """Starts the supervisor and ends with its exit status."""

    help = (
        "Run broker, web, worker and beat on 127.0.0.1 under one supervisor, until Ctrl-C or "
        "SIGTERM. PORT (default 8000) and TREATYFLOW_DATA (default var/) say where; DATABASE_URL "
        "and REDIS_URL take a PostgreSQL database and a Redis server instead of the embedded ones."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until asked to stop."""
        try:
            status = Supervisor(Output(sys.stdout)).run()
        except RefusedError as refusal:
            sys.exit(str(refusal))
        sys.exit(status)
