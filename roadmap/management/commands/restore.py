"""Put the whole site back from one file: `manage.py restore FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db import DatabaseError, OperationalError

from roadmap.services import archives
from roadmap.services.archive_files import Unfit


class Command(BaseCommand):
    help = "Put back what `backup` wrote, into an empty database; letters are held afterwards."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace",
            metavar="DATABASE",
            default="",
            help="remove all that is in the database of this name first",
        )

    @no_translations  # the terminal speaks English, as `seed` does
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = archives.restore(path=options["file"], replace=options["replace"])
        except (Unfit, OSError) as refused:
            raise CommandError(str(refused)) from refused
        except OperationalError as error:
            raise CommandError(
                f"Nothing was changed. Stop web, worker and beat, then try again: {error}"
            ) from error
        except DatabaseError as error:  # such as a text that PostgreSQL finds too long
            raise CommandError(f"Nothing was changed. The database refused: {error}") from error
        for name in (*done.manifest.missing, *done.manifest.changed):
            self.stderr.write(f"Evidence was missing or changed when the backup was made: {name}")
        self.stdout.write(
            f"Restored what the site was at {done.manifest.made_at}: {done.rows} rows of"
            f" {len(done.manifest.tables)} tables, {done.placed} files of evidence."
            f" {done.held} letters are held until the secretariat sends or discards them;"
            " everybody signs in again."
        )
