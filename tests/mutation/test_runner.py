"""The runner kills what a test notices, and lets live what none can or does."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys

import pytest

from tests.mutation.__main__ import GROUPS, ROOT, between, equivalent, files
from tests.mutation.operators import mutants

PATH = "tests/mutation/sums.py"
TRIED = """
import ast, json, sys
from tests.mutation.operators import mutants
from tests.mutation.runner import Runner, run
path = sys.argv[1]
chosen = mutants(path, ast.parse(open(path).read()))
done = run(Runner({path}, chosen), ["tests/mutation/check_sums.py"])
told = {one.mutant.name.removeprefix(path + "::"): one.killed for one in done.verdicts}
print(json.dumps(told), file=sys.stderr)
"""
MOST_EQUIVALENT = 0.03


def changes(source: str) -> list[str]:
    return [one.label for one in mutants("some.py", ast.parse(source))]


@pytest.mark.processes
@pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") == "postgres", reason="runs once, in the SQLite round"
)
def test_a_change_that_shows_is_killed_and_one_that_does_not_survives():
    done = subprocess.run(
        [sys.executable, "-c", TRIED, PATH],
        cwd=ROOT,
        env=os.environ | {"TEST_DATABASE": "sqlite", "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    became = json.loads(done.stderr.splitlines()[-1])

    assert became["is_enough::GtE to Gt"] is True
    assert became["is_enough::return None"] is True
    assert became["FEWEST::3 to 4"] is True
    assert became["at_least_zero::Gt to GtE"] is False, "at 0 both ways give 0"
    assert became["unasked::Mult to Div"] is False, "no test asks"


def test_words_for_people_are_left_alone():
    source = 'def f(x):\n    """Say."""\n    log.info("started")\n    return _("Late")\n'

    assert changes(source) == ["return None"]


def test_values_and_comparisons_are_changed():
    source = 'def f(x, most=3):\n    return x < most and not x == "key"\n'

    assert set(changes(source)) == {
        *("3 to 4", "3 to 2", "return None", "And to Or"),
        *("Lt to LtE", "not dropped", "Eq to NotEq", "'key' changed"),
    }


def test_a_name_stands_for_one_change_only():
    for path in (one for group in GROUPS for one in files(group)):
        names = [one.name for one in mutants(path, ast.parse((ROOT / path).read_text()))]
        assert len(names) == len(set(names)), path


def test_what_is_called_equivalent_is_there_and_is_rare():
    paths = [one for group in GROUPS for one in files(group)]
    trees = [(path, ast.parse((ROOT / path).read_text())) for path in paths]
    names = {one.name for path, tree in trees for one in mutants(path, tree)}
    alike = equivalent()

    assert set(alike) - names == set(), "listed, but no longer a change of the source"
    assert all(alike.values()), "each with its reason"
    assert len(alike) < MOST_EQUIVALENT * len(names)


def test_a_share_drawn_by_lot_says_how_sure_it_is():
    low, high = between(90, 100)

    assert (round(low, 1), round(high, 1)) == (82.6, 94.5)
