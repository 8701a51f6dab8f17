"""A bad file is refused whole, with file, line, column and reason."""

from __future__ import annotations

import shutil

import pytest
from django.core.management import CommandError, call_command

from committee.models import Institution
from roadmap.seed import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(files.BUNDLED, tmp_path / "data")


BAD = [
    ("actions", b"2018-10-05", b"2018-13-05", "actions.csv, line 3, column due_date"),
    ("actions", b"FUND-02,FUND", b"FUND-02,FOND", "actions.csv, line 3, column workstream"),
    ("actions", b"FUND-02,", b"FUND-01,", "actions.csv, line 3, column code"),
    ("workstreams", b"FUND,2,", b"FUND,two,", "workstreams.csv, line 3, column order"),
    ("indicators", b",52.76,", b",52.76x,", "indicators.csv, line 2, column value"),
    ("events", b",in_progress,", b",begun,", "events.csv, line 6, column status"),
    ("events", b"date_precision", b"precision", "events.csv, line 1, column date_precision"),
    ("challenges", b"Akses modal", b"Akses \xff", "challenges.csv, line 3"),
    ("challenges", b"Akses modal", b"Akses \0", "challenges.csv, line 3"),
]


@pytest.mark.parametrize(("name", "old", "new", "place"), BAD)
def test_a_bad_cell_is_named_by_file_line_and_column(folder, name, old, new, place):
    path = folder / f"{name}.csv"
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    with pytest.raises(CommandError) as refused:
        call_command("seed", "--from", str(folder), verbosity=0)
    assert place in str(refused.value)
    assert not Institution.objects.exists()


def test_a_missing_file_is_named(folder):
    (folder / "milestones.csv").unlink()
    with pytest.raises(files.BadFiles, match=r"milestones\.csv"):
        files.read(folder, rehearsal=False)
