"""The whole site as one file, and back: `backup` and `restore`.

What is written and read is told by archive_files.py (the file) and archive_tables.py (the rows).
Evidence is never changed once written, so its order is enough to keep files and rows together:
a backup reads the rows first, a restore puts the files in place first.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django.conf import settings
from django.db import connection

from committee import gate
from committee.enums import HoldReason, LetterState
from committee.models import AuditEntry, Institution, Letter, Member, RehearsalClock, Workstream
from roadmap.models import ActionItem, Evidence
from roadmap.services import archive_files, archive_tables
from roadmap.services.archive_files import Manifest, Table, Unfit, Writer
from roadmap.services.evidence import digest_of

log = logging.getLogger(__name__)

TABLES, EVIDENCE = "tables/{}.jsonl", "evidence/{}"
SOMEBODYS = (Institution, Member, Workstream, ActionItem)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did, in counts, and the archive it came from."""

    manifest: Manifest
    rows: int
    placed: int
    held: int


def backup(*, path: Path, now: datetime) -> Manifest:
    """Write database and evidence into one file, and read it back before it gets its name.

    :raises Unfit: if there is such a file already.
    """
    with archive_files.writing(path) as writer:
        with archive_tables.snapshot():
            models = archive_tables.kept()
            tables = {name: _write(writer, name, model) for name, model in models.items()}
            expected = dict(_files().values_list("stored_name", "sha256"))
            facts = _facts(now)
        found = {name: _add_file(writer, name) for name in expected}
        manifest = Manifest(
            tables=tables,
            evidence=expected,
            missing=[name for name, sha256 in found.items() if sha256 is None],
            changed=[
                name for name, sha256 in found.items() if sha256 not in (None, expected[name])
            ],
            members=dict(writer.members),
            **facts,
        )
        archive_files.finish(writer, manifest)
    return manifest


def restore(*, path: Path, replace: str = "") -> Restored:
    """Put back what a file holds, all or nothing, and hold every letter.

    Only into an empty database, unless `replace` names the one whose rows are to go.

    :raises Unfit: if the file is damaged, or does not belong into this database.
    """
    with archive_files.reading(path) as (archive, manifest):
        _check_fits(manifest)
        _check_room(manifest, replace)
        placed = _place(archive, manifest)
        with archive_tables.rewriting():
            _check_room(manifest, replace)  # again, now that nobody else can write
            archive_tables.empty()
            rows = sum(_fill(archive, name, table) for name, table in manifest.tables.items())
            archive_tables.settle({name: one.last_id for name, one in manifest.tables.items()})
            if _ledger_head() != manifest.ledger_head:
                raise Unfit("The ledger's head is not the one the archive names.")
            gate.hold(HoldReason.RESTORED)
            held = Letter.objects.filter(state=LetterState.HELD).count()
    return Restored(manifest, rows, placed, held)


def _write(writer: Writer, name: str, model: Any) -> Table:
    writer.add(TABLES.format(name), archive_tables.lines(model), packed=True)
    return Table(model._base_manager.count(), archive_tables.last_id(model))


def _facts(now: datetime) -> dict[str, Any]:
    """Gather what the manifest says of the site itself."""
    applied, _known = archive_tables.migrations()
    return {
        "build": settings.BUILD,
        "vendor": connection.vendor,
        "made_at": now.isoformat(),
        "is_rehearsal": RehearsalClock.objects.exists(),
        "migrations": sorted(applied),
        "ledger_head": _ledger_head(),
    }


def _ledger_head() -> str | None:
    """Read the last seal of the ledger; None while nothing is in it."""
    return AuditEntry.objects.order_by("-number").values_list("hash", flat=True).first()


def _files() -> Any:
    return Evidence.objects.exclude(stored_name="").order_by("pk")


def _add_file(writer: Writer, name: str) -> str | None:
    """Add a file as it lies there and give its checksum; None if it cannot be read."""
    try:
        with (settings.EVIDENCE_ROOT / name).open("rb") as file:
            chunks = archive_files.chunks_of(file)
            return writer.add(EVIDENCE.format(name), chunks, packed=False).sha256
    except FileNotFoundError:
        return None


def _check_fits(manifest: Manifest) -> None:
    """Refuse what this database has other tables for."""
    applied, known = archive_tables.migrations()
    of_archive = set(manifest.migrations)
    if newer := sorted(of_archive - known):
        raise Unfit(
            f"The archive comes from a newer version ({newer[-1]} is unknown here):"
            " install that version, then restore."
        )
    if known - applied:
        raise Unfit("This database is not up to date: run `manage.py migrate` first.")
    if older := sorted(applied - of_archive):
        raise Unfit(
            f"The archive comes from an older version (without {older[0]}):"
            " restore it with that version, then update and run `manage.py migrate`."
        )
    if set(manifest.tables) != set(archive_tables.kept()):
        raise Unfit("The archive holds other tables than this version has.")


def _check_room(manifest: Manifest, replace: str) -> None:
    """Refuse to remove what nobody said may go, or to turn a rehearsal into the real thing."""
    counts = {str(one._meta.verbose_name_plural): one.objects.count() for one in SOMEBODYS}
    if not any(counts.values()):
        return
    name = Path(str(connection.settings_dict["NAME"])).name
    told = ", ".join(f"{count} {what}" for what, count in counts.items())
    if replace != name:
        raise Unfit(
            f"The database {name} is not empty ({told}). Nothing was changed."
            f" To remove all of it for what the archive holds, say --replace {name}"
        )
    if manifest.is_rehearsal != RehearsalClock.objects.exists():
        raise Unfit(
            "One of the two is a rehearsal and the other is not: neither can become the other."
            " Restore into an empty database."
        )


def _place(archive: ZipFile, manifest: Manifest) -> int:
    """Put every file where its row will look for it, beside those that are there."""
    root: Path = settings.EVIDENCE_ROOT
    root.mkdir(parents=True, exist_ok=True)
    names = [name for name in manifest.evidence if EVIDENCE.format(name) in manifest.members]
    if outside := [name for name in names if Path(name).name != name]:
        raise Unfit(f"The archive names a file outside the folder of evidence: {outside[0]}")
    for name in names:
        if digest_of(root / name) != manifest.evidence[name]:
            _put(archive, name, root)
    archive_files.sync_folder(root)
    return len(names)


def _put(archive: ZipFile, name: str, root: Path) -> None:
    """Write a file under another name, and rename it once it is on disk."""
    draft = root / f"{name}.restoring"
    with archive.open(EVIDENCE.format(name)) as source, draft.open("wb") as target:
        for chunk in archive_files.chunks_of(source):
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    draft.replace(root / name)


def _fill(archive: ZipFile, name: str, table: Table) -> int:
    """Fill a table.

    :raises Unfit: if it has not as many rows as the archive names.
    """
    model = archive_tables.kept()[name]
    with archive.open(TABLES.format(name)) as lines:
        rows = archive_tables.fill(model, lines)
    if rows != table.rows:
        raise Unfit(f"The archive names {table.rows} rows of {name} and holds {rows}.")
    return rows
