"""The doorbells beat rings: read the clock, call one service. No task carries anything.

Each may run late, twice, or twice at once. Outside a rehearsal a ring shortly after the last
one returns at once, so the beat can be fast enough for somebody who steps the clock.
"""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from committee import clock, outbox
from committee.heartbeats import beat, has_beaten_within
from roadmap.seed import importer
from roadmap.services import (
    bundling,
    job_processes,
    letters,
    periods,
    planning,
    reconciliation,
    rehearsal,
)

BETWEEN_ROUNDS = timedelta(seconds=60)


@shared_task
def plan() -> None:
    """Walk the rehearsal's clock if it was told to; then keep the periods, plan and bundle.

    The first plan of a day is followed by a look whether anything that was to be told is missing.
    """
    moment = clock.read()
    if moment.rehearsal is None and has_beaten_within("plan", BETWEEN_ROUNDS):
        return
    beat("plan")
    if moment.rehearsal is not None and moment.rehearsal.is_walking:
        if not rehearsal.walk(learn=importer.learn, deliver=deliver):
            return
        moment = clock.read()
    periods.keep(now=moment.now)
    planning.plan(now=moment.now)
    bundling.bundle(now=moment.now)
    reconciliation.keep(now=moment.now)


@shared_task
def drain() -> None:
    """Send the letters that are due."""
    if clock.read().rehearsal is None and has_beaten_within("drain", BETWEEN_ROUNDS):
        return
    deliver()


@shared_task
def work() -> None:
    """Start the long work that waits, and find what was left; somebody waits, so every ring counts.

    The work is done by a child process; a ring with nothing to do costs two queries.
    """
    if not has_beaten_within("work", BETWEEN_ROUNDS):
        beat("work")
    job_processes.work(now=timezone.now())


def deliver() -> int:
    """Drain the outbox with our renderers, each reading the clock as it renders."""
    return outbox.drain(renderers=letters.renderers(clock.read))
