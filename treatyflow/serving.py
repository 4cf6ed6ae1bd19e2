"""gunicorn's configuration for the pages in production, from the environment like everything."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings

from treatyflow.settings import environment

# Behind a proxy on the same machine; a container must listen to the world around it.
bind: Final = f"{environment.text('TREATYFLOW_BIND', '127.0.0.1')}:{settings.PORT}"
workers: Final = environment.whole_number("TREATYFLOW_WEB_PROCESSES", 2, least=1, most=64)
worker_class: Final = "gthread"
threads: Final = environment.whole_number("TREATYFLOW_WEB_THREADS", 8, least=1, most=64)
timeout: Final = 60
graceful_timeout: Final = 30
# Where a process says that it lives: in memory, where there is such a place.
worker_tmp_dir: Final = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable: Final = True
# Requests are told of by RequestLogMiddleware, without what an access log would repeat.
accesslog: Final = None
logconfig_dict: Final = settings.LOGGING
