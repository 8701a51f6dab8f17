"""The log: one JSON line per event, which no stranger's text can forge, colour or flood.

Standard library only. `tell` is for events of security: who did what, when, from where and in
which request. People are named by number; no name, address of mail, password or link is told.
"""

from __future__ import annotations

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

# Lines end up in tools that cut or drop long ones; a traceback's end is worth more than its start.
LONGEST = 2_000
LONGEST_WITH_TRACEBACK = 8_000
# The one address that holds a secret: the link by which a password is chosen.
SECRET_PATH = re.compile(r"(/akun/sandi/baru/)[^/\s]+")

request_id: ContextVar[str] = ContextVar("request_id", default="")
events = logging.getLogger("committee.events")


def tell(event: str, request: HttpRequest | None = None, **facts: Any) -> None:
    """Write one event down; `who` is a member's number, or None for nobody signed in."""
    events.info(event, extra={"facts": _about(request) | facts})


def _about(request: HttpRequest | None) -> dict[str, Any]:
    if request is None:
        return {}
    return {
        "who": getattr(getattr(request, "user", None), "pk", None),
        "from": _client(request),
        "asked": f"{request.method} {request.path}",
    }


def _client(request: HttpRequest) -> str:
    """Give the address that limits are counted by."""
    from allauth.account.adapter import get_adapter  # loads models, which the log must not

    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # it knows none: the log must not fail for that
        return ""


class JsonLine(logging.Formatter):
    """A record as one line of plain ASCII: whatever is no printable letter of it is escaped."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
            "request": request_id.get(),
            **getattr(record, "facts", {}),
        }
        if not record.exc_info:
            return _line(told, LONGEST)
        told["traceback"] = self.formatException(record.exc_info)[-LONGEST_WITH_TRACEBACK // 2 :]
        return _line(told, LONGEST_WITH_TRACEBACK)


def _line(told: dict[str, Any], longest: int) -> str:
    """Halve the longest text until all fits: a flood of one value hides no other."""
    told = {name: _plain(value, longest) for name, value in told.items()}
    while len(line := json.dumps(told)) > longest:
        name = max(told, key=lambda name: len(json.dumps(told[name])))
        told[name] = f"{told[name][: len(told[name]) // 2 - 1]}…"
    return line


def _plain(value: Any, longest: int) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    return SECRET_PATH.sub(r"\1…", str(value)[:longest])
