"""What one ring does about long work, with a child that only seems to be one.

tests/test_job_processes.py plays it with real ones.
"""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from roadmap.enums import JobKind
from roadmap.models import Job
from roadmap.services import job_processes, jobs
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


class Child:
    """What a process is to whoever started it: it lives until it is told to end."""

    def __init__(self, command):
        self.command = command
        self.code = None
        self.waited = 0

    def poll(self):
        return self.code

    def wait(self):
        self.waited += 1
        self.code = 0

    def terminate(self):
        self.code = -15


@pytest.fixture(autouse=True)
def children(monkeypatch):
    """Start no process, and keep what would have been started."""
    started = []

    def start(command, **_options):
        started.append(Child(command))
        return started[-1]

    monkeypatch.setattr(job_processes.subprocess, "Popen", start)
    monkeypatch.setattr(job_processes, "_children", {})
    return started


def waiting(key="a", **fields):
    return Job.objects.create(
        kind=JobKind.PACK,
        key=key,
        asked={},
        ordered_by=factories.member(),
        ordered_at=NOW,
        **fields,
    )


def ring(later=timedelta(0)):
    job_processes.work(now=NOW + later)


def state(job):
    job.refresh_from_db()
    return job.state, job.attempts


def test_a_ring_starts_what_waits_in_a_child_of_its_own(children):
    job = waiting()

    ring()

    (child,) = children
    assert child.command[0] == sys.executable
    assert child.command[1].endswith("manage.py")
    assert child.command[2:] == ["job", str(job.pk), "1"]
    assert state(job) == ("running", 1)


def test_one_at_a_time(children):
    waiting("a"), waiting("b")

    ring()
    ring()

    assert len(children) == 1


def test_one_that_ended_without_a_word_is_tried_again_at_once(children):
    job = waiting()
    ring()
    children[0].code = 1

    ring()

    assert [one.command[-1] for one in children] == ["1", "2"]
    assert state(job) == ("running", 2)


def test_one_that_did_its_work_is_looked_after_no_more(children):
    job = waiting()
    ring()
    children[0].code = 0
    made = {"stored_name": "a.pdf", "size": 1, "data_sha256": "b2" * 32, "ended_at": NOW}
    Job.objects.filter(pk=job.pk).update(state="done", lease_until=None, **made)

    ring()

    assert (len(children), state(job)) == (1, ("done", 1))
    assert not job_processes.wait()


def test_one_whose_worker_is_gone_is_begun_again_when_its_lease_is_over(children):
    job = waiting(state="running", attempts=1, lease_until=NOW + timedelta(seconds=9))

    ring()
    assert children == []

    ring(later=timedelta(seconds=9))
    assert state(job) == ("running", 2)
    assert len(children) == 1


def test_after_the_third_try_it_has_failed(children):
    job = waiting()
    for _try in range(jobs.MOST_TRIES):
        ring()
        children[-1].code = 1

    ring()

    assert (state(job), job.error) == (("failed", 3), "lost")
    assert len(children) == 3


def test_a_ring_with_nothing_to_do_asks_one_question(children, django_assert_num_queries):
    with django_assert_num_queries(1):
        ring()

    assert children == []


def test_whoever_waits_waits_for_every_child(children):
    assert not job_processes.wait()
    waiting()
    ring()

    assert job_processes.wait()

    assert children[0].waited == 1


def test_a_worker_that_ends_leaves_no_child_behind(children):
    waiting()
    ring()

    job_processes._leave_none()

    assert children[0].code == -15
