"""Adding what shows that an output exists: a link, or a file under a random name."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from committee.services import bump_revision
from roadmap.models import ActionItem, Evidence
from roadmap.rules import permissions
from roadmap.services.changes import Attempt, Repeated, begin, one_change, require


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
    """
    action = _begin(action, attempt)
    stored_name = secrets.token_hex(16)
    digest = _store(upload, settings.EVIDENCE_ROOT / stored_name)
    evidence = Evidence.objects.create(
        action=action,
        title=title,
        stored_name=stored_name,
        file_name=(upload.name or "")[:255],
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


def _store(upload: UploadedFile, path: Path) -> str:
    """Write an upload to disk and return its SHA-256."""
    digest = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        for chunk in upload.chunks():
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()
