"""Fire generated cases at the site and print the table.

`python -m tests.fuzz [--short] [--seed N] [--planted] [--on sqlite|postgres] [PARTS]`; the same
seed fires the same cases. `--planted` adds an address that fails on NUL: it must be found.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.stage import ROOT
from tests.fuzz.wire import Wire, environment_of
from tests.servers import PostgresServer, postgres_folder

# How many cases of each part on each database: in the long run, and in the short one.
PARTS = {
    "forms": (5_000, 300),
    "addresses": (2_500, 280),
    "imports": (1_500, 60),
    "uploads": (600, 40),
    "wire": (600, 60),
}
SHORT_SEED = 7  # CI fires the same cases each time; `python3 dev.py fuzz` others
HEADING = ("part", "database", "cases", "4xx", "5xx", "hangs", "deaths", "wrong", "seconds")
Row = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Fire what was asked for; 1 if anything failed, hung, died or answered wrongly."""
    asked = _asked(arguments)
    began = time.monotonic()
    print(f"seed {asked.seed}", flush=True)
    print("".join(f"{word:>10}" for word in HEADING), flush=True)
    with ExitStack() as stack, ThreadPoolExecutor(3) as pool:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-")))
        urls = dict(_databases(stack, folder, asked.on))
        static = pool.submit(_collect, folder)
        good = all(list(pool.map(lambda one: _on(*one, folder, asked), urls.items())))
        static.result()
    print(f"{time.monotonic() - began:.0f} s in all: {'all as it must be' if good else 'FAILED'}")
    return 0 if good else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 dev.py fuzz", description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--planted", action="store_true")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--on", choices=("sqlite", "postgres"))
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []])
    asked = parser.parse_args(arguments)
    if asked.seed is None:
        asked.seed = SHORT_SEED if asked.short else random.randrange(1_000_000)
    return asked


def _collect(folder: Path) -> None:
    """Gather the static files for the servers, meanwhile."""
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    environment = os.environ | environment_of("sqlite://:memory:", folder)
    subprocess.run(command, env=environment, cwd=ROOT, check=True)


def _databases(stack: ExitStack, folder: Path, wanted: str | None) -> Iterator[tuple[str, str]]:
    """Make an empty database of each kind this machine has."""
    if wanted != "postgres":
        yield "sqlite", f"sqlite:///{folder}/fuzz.sqlite3"
    if wanted != "sqlite" and postgres_folder() is not None:
        yield "postgres", stack.enter_context(PostgresServer()).create("fuzz")


def _on(database: str, url: str, folder: Path, asked: argparse.Namespace) -> bool:
    """Play the parts of one database; the server's last, on what the others stood on."""
    numbers = {part: PARTS[part][asked.short] for part in asked.parts or PARTS}
    inside = {part: number for part, number in numbers.items() if part != "wire"}
    order = {"planted": asked.planted, "seed": asked.seed, "parts": inside}
    good, cookies = True, {}
    for row in _told(database, url, order):
        if "part" in row:
            good &= _show(database, row)
        cookies = row.get("cookies", cookies)
    if "wire" in numbers and cookies:
        wire = Wire(environment_of(url, folder), cookies)
        good &= _show(database, wire.play(numbers["wire"], asked.seed))
    return good and bool(cookies)


def _told(database: str, url: str, order: Row) -> Iterator[Row]:
    """Start the process of a database and hear its rows."""
    chosen = {"TEST_DATABASE": database, "PETA_JALAN_TEST_SERVER": url}
    command = [sys.executable, "-m", "tests.fuzz.inside", json.dumps(order)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | chosen, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode != 0:  # the process itself died: a case did what no case may
        yield {"part": "died", "wrong": 1, "deaths": 1}


def _show(database: str, row: Row) -> bool:
    """Print a row and what was wrong; whether nothing was."""
    told = {"deaths": 0} | row | {"database": database, "seconds": f"{row.get('seconds', 0):.0f}"}
    lines = ["".join(f"{told.get(word, 0)!s:>10}" for word in HEADING)]
    lines += [f"    {problem}" for problem in row.get("problems", ())]
    print("\n".join(lines), flush=True)
    return not told["wrong"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
