"""A hundred thousand rows pass through a file without ever being in memory together."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux tells it"),
]
ROOT = Path(__file__).resolve().parents[2]
LIMIT = 150  # MB, the whole process
# Prints the most memory the process ever held, in MB. What getrusage tells is no less than its
# parent held when it was started, and a run of many tests holds much.
CHILD = """
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryFile

import django

django.setup()

from roadmap.exports import csv_files, items, xlsx_files
from roadmap.exports.tables import Scope

FIRST = date(2018, 1, 1)


def row(number):
    fields = dict.fromkeys((*items.PUBLIC_FIELDS, *items.INSIDE_FIELDS), f"Uji coba {number} " * 3)
    days = ("start_date", "due_date", "first_due_date", "reported_on", "created_on")
    fields |= dict.fromkeys(days, FIRST + timedelta(days=number % 900))
    fields |= {"expected_date": None, "submitted_on": None, "progress": number % 101, "weight": 1}
    words = {"status": "planned", "signal": "late", "outlook": "on_time", "confidence": "high"}
    return fields | words | {"due_precision": "day", "due_basis": "decided", "times_moved": 0}


scope = Scope(inside=True, today=FIRST, language="id", site="http://testserver")
columns = items.ACTIONS.shown(scope)


def written(write):
    rows = (row(number) for number in range(100_000))
    with TemporaryFile() as file:
        write(file, list(rows) if KEEPS_ALL else rows)


written(lambda file, rows: csv_files.write(file, columns, rows, csv_files.INDONESIAN))
if not KEEPS_ALL:
    written(lambda file, rows: xlsx_files.write(file, "Uji", columns, rows, lambda count: []))
status = dict(line.split(":\\t") for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) // 1024)
"""


def most_memory(*, keeps_all):
    """Give what a process of its own needed at most to write each kind of file, in MB."""
    command = [sys.executable, "-c", f"KEEPS_ALL = {keeps_all}\n{CHILD}"]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return int(done.stdout)


def test_a_hundred_thousand_rows_need_no_more_memory_than_a_few():
    assert most_memory(keeps_all=False) <= LIMIT


def test_control_rows_kept_together_need_more():
    assert most_memory(keeps_all=True) > LIMIT
