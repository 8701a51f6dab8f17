"""Plan, send and do long work without Celery: the equal way for a small server, or for cron."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from roadmap import tasks
from roadmap.services import job_processes

SECONDS_BETWEEN_RINGS = 5


class Command(BaseCommand):
    help = "Plan reminders, send letters and do long work; Celery is not needed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ring the same bells as the beat; a signal ends the loop after the bell it rings."""
        stop = threading.Event()
        if options["loop"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while True:
            close_old_connections()
            for ring in (tasks.plan, tasks.drain, tasks.work):
                if not stop.is_set():
                    ring()
            if not options["loop"]:
                self._finish()
                return
            if stop.wait(SECONDS_BETWEEN_RINGS):
                return

    def _finish(self) -> None:
        """Wait for long work that was started: nobody else would look after it."""
        while job_processes.wait():
            tasks.work()
