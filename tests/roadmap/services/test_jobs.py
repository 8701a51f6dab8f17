"""Long work as rows: asked twice it is one job, held by one worker, tried three times, and kept."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from os import utime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.utils import timezone

from committee.clock import Moment
from roadmap.enums import JobFailure, JobKind
from roadmap.models import Job
from roadmap.services import jobs
from roadmap.services.changes import Attempt
from roadmap.services.jobs import CannotBeMade, Made, Order
from tests import factories
from tests.factories import TODAY, moment
from tests.stage import packs as stage

ORDER = Order(JobKind.PACK, "pack:2018-09-24:end", {"day": "2018-09-24"})
NOW = timezone.now()
CLOCK = staticmethod(lambda: SimpleNamespace(now=moment(TODAY)))
MADE = Made(b"%PDF", "b2" * 32)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.PACK_ROOT = tmp_path / "packs"
    return settings.PACK_ROOT


def attempt(by=None):
    return Attempt(by or factories.member("viewer"), Moment(moment(TODAY), TODAY, None))


def ordered(**fields):
    return jobs.order(order=replace(ORDER, **fields), attempt=attempt())


def work(job, maker=lambda asked, progress: MADE):
    return jobs.run(pk=job.pk, attempt=job.attempts, makers={"pack": maker}, clock=CLOCK)


class TestOrdering:
    def test_everybody_signed_in_orders(self):
        job = ordered()

        assert (job.state, job.progress, job.attempts) == ("waiting", 0, 0)

    def test_a_pack_asked_twice_is_one_job(self):
        first, second = ordered(), ordered()

        assert first == second
        assert second.ordered_by == first.ordered_by

    def test_who_may_not_orders_nothing(self):
        gone = factories.member("secretariat", is_active=False)

        with pytest.raises(PermissionDenied):
            jobs.order(order=ORDER, attempt=attempt(gone))

        assert not Job.objects.exists()

    def test_what_is_being_made_or_ready_is_left_alone(self):
        job = ordered()
        held = jobs.claim(now=NOW)

        assert ordered().attempts == held.attempts
        work(held)
        again = ordered()

        assert (again.pk, again.state) == (job.pk, "done")

    def test_what_failed_is_tried_anew(self):
        job = ordered()
        Job.objects.filter(pk=job.pk).update(
            state="failed", error="lost", ended_at=NOW, attempts=jobs.MOST_TRIES
        )

        again = ordered()

        assert (again.state, again.attempts, again.error) == ("waiting", 0, "")

    def test_what_lost_its_file_is_made_again(self, folder):
        ordered()
        work(jobs.claim(now=NOW))
        jobs.path_of(Job.objects.get()).unlink()

        assert ordered().state == "waiting"


class TestWorking:
    def test_the_oldest_is_taken_and_only_one_at_a_time(self):
        first = ordered()
        ordered(key="another")

        taken = jobs.claim(now=NOW)

        assert (taken, taken.state, taken.attempts) == (first, "running", 1)
        assert taken.lease_until == NOW + jobs.LEASE
        assert jobs.claim(now=NOW) is None

    def test_what_was_made_is_kept_with_its_checksum(self, folder):
        ordered()

        assert work(jobs.claim(now=NOW))

        job = Job.objects.get()
        assert (job.state, job.progress, job.size) == ("done", 100, 4)
        assert job.data_sha256 == MADE.data_sha256
        assert [path.read_bytes() for path in folder.iterdir()] == [b"%PDF"]

    @pytest.mark.parametrize("fault", [CannotBeMade(JobFailure.LOST), OSError("disk")])
    def test_whoever_made_nothing_does_not_say_it_is_done(self, fault):
        def maker(asked, progress):
            raise fault

        ordered()

        assert work(jobs.claim(now=NOW), maker) is False
        assert not Job.objects.filter(state="done").exists()

    def test_progress_is_seen_meanwhile(self):
        ordered()
        seen = []

        def maker(asked, progress):
            progress(40)
            seen.append(Job.objects.get().progress)
            return MADE

        work(jobs.claim(now=NOW), maker)

        assert seen == [40]

    def test_what_breaks_is_tried_three_times_then_says_so(self, caplog):
        def breaks(asked, progress):
            raise MemoryError

        ordered()
        states = []
        for _try in range(jobs.MOST_TRIES):
            assert not work(jobs.claim(now=NOW), breaks)
            states.append(Job.objects.get().state)

        job = Job.objects.get()
        assert states == ["waiting", "waiting", "failed"]
        assert JobFailure(job.error) == JobFailure.LOST
        assert jobs.claim(now=NOW) is None

    def test_what_cannot_be_made_is_not_tried_again(self):
        def lacks(asked, progress):
            raise CannotBeMade(JobFailure.NO_PRINTER)

        ordered()
        work(jobs.claim(now=NOW), lacks)

        job = Job.objects.get()
        assert (job.state, job.error, job.attempts) == ("failed", "no_printer", 1)

    def test_a_lease_that_is_over_gives_the_job_back(self):
        ordered()
        jobs.claim(now=NOW)

        jobs.release_lost(now=NOW + jobs.LEASE - timedelta(seconds=1))
        assert Job.objects.get().state == "running"
        jobs.release_lost(now=NOW + jobs.LEASE)
        assert Job.objects.get().state == "waiting"

    def test_a_try_that_comes_too_late_leaves_nothing(self, folder):
        ordered()
        late = jobs.claim(now=NOW)

        def outlived(asked, progress):
            jobs.release_lost(now=NOW + jobs.LEASE)
            work(jobs.claim(now=NOW))
            return Made(b"late", "c3" * 32)

        assert not work(late, outlived)

        job = Job.objects.get()
        assert (job.state, job.attempts, job.data_sha256) == ("done", 2, MADE.data_sha256)
        assert [path.name for path in folder.iterdir()] == [job.stored_name]

    def test_the_last_fifty_are_kept_and_no_stray_file(self, folder, monkeypatch):
        monkeypatch.setattr(jobs, "KEPT", 2)
        for number in range(3):
            stage.ready(key=f"old:{number}")
        stray, fresh = folder / "stray.pdf", folder / "being-written.pdf"
        stray.write_bytes(b"x")
        fresh.write_bytes(b"x")
        an_hour_ago = time.time() - 7_200
        for path in folder.iterdir():
            utime(path, (an_hour_ago, an_hour_ago))
        utime(fresh)
        waiting = ordered()

        work(jobs.claim(now=NOW))

        kept = list(Job.objects.order_by("pk").values_list("key", flat=True))
        assert kept == ["old:2", waiting.key]
        assert {path.name for path in folder.iterdir()} == {
            fresh.name,
            *Job.objects.values_list("stored_name", flat=True),
        }


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
class TestTwoAtOnce:
    def both(self, *works):
        """Run two pieces of work on two connections, as near to the same moment as can be."""
        start, answers = threading.Barrier(2, timeout=30), []

        def run(work):
            with closing(connections["default"]):
                start.wait()
                answers.append(work())

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def test_two_people_who_order_the_same_pack_get_one_job(self):
        tries = [attempt(), attempt()]

        answers = self.both(*(lambda t=t: jobs.order(order=ORDER, attempt=t) for t in tries))

        assert len(answers) == 2
        assert answers[0] == answers[1] == Job.objects.get()

    def test_control_without_the_common_key_they_would_be_two(self):
        tries = [attempt(), attempt()]

        self.both(
            *(
                lambda t=t: jobs.order(order=replace(ORDER, key=str(uuid4())), attempt=t)
                for t in tries
            )
        )

        assert Job.objects.count() == 2

    def test_two_workers_claim_one_job_once(self, monkeypatch):
        ordered()
        self.meet_before_the_update(monkeypatch)

        answers = self.both(*[lambda: jobs.claim(now=NOW)] * 2)

        assert [type(one) for one in answers].count(Job) == 1
        assert Job.objects.get().attempts == 1

    def test_control_without_the_condition_both_would_work(self, monkeypatch):
        ordered()
        self.meet_before_the_update(monkeypatch, blind=True)

        answers = self.both(*[lambda: jobs.claim(now=NOW)] * 2)

        assert [type(one) for one in answers].count(Job) == 2
        assert Job.objects.get().attempts == 2

    def meet_before_the_update(self, monkeypatch, *, blind=False):
        """Let both have read the job that waits before either takes it."""
        meet, take = threading.Barrier(2, timeout=30), jobs._take

        def together(job, now):
            meet.wait()
            if not blind:
                return take(job, now)
            held = {"state": "running", "attempts": jobs.F("attempts") + 1}
            return Job.objects.filter(pk=job.pk).update(**held)

        monkeypatch.setattr(jobs, "_take", together)
