"""Do one job: the child process that `roadmap.tasks.work` starts, with limits of its own."""

from __future__ import annotations

import resource
import signal
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand

from committee import clock
from roadmap import packs
from roadmap.enums import JobKind
from roadmap.services import jobs

SECONDS = 120  # of work; a busy machine may take twice as long over them
BYTES = 700 * 1024 * 1024
MAKERS: dict[str, jobs.Maker] = {JobKind.PACK.value: packs.make}


class Command(BaseCommand):
    help = "Do one ordered job; the worker calls this, people need not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job", type=int)
        parser.add_argument("attempt", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Work within the limits; who passes them ends, and is found by the worker."""
        _limit()
        jobs.run(pk=options["job"], attempt=options["attempt"], makers=MAKERS, clock=clock.read)


def _limit() -> None:
    """Bound time and memory; where a system knows no such bound, the clock still rings."""
    signal.alarm(2 * SECONDS)
    for kind, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, BYTES)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
