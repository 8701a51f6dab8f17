"""Evidence and its row agree, whenever the process that keeps them is killed.

A real process takes the form and is killed with SIGKILL at a point between the file's first byte
and the row's commit. What is left over is a file at most, and the night removes it.
"""

from __future__ import annotations

import hashlib
import os
import time

import pytest

from tests.chaos.cases import Control, Patch
from tests.chaos.stage import Stage
from tests.plugin import CHOSEN

pytestmark = pytest.mark.processes

SERVICE = "roadmap/services/evidence.py"
ROW_FIRST = Control(
    "the file before its row",
    (
        Patch(
            SERVICE,
            "        yield path.name, _store(upload, path)\n",
            '        yield path.name, "0" * 64\n'
            "        from django.db import transaction\n"
            "        transaction.on_commit(lambda: _store(upload, path))\n",
        ),
    ),
)
# How many rows and how many files there are once it was killed at this point.
POINTS = {
    "file written": (0, 1),
    "row written": (0, 1),
    "not yet committed": (0, 1),
    "committed": (1, 1),
}
TWO_DAYS = 2 * 24 * 3600


@pytest.fixture(scope="module")
def stage():
    with Stage(on_sqlite=CHOSEN != "postgres") as stage:
        yield stage


def opening(stage, tree=None):
    return stage.site("opening_day", tree=tree, is_rehearsal=False)


def killed(site, point):
    fork = site.fork("attach", point=f"evidence: {point}")
    assert fork.reached(), site.log()
    fork.kill()


def rows(site):
    return dict(site.ask("SELECT stored_name, sha256 FROM roadmap_evidence"))


def files(site):
    paths = (site.folder / "evidence").glob("*")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def assert_no_row_lacks_its_file(site):
    assert rows(site).items() <= files(site).items()


def night(site):
    """Let two days pass for the files, and the first round of a day come."""
    for path in (site.folder / "evidence").glob("*"):
        os.utime(path, (time.time() - TWO_DAYS,) * 2)
    site.ask("DELETE FROM committee_heartbeat WHERE name = 'reconcile'")
    assert site.fork("plan").wait() == 0, site.log()


@pytest.mark.parametrize("point", POINTS)
def test_no_row_without_its_file_and_no_file_without_its_row_after_a_night(stage, point):
    with opening(stage) as site:
        assert site.fork("attach").wait() == 0, site.log()
        whole = rows(site)

        killed(site, point)

        more_rows, more_files = POINTS[point]
        assert len(rows(site)) == len(whole) + more_rows
        assert len(files(site)) == len(whole) + more_files
        assert_no_row_lacks_its_file(site)

        night(site)

        assert files(site) == rows(site)
        ((note,),) = site.ask("SELECT note FROM committee_heartbeat WHERE name = 'evidence'")
        assert note == f"stray {more_files - more_rows}, broken 0"


def test_control_a_row_before_its_file_stands_alone_after_a_kill(stage):
    with opening(stage, ROW_FIRST.tree(stage)) as site:
        killed(site, "committed")

        assert len(rows(site)) == 1
        with pytest.raises(AssertionError):
            assert_no_row_lacks_its_file(site)
