"""What SQLite must hold as well: the claim, two planners at once, a kill, a restored backup."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.chaos import controls, findings, kills, outages
from tests.chaos.cases import Case
from tests.chaos.findings import Findings
from tests.chaos.kills import finish
from tests.chaos.moments import late
from tests.chaos.stage import Stage

CROWD, REPEATS = 120, 8


def claims(stage: Stage, tree: Path, _number: int) -> Findings:
    """Let four drainers take from one queue at once."""
    with stage.site(size=CROWD, tree=tree, answer=partial(late, 0.03)) as site:
        site.fork("plan").wait()
        for drainer in [site.fork("drain") for _ in range(4)]:
            drainer.wait()
        finish(site)
        return findings.look(site, findings.one_each(CROWD))


def planners(stage: Stage, tree: Path, _number: int) -> Findings:
    """Let four rounds plan and bundle the same morning at once."""
    with stage.site(size=CROWD, tree=tree) as site:
        codes = [planner.wait() for planner in [site.fork("plan") for _ in range(4)]]
        finish(site)
        found = findings.look(site, findings.one_each(CROWD))
        found.require(codes == [0] * 4, f"planners ended with {codes}\n{site.log()}")
        return found


_KILLS = {case.name: case for case in kills.CASES}
CASES = [
    Case("SQLite: four drainers claim at once", claims, controls.CARELESS_CLAIM,
         runs=5, control_runs=3, on_sqlite=True),
    Case("SQLite: four planners at once", planners, controls.CARELESS_PLAN,
         runs=5, control_runs=3, on_sqlite=True),
    *(
        replace(case, name=f"SQLite: {name}", runs=REPEATS, short=1, on_sqlite=True)
        for name, case in _KILLS.items()
        if name.startswith(("K5", "K9 250"))
    ),
    *(
        replace(case, name=f"SQLite: {case.name}", short=0, on_sqlite=True)
        for case in outages.CASES
        if case.name.startswith("R14")
    ),
]  # fmt: skip
