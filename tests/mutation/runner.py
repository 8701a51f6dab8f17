"""A pytest session that watches the tests once and then asks them about each change, in a fork.

Django, the database and every module are set up once. A change is made in a child process, in
memory; the child runs the tests that reach what was changed, those that noticed the last one
first, then the quickest, and says by its exit code whether one of them failed.
"""

from __future__ import annotations

import builtins
import gc
import hashlib
import json
import math
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.conf import settings

from tests.mutation import live
from tests.mutation.live import HIT, ROOT
from tests.mutation.operators import Mutant

SURVIVED, KILLED, UNFIT = 0, 1, 3
LONGEST_ROUND = 40.0  # seconds for all tests of one change; then it counts as survived
SLOWER = 10  # a test that takes so many times as long as it did hangs
LEAST_WAIT = 5.0
ROOTS = {"EVIDENCE_ROOT": "evidence", "PACK_ROOT": "packs", "MAIL_ROOT": "mail", "DATA_DIR": ""}


@dataclass
class Seen:
    """What one test reaches, and how long it takes."""

    seconds: float
    reaches: list[str]


@dataclass
class Verdict:
    """What became of one change: the test that noticed, or why none did."""

    mutant: Mutant
    killed: bool
    by: str = ""


@dataclass
class Runner:
    """A plugin of pytest that runs changes instead of tests."""

    paths: set[str]
    chosen: list[Mutant]
    at_once: int = 2
    seconds: float = math.inf
    verdicts: list[Verdict] = field(default_factory=list)
    unfit: list[Mutant] = field(default_factory=list)
    killers: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    running: dict[int, tuple[Mutant, int]] = field(default_factory=dict)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what starts processes or a browser: those have the source in another one."""
        heavy = ("processes", "browser")
        items[:] = [one for one in items if not any(map(one.get_closest_marker, heavy))]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Watch, then try every change."""
        self.items = {one.nodeid: one for one in session.items}
        self.living, self.caches = live.functions(self.paths), live.caches()
        self.seen = self._watched(session)
        self.reached = self._reached()
        gc.collect()
        gc.freeze()  # what stays as it is need not be copied for a child
        until = time.monotonic() + self.seconds
        for number, mutant in enumerate(self.chosen, 1):
            if time.monotonic() > until:
                break
            self._start(mutant)
            while len(self.running) >= self.at_once:
                self._collect()
            if number % 50 == 0:
                killed = sum(one.killed for one in self.verdicts)
                print(f"{number} of {len(self.chosen)}: {killed} killed", file=sys.stderr)
        while self.running:
            self._collect()
        return True

    def _watched(self, session: pytest.Session) -> dict[str, Seen]:
        """Run the tests whose file is not known yet, noting what each reaches; drop the red."""
        cache = _cache(self.paths)
        known = json.loads(cache.read_text()) if cache.exists() else {}
        marks = {one: _mark(one.partition("::")[0]) for one in self.items}
        new = [one for one in self.items if known.get(one, {}).get("mark") != marks[one]]
        hits: set[str] = set()
        setattr(builtins, HIT, hits.add)
        if new:
            live.watch(self.paths, self.living)
        _warm(session, self.items)
        for number, name in enumerate(new, 1):
            hits.clear()
            began = time.monotonic()
            sound = _passes(self.items[name], session)
            taken = time.monotonic() - began
            if number % 50 == 0:
                cache.write_text(json.dumps(known))
                print(f"watched {number} of {len(new)} tests", file=sys.stderr)
            known[name] = {"mark": marks[name], "seconds": taken, "reaches": sorted(hits)}
            known[name]["sound"] = sound
        cache.write_text(json.dumps(known))
        kept = {one: known[one] for one in self.items if known[one]["sound"]}
        return {one: Seen(row["seconds"], row["reaches"]) for one, row in kept.items()}

    def _reached(self) -> dict[str, list[str]]:
        """List the tests of every function, quickest first.

        A constant is asked of every test of the files that reach its file: it may be read
        without a call.
        """
        found: dict[str, list[str]] = defaultdict(list)
        files: dict[str, set[str]] = defaultdict(set)
        for name, seen in self.seen.items():
            for place in seen.reaches:
                files[name.partition("::")[0]].add(place.partition("::")[0])
        for name in sorted(self.seen, key=lambda one: self.seen[one].seconds):
            for place in {*self.seen[name].reaches, *files[name.partition("::")[0]]}:
                found[place].append(name)
        return found

    def _tests(self, mutant: Mutant) -> list[str]:
        is_function = mutant.place in self.living
        found = self.reached[mutant.place if is_function else mutant.path]
        first = [one for one in self.killers[mutant.place] if one in found]
        return list(dict.fromkeys([*first, *found]))

    def _start(self, mutant: Mutant) -> None:
        tests = self._tests(mutant)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._try(mutant, tests, writing)
        os.close(writing)
        self.running[child] = (mutant, reading)

    def _try(self, mutant: Mutant, tests: list[str], writing: int) -> None:
        """Make the change and run the tests; a child's whole life."""
        code = UNFIT
        try:
            _silent()
            _own_folder()
            live.become(mutant.name, mutant.path, self.living)
            for cache in self.caches:
                cache.cache_clear()
            began, code = time.monotonic(), SURVIVED
            for name in tests:
                if time.monotonic() - began > LONGEST_ROUND:
                    break
                signal.setitimer(signal.ITIMER_REAL, LEAST_WAIT + SLOWER * self.seen[name].seconds)
                os.write(writing, f"{name}\n".encode())
                item = self.items[name]
                if not _passes(item, item.session):
                    code = KILLED
                    break
        except (live.Unfit, SyntaxError):
            code = UNFIT
        except BaseException:  # whatever a changed constant breaks while it is made
            code = KILLED
        finally:
            os._exit(code)

    def _collect(self) -> None:
        child, status = os.wait()
        shutil.rmtree(_folder(child), ignore_errors=True)
        mutant, reading = self.running.pop(child)
        with os.fdopen(reading) as pipe:
            said = pipe.read().splitlines()
        code = os.waitstatus_to_exitcode(status)
        if code == UNFIT:
            self.unfit.append(mutant)
            return
        killed = code != SURVIVED
        by = said[-1] if killed and said else ""
        if by and by not in self.killers[mutant.place]:
            self.killers[mutant.place].insert(0, by)
        self.verdicts.append(Verdict(mutant, killed, by or f"{len(said)} tests"))
        if not killed:
            print(f"survived  {mutant.name}  (line {mutant.line}, {len(said)} tests)", flush=True)


def _cache(paths: set[str]) -> Path:
    """Return where is kept what tests reach: outside of the repository, for these files alone."""
    mark = hashlib.sha256(" ".join([str(ROOT), *sorted(paths)]).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"peta-jalan-mutation-{mark}.json"


def _mark(path: str) -> str:
    return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()[:16]


def _warm(session: pytest.Session, items: dict[str, pytest.Item]) -> None:
    """Run one test that asks the database, so that it is made before the first fork."""
    asking = (one for one in items.values() if one.get_closest_marker("django_db"))
    if first := next(asking, None):
        _passes(first, session)


def _passes(item: pytest.Item, session: Any) -> bool:
    """Run one test and put away everything but what the session shares."""
    reports = runtestprotocol(item, log=False, nextitem=session)
    return not any(one.failed for one in reports)


def _silent() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)


def _folder(child: int) -> Path:
    return Path(tempfile.gettempdir()) / f"mutant-{child}"


def _own_folder() -> None:
    """Give a child files of its own: two run at once."""
    folder = _folder(os.getpid())
    folder.mkdir()
    for name, below in ROOTS.items():
        setattr(settings, name, folder / below if below else folder)


def run(runner: Runner, tests: list[str]) -> Runner:
    """Try the runner's changes against tests; its verdicts say what became of each."""
    options = ["-q", "-s", "-n", "0", "-p", "no:cacheprovider", "--order-seed=1"]
    pytest.main([*options, *tests], plugins=[runner])
    return runner
