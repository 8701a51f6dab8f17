"""What a case is, and what its negative control takes away."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.findings import Findings
from tests.chaos.stage import Stage, copy_product

# Plays one run, of this number, with the processes of this source tree.
Play = Callable[[Stage, Path, int], Findings]


@dataclass(frozen=True, slots=True)
class Patch:
    """One exact piece of the product's source, and what stands there instead."""

    path: str
    old: str
    new: str

    def apply(self, tree: Path) -> None:
        file = tree / self.path
        text = file.read_text()
        found = text.count(self.old)
        assert found == 1, f"the control's text stands {found} times in {self.path}:\n{self.old}"
        file.write_text(text.replace(self.old, self.new))


@dataclass(frozen=True, slots=True)
class Control:
    """A protection and the source without it.

    `harms`: without it somebody is not told, or told twice; else only another promise is broken.
    """

    taken_away: str
    patches: tuple[Patch, ...]
    harms: bool = True

    def is_red(self, found: Findings) -> bool:
        """Tell whether the control shows what it must; one that broke off shows nothing."""
        return bool(found.problems) and (found.is_harmed if self.harms else not found.broke_off)

    def tree(self, stage: Stage) -> Path:
        """Make the patched copy of the product, once a run."""
        target = stage.folder / f"without-{abs(hash(self))}"
        with stage.building:
            if not target.exists():
                copy_product(stage.tree, target)
                for patch in self.patches:
                    patch.apply(target)
        return target


@dataclass(frozen=True, slots=True)
class Case:
    """A guarantee under trial; `short` is its number of runs in CI, 0 leaves it out there."""

    name: str
    play: Play
    control: Control
    runs: int = 1
    short: int = 1
    control_runs: int = 1
    at_once: int = 1
    on_sqlite: bool = False


def play(case: Case, stage: Stage, tree: Path, runs: int) -> Findings:
    """Play a case several times over and add up what was found."""
    total = Findings()
    with ThreadPoolExecutor(case.at_once) as pool:
        for found in pool.map(lambda number: _one(case, stage, tree, number), range(runs)):
            total += found
    return total


def _one(case: Case, stage: Stage, tree: Path, number: int) -> Findings:
    try:
        return case.play(stage, tree, number)
    except Exception as error:  # the other runs and cases are still to be seen
        return Findings(problems=[f"run {number} broke off: {error!r}"], broke_off=True)
