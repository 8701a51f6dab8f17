"""Step the rehearsal's clock: `manage.py clock 2018-10-01`, `manage.py clock +7d`."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from committee import clock
from roadmap import tasks
from roadmap.seed import importer
from roadmap.services import rehearsal

DAYS = re.compile(r"\+(\d{1,3})d\Z")


class Command(BaseCommand):
    help = "Say which day it is in the rehearsal, or walk to a later one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to", nargs="?", help="a day (2018-10-01) or a step (+7d)")
        parser.add_argument(
            "--wait", action="store_true", help="walk here and now, and return when it is done"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        moment = clock.read()
        if moment.rehearsal is None:
            raise CommandError("This is not a rehearsal: its clock is the real one.")
        if options["to"] is None:
            self.stdout.write(f"{moment.today} (walking to {moment.rehearsal.target})")
            return
        try:
            target = rehearsal.set_target(to=_day(options["to"], moment.rehearsal.target))
        except rehearsal.ClockRefused as refused:
            raise CommandError(str(refused)) from refused
        if options["wait"] and not rehearsal.walk(learn=importer.learn, deliver=tasks.deliver):
            raise CommandError("Letters cannot be sent now; the worker goes on from here.")
        self.stdout.write(f"The clock walks to {target}.")


def _day(text: str, target: date) -> date:
    """Read a day, or a step from the day already walked to.

    :raises CommandError: if it is neither.
    """
    if step := DAYS.match(text):
        return target + timedelta(days=int(step[1]))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is neither a day (2018-10-01) nor a step (+7d).") from None
