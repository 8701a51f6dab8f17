"""Play the cases and print the table: `python -m tests.chaos [CASES] [--short]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests import chaos
from tests.chaos.cases import Case, play
from tests.chaos.findings import Findings
from tests.chaos.stage import Stage

MOST_PROBLEMS = 5
HOLD_CASES = (
    *("kills", "moments", "relays", "sqlite", "clocks", "outages", "brokers", "crowds"),
    "ledgers",
)


def cases() -> list[Case]:
    """Gather the cases of every module that holds some: their names tell (HOLD_CASES)."""
    names = sorted(module.name for module in pkgutil.iter_modules(chaos.__path__))
    held = [name for name in names if name.startswith(HOLD_CASES)]
    modules = [importlib.import_module(f"tests.chaos.{name}") for name in held]
    return [case for module in modules for case in module.CASES]


def main(arguments: Sequence[str]) -> int:
    """Play what was asked for; 1 if a guarantee failed or a control stayed green."""
    is_short = "--short" in arguments
    wanted = tuple(word for word in arguments if not word.startswith("--"))
    chosen = [case for case in cases() if not wanted or case.name.startswith(wanted)]
    began = time.monotonic()
    print(f"{'case':<66}{'runs':>5}{'lost':>6}{'doubled':>9}{'unflagged':>11}{'seconds':>9}")
    on_postgres, on_sqlite = (_on(each, chosen, is_short) for each in (False, True))
    good = on_postgres and on_sqlite
    print(f"{time.monotonic() - began:.0f} s in all: {'all as it must be' if good else 'FAILED'}")
    return 0 if good else 1


def _on(on_sqlite: bool, chosen: Sequence[Case], is_short: bool) -> bool:
    """Play the cases of one database; the short version, which mostly waits, several at once."""
    here = [case for case in chosen if case.on_sqlite == on_sqlite]
    here = [case for case in here if (case.short if is_short else case.runs)]
    if not here:
        return True
    good = True
    with Stage(on_sqlite=on_sqlite) as stage, ThreadPoolExecutor(3 if is_short else 1) as pool:
        for is_good, rows in pool.map(lambda case: trial(case, stage, is_short), here):
            print(rows, flush=True)
            good &= is_good
    return good


def trial(case: Case, stage: Stage, is_short: bool) -> tuple[bool, str]:
    """Play a case and then its control: whether both are as they must be, and their rows."""
    runs, controlled = (case.short, 1) if is_short else (case.runs, case.control_runs)
    found, row = _play(case.name, case, stage, runs, is_control=False)
    words = f"  control: {case.control.taken_away}"
    harmed, control_row = _play(words, case, stage, controlled, is_control=True)
    problems = [f"    {problem}" for problem in found.problems[:MOST_PROBLEMS]]
    is_good = not found.problems and case.control.is_red(harmed)
    return is_good, "\n".join([row, *problems, control_row])


def _play(
    words: str, case: Case, stage: Stage, runs: int, *, is_control: bool
) -> tuple[Findings, str]:
    began = time.monotonic()
    try:
        tree = case.control.tree(stage) if is_control else stage.tree
        found = play(case, stage, tree, runs)
    except AssertionError as error:  # such as a control whose text has changed
        found = Findings(notes=[f"cannot be played: {error}"])
    seconds = time.monotonic() - began
    counts = f"{runs:>5}{found.lost:>6}{found.doubled:>9}{found.unflagged:>11}{seconds:>9.1f}"
    return found, f"{words[:65]:<66}{counts}  {_verdict(case, found, is_control)}"


def _verdict(case: Case, found: Findings, is_control: bool) -> str:
    if is_control:
        words = "red as it must" if case.control.is_red(found) else "STAYED GREEN"
    else:
        words = "FAILED" if found.problems else "ok"
    return "; ".join([words, *found.notes])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
