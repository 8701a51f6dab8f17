"""The short version of `python3 dev.py fuzz`, and its control, a view that fails on NUL: F1, F3."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 600  # two minutes where nothing else runs
ROW = re.compile(
    r"^ *(\w+) +(sqlite|postgres) +(\d+) +\d+ +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", re.M
)
PARTS = ("forms", "addresses", "imports", "uploads", "wire")

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        os.environ.get("TEST_DATABASE") != "postgres", reason="runs once, in the PostgreSQL round"
    ),
]


def fuzz(*arguments):
    environment = {name: text for name, text in os.environ.items() if name != "TEST_DATABASE"}
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--short", *arguments],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS,
    )


def test_nothing_that_is_sent_breaks_an_answer():
    done = fuzz()

    assert done.returncode == 0, done.stdout
    rows = {(part, database): int(cases) for part, database, cases, *_ in ROW.findall(done.stdout)}
    assert set(rows) == {(part, name) for part in PARTS for name in ("sqlite", "postgres")}
    assert min(rows.values()) > 0


def test_control_a_view_that_fails_on_nul_is_found():
    done = fuzz("--planted", "--on", "sqlite", "forms")

    assert done.returncode == 1
    found = [row for row in ROW.findall(done.stdout) if row[0] == "forms"]
    assert [row[1] for row in found] == ["sqlite"]
    assert int(found[0][3]) >= 1
    assert "answers 500 (ValueError: planted" in done.stdout
