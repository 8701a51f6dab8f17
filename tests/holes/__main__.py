"""Plant the holes and print who noticed each: `python3 -m tests.holes [WORDS OF A NAME]`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.holes.planted import HOLES, Hole

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    *("committee", "umkm", "roadmap", "templates", "locale", "static", "tests"),
    *("manage.py", "pyproject.toml"),
)
LONGEST = 600
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?::.*?)(?: - .*)?$", re.MULTILINE)
FOUND, GREEN = 1, 0  # of pytest's exit codes: some tests failed, all passed


class Field:
    """A folder in which copies of the source stand, and the database their tests begin with."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="holes-"))
        self.sound = copied(self.folder / "sound")

    def __enter__(self) -> Field:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, tree: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run tests in a copy until the first that fails."""
        command = [sys.executable, "-m", "pytest", "-p", "tests.holes.ready", "-q", "-x"]
        options = ["-n", "0", "-p", "no:cacheprovider", "--tb=no", "--order-seed=1"]
        database = str(self.folder / "ready.sqlite3")
        environment = os.environ | {"HOLES_DATABASE": database, "TEST_DATABASE": "sqlite"}
        return subprocess.run(
            [*command, *options, *tests],
            cwd=tree,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=LONGEST,
        )

    def plant(self, hole: Hole) -> str:
        """Make a hole in a copy of its own and name the test that noticed; empty if none did."""
        tree = self.folder / "holed"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(self.sound, tree)
        for patch in hole.patches:
            patch.apply(tree)
        done = self.run(tree, hole.caught_by)
        if done.returncode == GREEN:
            return ""
        found = FAILED.search(done.stdout)
        assert done.returncode == FOUND, done.stdout[-2000:] + done.stderr[-2000:]
        assert found, done.stdout[-2000:]
        return found[1]

    def is_sound(self, holes: Sequence[Hole]) -> bool:
        """Say whether without a hole the same tests are green: else red would say nothing."""
        tests = sorted({one for hole in holes for one in hole.caught_by})
        done = self.run(self.sound, tests)
        if done.returncode != GREEN:
            print(done.stdout[-3000:])
        return done.returncode == GREEN


def copied(target: Path) -> Path:
    """Copy what the tests need, with its compiled files and times, so that it starts as fast."""
    target.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, target / name)
    return target


def main(words: Sequence[str]) -> int:
    """Plant what was asked for; 1 if a hole stayed unnoticed or the tests fail without any."""
    wanted = " ".join(words)
    holes = [hole for hole in HOLES if wanted in hole.name]
    caught, began = 0, time.monotonic()
    with Field() as field:
        if not field.is_sound(holes):
            return 1
        for hole in holes:
            who = field.plant(hole)
            caught += bool(who)
            print(f"{hole.name:<58} {who or 'NOBODY NOTICED'}", flush=True)
    print(f"{caught} of {len(holes)} noticed, in {time.monotonic() - began:.0f} s")
    return 0 if caught == len(holes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
