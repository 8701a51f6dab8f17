"""The short version of `python3 dev.py fuzz`, on every database of the machine; and its control."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 600  # a minute and a half where nothing else runs
pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(
        os.environ.get("TEST_DATABASE") != "postgres", reason="runs once, in the PostgreSQL round"
    ),
]


def fuzz(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if name != "TEST_DATABASE"}
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--short", *words],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS,
    )


def test_nothing_fails_hangs_dies_or_is_lost():
    done = fuzz()

    assert done.returncode == 0, done.stdout
    for part in ("forms", "addresses", "imports", "uploads", "wire"):
        assert part in done.stdout


def test_control_a_view_that_fails_on_nul_is_found():
    done = fuzz("--planted", "--on", "sqlite", "forms")

    assert done.returncode == 1
    assert "answers 500 (ValueError: planted" in done.stdout
