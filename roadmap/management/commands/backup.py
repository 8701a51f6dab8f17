"""Write the whole site into one file: `manage.py backup [FILE]`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from roadmap.services import archives
from roadmap.services.archive_files import Unfit


class Command(BaseCommand):
    help = "Write database and evidence into one verified archive, while the site runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: DATA_DIR/backups/…")

    @no_translations  # the terminal speaks English, as `seed` does
    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        name = f"peta-jalan-{now:%Y%m%d-%H%M%S}.zip"
        path: Path = options["file"] or settings.DATA_DIR / "backups" / name
        try:
            made = archives.backup(path=path, now=now)
        except (Unfit, OSError) as refused:
            raise CommandError(str(refused)) from refused
        for name in made.missing:
            self.stderr.write(f"Evidence is missing, and so it is in this backup: {name}")
        for name in made.changed:
            self.stderr.write(f"Evidence was changed since it was attached, kept as it is: {name}")
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"{path}: {rows} rows of {len(made.tables)} tables,"
            f" {len(made.evidence) - len(made.missing)} files of evidence,"
            f" {path.stat().st_size} bytes, read back and whole."
        )
