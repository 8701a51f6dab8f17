"""Long work as rows: ordered once, claimed by one worker, tried three times, kept for a while.

A job is held by its lease and the number of its try: whoever comes back after its lease is over
finds another try in force, and changes nothing. What is made is told by the caller (`makers`);
where it runs is job_processes.py.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from roadmap.enums import JobFailure, JobKind, JobState
from roadmap.models import Job
from roadmap.rules import permissions
from roadmap.services.changes import Attempt, actor_now, require

log = logging.getLogger(__name__)

# Longer than a child may live (management/commands/job.py): whoever's lease is over is dead.
LEASE = timedelta(seconds=270)
MOST_TRIES = 3
KEPT = 50
STRAY_AFTER = timedelta(hours=1)
UNFINISHED = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked, in plain values, and the key under which it is one job."""

    kind: JobKind
    key: str
    asked: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What a job made: the file, and the checksum of the facts it shows."""

    content: bytes
    data_sha256: str


class CannotBeMade(Exception):
    """Trying again would not help: the reason is shown to whoever ordered."""

    def __init__(self, failure: JobFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


Progress = Callable[[int], object]
Maker = Callable[[Mapping[str, Any], Progress], Made]


def order(*, order: Order, attempt: Attempt) -> Job:
    """Order a job, or join the one that is asked for already; what failed is tried anew.

    :raises PermissionDenied: if this person may not.
    """
    require(permissions.may_order_pack(actor_now(attempt)))
    job, is_new = Job.objects.get_or_create(
        key=order.key,
        defaults={
            "kind": order.kind,
            "asked": order.asked,
            "ordered_by": attempt.by,
            "ordered_at": attempt.at.now,
        },
    )
    if not is_new:
        _anew(job)
    return job


def _anew(job: Job) -> None:
    """Put back into the queue what failed, or whose file is gone."""
    is_lost = job.state == JobState.DONE and not path_of(job).exists()
    if job.state != JobState.FAILED and not is_lost:
        return
    Job.objects.filter(pk=job.pk, state=job.state).update(
        state=JobState.WAITING, attempts=0, progress=0, ended_at=None, error="", stored_name=""
    )
    job.refresh_from_db()


def path_of(job: Job) -> Path:
    """Say where the file of a job lies."""
    path: Path = settings.PACK_ROOT / job.stored_name
    return path


def is_busy() -> bool:
    """Say whether there is anything to do: one query, and mostly the only one of a ring."""
    return Job.objects.filter(state__in=UNFINISHED).exists()


def claim(*, now: datetime) -> Job | None:
    """Take the oldest job that waits, unless one is being made: one at a time."""
    if Job.objects.filter(state=JobState.RUNNING).exists():
        return None
    job = Job.objects.filter(state=JobState.WAITING).order_by("pk").first()
    if job is None or not _take(job, now):
        return None
    job.refresh_from_db()
    return job


def _take(job: Job, now: datetime) -> int:
    """Hold a job, if it is still as it was read: of two who try, one does."""
    as_read = Job.objects.filter(pk=job.pk, state=JobState.WAITING, attempts=job.attempts)
    return as_read.update(
        state=JobState.RUNNING, attempts=F("attempts") + 1, lease_until=now + LEASE, progress=0
    )


def release_lost(*, now: datetime) -> None:
    """Give back what somebody held longer than a child can live."""
    for job in Job.objects.filter(state=JobState.RUNNING, lease_until__lte=now):
        release(pk=job.pk, attempt=job.attempts, now=now)


def release(*, pk: int, attempt: int, now: datetime) -> None:
    """Let a try go that made nothing: the job waits again, or has failed after the third."""
    if attempt < MOST_TRIES:
        _held(pk, attempt).update(state=JobState.WAITING, lease_until=None)
    else:
        _fail(pk, attempt, JobFailure.LOST, now)


def run(*, pk: int, attempt: int, makers: Mapping[str, Maker], clock: Callable[[], Any]) -> bool:
    """Do the work of a try, and say whether it is done; called in the child process."""
    held = _held(pk, attempt)
    job = held.first()
    if job is None:
        return False
    try:
        made = makers[job.kind](job.asked, lambda share: held.update(progress=share))
    except CannotBeMade as refusal:
        _fail(pk, attempt, refusal.failure, clock().now)
        return False
    except Exception:
        log.exception("job %s, try %s", pk, attempt)
        release(pk=pk, attempt=attempt, now=clock().now)
        return False
    return _finish(job, made, clock().now)


def _finish(job: Job, made: Made, now: datetime) -> bool:
    """Keep the file under a new name, then say so; a try that came too late leaves nothing."""
    name = f"{secrets.token_hex(16)}.pdf"
    path: Path = settings.PACK_ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.content)
    kept = _held(job.pk, job.attempts).update(
        state=JobState.DONE,
        progress=100,
        ended_at=now,
        lease_until=None,
        stored_name=name,
        size=len(made.content),
        data_sha256=made.data_sha256,
    )
    if not kept:
        path.unlink(missing_ok=True)
    _tidy()
    return bool(kept)


def _held(pk: int, attempt: int) -> QuerySet[Job]:
    return Job.objects.filter(pk=pk, state=JobState.RUNNING, attempts=attempt)


def _fail(pk: int, attempt: int, failure: JobFailure, now: datetime) -> None:
    _held(pk, attempt).update(
        state=JobState.FAILED, error=failure.value, ended_at=now, lease_until=None
    )


def _tidy() -> None:
    """Keep the last fifty that ended, and no file without a row."""
    ended = Job.objects.exclude(state__in=UNFINISHED).order_by("-pk")
    Job.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[KEPT:])).delete()
    kept = set(Job.objects.exclude(stored_name="").values_list("stored_name", flat=True))
    limit = time.time() - STRAY_AFTER.total_seconds()  # files know real time only
    for path in settings.PACK_ROOT.iterdir():
        if path.name not in kept and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
