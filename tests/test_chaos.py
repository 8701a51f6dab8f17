"""The short version of `python3 dev.py chaos`: the letters, the ledger, and every control."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 900  # four minutes where nothing else runs


@pytest.mark.processes
@pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") != "postgres", reason="runs once, in the PostgreSQL round"
)
def test_no_letter_is_lost_or_doubled_unflagged_and_every_control_is_red():
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--short"],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS,
    )

    assert done.returncode == 0, done.stdout
