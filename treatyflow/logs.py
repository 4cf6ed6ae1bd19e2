"""What the system says of itself while it works: of requests, tasks and faults, never of people.

A line of production is one JSON object. It holds user ids and paths, and leaves out what may carry
a name, an address, a token or the text of a note: the query and the body of a request, the words of
an exception (a database repeats the values it refuses in them), and whatever another library puts
into its sentences.
"""

from __future__ import annotations

import json
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("treatyflow.request")

# Whose sentences are known to name machines, processes and records alone.
PLAIN_SPOKEN: Final = ("treatyflow", "notifications", "gunicorn", "celery", "kombu")
# It repeats the words of whatever exception a task raised.
NOT_PLAIN_SPOKEN: Final = ("celery.app.trace",)
PLACEHOLDER: Final = re.compile(r"%(\(\w+\))?[-#0 +]*[\d*]*(\.\d+)?[a-zA-Z]")
ADDRESS: Final = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
CAUSES: Final = 5

# What every line within one request or task carries.
_around: ContextVar[dict[str, Any]] = ContextVar("around", default={})  # noqa: B039 - never changed


class JsonFormatter(logging.Formatter):
    """One line a record: instant, level, logger, event, and what is known around it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one JSON object."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": ADDRESS.sub("[address]", _event(record)),
            **_around.get(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exceptions"] = list(_exceptions(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def _event(record: logging.LogRecord) -> str:
    """The sentence; of loggers that may say anything, what stands in their code alone."""
    is_plain = record.name.partition(".")[0] in PLAIN_SPOKEN
    if is_plain and record.name not in NOT_PLAIN_SPOKEN:
        return record.getMessage()
    sentence = str(record.msg)
    return PLACEHOLDER.sub("…", sentence) if record.args else sentence.partition(":")[0]


def _exceptions(error: BaseException) -> Iterator[dict[str, Any]]:
    """The exception and what caused it: its kind and where it was raised, not its words."""
    current: BaseException | None = error
    for _ in range(CAUSES):
        if current is None:
            break
        yield {"kind": type(current).__name__, "stack": list(_stack(current.__traceback__))}
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _stack(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        code = trace.tb_frame.f_code
        file = code.co_filename.removeprefix(f"{settings.BASE_DIR}/")
        yield f"{file.rpartition('site-packages/')[2]}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next


class RequestLogMiddleware:
    """One line a request, under an id that the answer carries too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and tell of it."""
        # Never the client's own: it could be anything.
        request_id = uuid.uuid4().hex
        token = _around.set({"request_id": request_id})
        began = time.monotonic()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id
            if not request.path_info.startswith(settings.STATIC_URL):
                _tell(request, response, began)
            return response
        finally:
            _around.reset(token)


def _tell(request: HttpRequest, response: HttpResponse, began: float) -> None:
    facts = {
        "method": request.method,
        # Of an address that does not exist nobody knows what it holds.
        "path": request.path if request.resolver_match else None,
        "status": response.status_code,
        "duration_ms": round((time.monotonic() - began) * 1000),
        # Only where somebody asked who it is: this asks the database nothing.
        "user": getattr(request.__dict__.get("_cached_user"), "pk", None),
    }
    level = logging.ERROR if response.status_code >= 500 else logging.INFO
    words = (facts["method"], facts["path"] or "?", facts["status"])
    logger.log(level, "%s %s %s", *words, extra={"facts": facts})


class TaskLog:
    """What a worker says of its tasks: one line each, and their id on every line in between."""

    def __init__(self) -> None:
        self._began = 0.0
        self._logger = logging.getLogger("treatyflow.task")

    def begin(self, task_id: str, task: Any) -> None:
        """Note which task the lines that follow belong to."""
        self._began = time.monotonic()
        _around.set({"task": task.name, "task_id": task_id})

    def end(self, task: Any, state: str | None) -> None:
        """Tell of the task: ``state`` is Celery's word for how it ended."""
        took = round((time.monotonic() - self._began) * 1000)
        facts = {"state": state, "duration_ms": took}
        self._logger.info("%s %s", task.name, state, extra={"facts": facts})
        _around.set({})
