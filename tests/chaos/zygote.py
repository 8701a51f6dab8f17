"""A process that has imported the product once, and forks a real process for each order.

Starting Django costs more than a second; forking it costs ten milliseconds. What is forked is
a process like any other: it has its own connections, and SIGKILL ends it wherever it is.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import socket
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Take orders from the harness until it goes away."""
    import django

    django.setup()
    from tests.chaos import driver

    _warm()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the harness learns of an end by the pipe's
    orders = socket.socket(fileno=int(sys.argv[1]))
    orders.send(b"ready")
    while True:
        message, pipes, *_ = socket.recv_fds(orders, 65536, 1)
        if not message:
            return
        order = json.loads(message)
        if (pid := os.fork()) == 0:
            orders.close()
            _obey(driver.play, order, pipes[0])
        os.close(pipes[0])
        orders.send(str(pid).encode())


def _warm() -> None:
    """Load what is otherwise loaded at first use, once for all forks."""
    from datetime import date

    from django.core.management import load_command_class
    from django.db import connection
    from django.template.loader import get_template
    from django.urls import reverse
    from django.utils import translation

    from roadmap.rules.calendar import is_working_day

    load_command_class("roadmap", "deliver")
    is_working_day(date(2018, 9, 24))
    assert connection.features  # imports the driver, and connects to nothing
    reverse("roadmap:my")
    for language in ("id", "en"):
        with translation.override(language):
            translation.gettext("late")
    get_template("emails/reminders.html")


def _obey(play: Any, order: dict[str, Any], pipe: int) -> None:
    """Do one order in the child and end with its code; never returns."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        random.seed()
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        _move_in(order)
        play(order, pipe)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os.write(pipe, b"0" if code == 0 else b"1")
        os._exit(code)


def _move_in(order: dict[str, Any]) -> None:
    """Point the settings that a process of its own would read from its environment."""
    from django.conf import settings
    from django.db import connections

    connections.databases["default"]["NAME"] = order["database"]
    settings.EMAIL_HOST = "127.0.0.1" if order["mail_port"] else ""
    settings.EMAIL_PORT = order["mail_port"]
    settings.EMAIL_HOST_USER = order.get("user", "")
    settings.EMAIL_HOST_PASSWORD = order.get("password", "")
    settings.DATA_DIR = Path(order["folder"])
    settings.MAIL_ROOT = settings.DATA_DIR / "mail"
    settings.EVIDENCE_ROOT = settings.DATA_DIR / "evidence"
    settings.PACK_ROOT = settings.DATA_DIR / "packs"


if __name__ == "__main__":
    main()
