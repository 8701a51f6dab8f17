"""Change the source and print how many changes the tests notice: `python3 -m tests.mutation`.

python3 -m tests.mutation rules                     every change to the rules
python3 -m tests.mutation services --sample 400     so many of them, drawn by --seed
python3 -m tests.mutation outbox --module ledger    only files of that name
"""

from __future__ import annotations

import argparse
import ast
import csv
import math
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.mutation.operators import Mutant, mutants
from tests.mutation.runner import ROOT, Runner, Verdict, run

GROUPS = {
    "rules": ("*/rules/*.py",),
    "services": ("*/services.py", "*/services/*.py"),
    "outbox": tuple(
        f"committee/{one}.py" for one in ("outbox", "settling", "transport", "statements", "ledger")
    ),
}
APPS = ("committee", "umkm", "roadmap")
QUICK = [
    f"tests/committee/test_{one}.py"
    for one in ("rules", "browsers_rules", "chain_rules", "days_rules", "sign_in_rules")
]
TESTS = {
    "rules": ["tests/umkm/rules", "tests/roadmap/rules", *QUICK],
    "services": ["tests/committee", "tests/umkm", "tests/roadmap"],
    "outbox": ["tests/committee", "tests/roadmap", "tests/test_delivery.py"],
}
EQUIVALENT = Path(__file__).with_name("equivalent.csv")
SURE = 1.96  # of a normal distribution: 95 %


def files(group: str, modules: Sequence[str] = ("",)) -> list[str]:
    """List the files of a group whose path holds one of some words."""
    found = {path for glob in GROUPS[group] for path in ROOT.glob(glob)}
    names = sorted(str(path.relative_to(ROOT)) for path in found)
    return [one for one in names if one.startswith(APPS) and any(word in one for word in modules)]


def every(paths: list[str]) -> list[Mutant]:
    """List every change to some files that is not known to change nothing."""
    alike = equivalent()
    found = [one for path in paths for one in mutants(path, ast.parse((ROOT / path).read_text()))]
    return [one for one in found if one.name not in alike]


def equivalent() -> dict[str, str]:
    """Return the changes that change no behaviour, by name, each with its reason."""
    with EQUIVALENT.open(newline="") as file:
        return {row["mutant"]: row["reason"] for row in csv.DictReader(file)}


def between(killed: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval, in percent, of a share that was drawn by lot."""
    share, z = killed / of, SURE
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    wide = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return 100 * (middle - wide), 100 * (middle + wide)


def told(runner: Runner, population: int) -> None:
    """Print a line per module and one for all."""
    by_module: dict[str, list[Verdict]] = defaultdict(list)
    for one in sorted(runner.verdicts, key=lambda one: one.mutant.name):
        by_module[one.mutant.path].append(one)
    print(f"\n{'module':42}{'mutants':>8}{'killed':>8}{'survived':>9}{'%':>7}")
    for path, verdicts in sorted(by_module.items()):
        print(_line(path, verdicts))
    print(_line("all", runner.verdicts))
    if runner.verdicts and len(runner.verdicts) < population - len(runner.unfit):
        low, high = between(sum(x.killed for x in runner.verdicts), len(runner.verdicts))
        print(f"drawn from {population}; 95 % between {low:.1f} and {high:.1f} %")
    print(f"no valid Python, or not loaded: {len(runner.unfit)}")


def _line(name: str, verdicts: list[Verdict]) -> str:
    killed = sum(one.killed for one in verdicts)
    share = 100 * killed / len(verdicts) if verdicts else 0
    left = len(verdicts) - killed
    return f"{name:42}{len(verdicts):8}{killed:8}{left:9}{share:7.1f}"


def main() -> None:
    """Draw changes, try them, and tell."""
    parser = argparse.ArgumentParser(prog="python3 -m tests.mutation")
    parser.add_argument("group", choices=GROUPS)
    parser.add_argument("--sample", type=int, help="so many changes instead of all")
    parser.add_argument("--seed", type=int, default=1, help="which are drawn")
    parser.add_argument(
        "--module", nargs="*", default=[""], help="only files whose path holds one of these"
    )
    parser.add_argument("--tests", nargs="*", help="only these tests")
    parser.add_argument("--at-once", type=int, default=2, help="so many processes")
    parser.add_argument("--minutes", type=float, default=math.inf, help="then tell of those tried")
    asked = parser.parse_args()
    paths = files(asked.group, asked.module)
    population = every(paths)
    drawn = random.Random(asked.seed).sample(population, len(population))
    chosen = drawn[: asked.sample]
    tests = asked.tests or TESTS[asked.group]
    seconds = 60 * asked.minutes
    runner = Runner(set(files(asked.group)), chosen, asked.at_once, seconds)
    told(run(runner, tests), len(population))


if __name__ == "__main__":
    main()
