"""Adding what shows that an output exists: a link, or a file under a random name.

A file is on disk before its row is committed, and is never changed; what a crash left without a
row is removed at night.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Sum
from django.template.defaultfilters import filesizeformat

from committee import gate
from committee.heartbeats import beat
from committee.services import bump_revision
from roadmap.enums import Refusal
from roadmap.models import ActionItem, Evidence
from roadmap.rules import permissions
from roadmap.rules.file_names import plain_name
from roadmap.rules.refusals import Refused
from roadmap.selectors.evidence import NAME, Night
from roadmap.services.changes import Attempt, Repeated, begin, one_change, require

log = logging.getLogger(__name__)

# No upload takes that long between its file and its row.
STRAY_AFTER = timedelta(days=1)
# Each file is read again once in as many nights.
NIGHTS = 30


@one_change
def add_link(*, action: ActionItem, attempt: Attempt, title: str, url: str) -> Evidence:
    """Attach a link.

    :raises PermissionDenied: if this person may not.
    """
    action = _begin(action, attempt)
    evidence = Evidence.objects.create(
        action=action,
        title=title,
        url=url,
        added_on=attempt.at.today,
        added_by=attempt.by,
        token=attempt.token,
    )
    bump_revision()
    return evidence


@one_change
def add_file(
    *, action: ActionItem, attempt: Attempt, title: str, upload: UploadedFile, content_type: str
) -> Evidence:
    """Attach a file whose type the form has already settled by content and ending.

    The file is written before its row: a crash between leaves a stray file, never a row
    without one.

    :raises PermissionDenied: if this person may not.
    :raises Refused: if this person has attached all that a day takes.
    """
    action = _begin(action, attempt)
    _require_room(attempt, upload.size or 0)
    with _stored(upload) as (stored_name, digest):
        evidence = Evidence.objects.create(
            action=action,
            title=title,
            stored_name=stored_name,
            file_name=plain_name(upload.name or ""),
            content_type=content_type,
            size=upload.size or 0,
            sha256=digest,
            added_on=attempt.at.today,
            added_by=attempt.by,
            token=attempt.token,
        )
        bump_revision()
    return evidence


def _begin(action: ActionItem, attempt: Attempt) -> ActionItem:
    locked, actor, facts = begin(action, attempt)
    first = Evidence.objects.filter(token=attempt.token).first() if attempt.token else None
    if first is not None:
        raise Repeated(first)
    require(permissions.may_add_evidence(actor, facts))
    return locked


def _require_room(attempt: Attempt, size: int) -> None:
    """Refuse a file beyond what one person's day takes.

    Files that arrive at the same moment do not see each other: a day may end that many larger.
    """
    files, most = settings.EVIDENCE_MOST_A_DAY
    today = Evidence.objects.filter(added_by=attempt.by, added_on=attempt.at.today)
    there = today.exclude(stored_name="").aggregate(files=Count("pk"), size=Sum("size"))
    if there["files"] >= files or (there["size"] or 0) + size > most:
        raise Refused(Refusal.DAY_IS_FULL, files=str(files), size=filesizeformat(most))


@contextmanager
def _stored(upload: UploadedFile) -> Iterator[tuple[str, str]]:
    """Write an upload under a random name; it goes again when its row cannot be made."""
    path: Path = settings.EVIDENCE_ROOT / secrets.token_hex(16)
    try:
        yield path.name, _store(upload, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _store(upload: UploadedFile, path: Path) -> str:
    """Write an upload to disk and return its SHA-256."""
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        for chunk in upload.chunks():
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())  # its row will be, and may not outlive it in a power cut
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file as it lies there; nothing if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def keep(*, today: date) -> Night:
    """Remove files without a row, look for rows without their file, and keep the line of it."""
    night = Night(stray=_sweep(), broken=_broken(today))
    beat(NAME, str(night))
    if night.broken:
        log.error("evidence: %s", night)
    return night


def _sweep() -> int:
    """Remove what has no row since a day; nothing while letters are held after a restore.

    Whoever restored the wrong backup may still want the files of the right one.
    """
    if gate.look().is_held or not settings.EVIDENCE_ROOT.exists():
        return 0
    limit = time.time() - STRAY_AFTER.total_seconds()  # files know real time only
    old = [path for path in settings.EVIDENCE_ROOT.iterdir() if path.stat().st_mtime < limit]
    kept = set(Evidence.objects.exclude(stored_name="").values_list("stored_name", flat=True))
    stray = [path for path in old if path.is_file() and path.name not in kept]
    for path in stray:
        path.unlink(missing_ok=True)
    return len(stray)


def _broken(today: date) -> int:
    """Count the files that are gone, or not as large as they were; a thirtieth is read whole."""
    rows = Evidence.objects.exclude(stored_name="")
    found = rows.values_list("pk", "stored_name", "size", "sha256").order_by("pk")
    turn = today.toordinal() % NIGHTS
    return sum(
        not _is_well(settings.EVIDENCE_ROOT / name, size, sha256 if pk % NIGHTS == turn else "")
        for pk, name, size, sha256 in found.iterator()
    )


def _is_well(path: Path, size: int, sha256: str) -> bool:
    try:
        same = path.stat().st_size == size
    except OSError:
        return False
    return same and (not sha256 or digest_of(path) == sha256)
