"""Some holes are planted in every run; all of them by `python3 -m tests.holes`."""

from __future__ import annotations

import os

import pytest

from tests.holes.__main__ import ROOT, Field
from tests.holes.planted import HOLES, SAMPLE

FEWEST = 30


@pytest.mark.parametrize("hole", HOLES, ids=lambda hole: hole.name)
def test_every_hole_can_still_be_planted(hole):
    for patch in hole.patches:
        assert (ROOT / patch.path).read_text().count(patch.old) == 1, patch.path


def test_there_are_thirty_at_least_and_no_two_are_the_same():
    assert len(HOLES) >= FEWEST
    assert len({hole.name for hole in HOLES}) == len({hole.patches for hole in HOLES}) == len(HOLES)


@pytest.mark.processes
@pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") == "postgres", reason="runs once, in the SQLite round"
)
def test_a_sample_of_them_is_noticed():
    with Field() as field:
        chosen = [hole for hole in HOLES if hole.name in SAMPLE]
        noticed = {hole.name: field.plant(hole) for hole in chosen}

    assert len(chosen) == len(SAMPLE)
    assert all(noticed.values()), noticed
