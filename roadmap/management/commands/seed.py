"""Fill the database: a rehearsal, a real roadmap from files, or many synthetic actions."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import transaction
from django.utils.translation import gettext as _

from committee import clock
from committee.models import Institution, Member, RehearsalClock
from roadmap.models import ActionItem
from roadmap.seed import files, importer, records, synthetic


class Command(BaseCommand):
    help = "Load the roadmap: --rehearsal, --from DIR, or --synthetic N."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rehearsal", action="store_true", help="begin a rehearsal")
        parser.add_argument("--as-of", type=_day, help="the day it opens on (2018-09-24)")
        parser.add_argument("--from", dest="folder", type=Path, help="load real files, for real")
        parser.add_argument("--synthetic", type=int, metavar="N", help="make N actions")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    @no_translations  # the terminal speaks English, as dev.py and `clock` do
    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            lines = self._fill(options)
            if options["dry_run"]:
                transaction.set_rollback(True)
        self._tell(lines, dry=options["dry_run"], verbosity=options["verbosity"])

    def _fill(self, options: dict[str, Any]) -> list[str]:
        chosen = sum(bool(options[name]) for name in ("rehearsal", "folder", "synthetic"))
        if chosen > 1:
            raise CommandError(_("Choose one of --rehearsal, --from and --synthetic."))
        if options["synthetic"] is not None:
            return _synthetic(options["synthetic"])
        if options["folder"]:
            return _for_real(options["folder"])
        return _rehearsal(options["as_of"], begin=options["rehearsal"])

    def _tell(self, lines: list[str], *, dry: bool, verbosity: int) -> None:
        if dry:
            self.stdout.writelines(lines)
        if verbosity and lines:
            counts = Counter(line.split(" ", 1)[0] for line in lines)
            counted = ", ".join(f"{kind}: {number}" for kind, number in sorted(counts.items()))
            self.stdout.write((_("Would add %s.") if dry else _("Added %s.")) % counted)
        elif verbosity:
            self.stdout.write(_("Nothing to add."))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _is_empty() -> bool:
    return not any(model.objects.exists() for model in (Institution, Member, ActionItem))


def _read(folder: Path, *, rehearsal: bool) -> files.Record:
    try:
        return files.read(folder, rehearsal=rehearsal)
    except files.BadFiles as bad:
        raise CommandError(_("Nothing was loaded.\n%s") % bad) from bad


def _rehearsal(as_of: date | None, *, begin: bool) -> list[str]:
    row = RehearsalClock.objects.filter(pk=1).first()
    if row is None and not begin:
        raise CommandError(
            _("Say --rehearsal --as-of DAY to begin a rehearsal, or --from DIR to load your own.")
        )
    record = _read(files.BUNDLED, rehearsal=True)
    if row is not None:
        # A synthetic rehearsal stays what it is.
        if not ActionItem.objects.exclude(import_key=None).exists():
            raise CommandError(_("This rehearsal did not begin with the public record."))
        return importer.prepare(record) + importer.load(record, until=row.day)
    if as_of is None:
        raise CommandError(_("Name the day the rehearsal opens on: --as-of 2018-09-24."))
    if not _is_empty():
        raise CommandError(_("This database is in use: it can never become a rehearsal."))
    return importer.rehearse(record, day=as_of)


def _for_real(folder: Path) -> list[str]:
    if RehearsalClock.objects.exists():
        raise CommandError(_("This database is a rehearsal: it can never become a real roadmap."))
    if Institution.objects.exists() or ActionItem.objects.exists():
        raise CommandError(_("This database is not empty: --from loads into an empty one."))
    record = _read(folder, rehearsal=False)
    frame = records.add_frame(record)
    return frame + importer.load(record, until=clock.read().today, whole=True)


def _synthetic(number: int) -> list[str]:
    if not 1 <= number <= 1_000_000:
        raise CommandError(_("Name a number of actions from 1 to 1,000,000."))
    if RehearsalClock.objects.exists() or not _is_empty():
        raise CommandError(_("This database is in use: synthetic actions need an empty one."))
    return synthetic.fill(_read(files.BUNDLED, rehearsal=True), number)
