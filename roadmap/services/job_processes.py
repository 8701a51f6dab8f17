"""Where long work runs: a child process of its own, started on one ring and looked after on later.

A ring never waits, so plan and drain go on meanwhile, even in a worker of one process. A child
that ended without saying so is found on the next ring of the worker that started it, or by
whoever finds its lease over.
"""

from __future__ import annotations

import atexit
import contextlib
import subprocess
import sys
from datetime import datetime

from django.conf import settings

from roadmap.models import Job
from roadmap.services import jobs

# The children of this worker, by job and try.
_children: dict[tuple[int, int], subprocess.Popen[bytes]] = {}


def work(*, now: datetime) -> None:
    """Look after what is being made, and start what waits."""
    if not _children and not jobs.is_busy():
        return
    _bury(now)
    jobs.release_lost(now=now)
    job = jobs.claim(now=now)
    if job is not None:
        _start(job)


def wait() -> bool:
    """Wait for the children of this process, and say whether there were any."""
    for child in list(_children.values()):
        child.wait()
    return bool(_children)


def _start(job: Job) -> None:
    command = [str(settings.BASE_DIR / "manage.py"), "job", str(job.pk), str(job.attempts)]
    # In the worker's own group: who ends the worker ends what it started.
    _children[job.pk, job.attempts] = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, *command], cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL
    )


def _bury(now: datetime) -> None:
    for (pk, attempt), child in list(_children.items()):
        if child.poll() is not None:
            del _children[pk, attempt]
            jobs.release(pk=pk, attempt=attempt, now=now)


@atexit.register
def _leave_none() -> None:
    """End the children with the worker: the next one starts them again."""
    for child in _children.values():
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
