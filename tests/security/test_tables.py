"""README.md and ASVS.md beside this file: whole, and true about the tests they name."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.test_architecture import ROOT, short, sources

HERE = Path(__file__).parent
ROW = re.compile(r"^\| (S?[\d.]+)‡? \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)((?:::\w+)*)`")
REASONS = ("Does not apply: ", "Documented: ", "Gap: ")
ROWS = {
    f"S{n}"
    for first, last in ((1, 15), (20, 27), (30, 45), (50, 59))
    for n in range(first, last + 1)
}
# How many requirements of levels 1 and 2 each section has: they come first in almost all.
SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2
4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3
6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2
10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1
12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3
15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
BEYOND = {"1.2.10", "1.3.12", "5.2.4", "5.2.6", "6.3.8", "13.4.6"}
SIZES = dict(one.split(":") for one in SECTIONS.split())
NUMBERS = {f"{section}.{n + 1}" for section, many in SIZES.items() for n in range(int(many))}
NUMBERS |= BEYOND


def rows(name):
    return {number: (what, shown) for number, what, shown in ROW.findall((HERE / name).read_text())}


# What makes a file one that uses cryptography.
SEALS = re.compile(
    r"^\s*(?:import (?:hashlib|hmac|secrets)|from (?:hashlib|hmac|secrets|cryptography|fido2|jwt)"
    r"|from django\.(?:utils\.crypto|core\.signing|core import signing|contrib\.auth\.tokens))\b",
    re.MULTILINE,
)
TELLS = re.compile(r"""(?<![\w.])tell(?:\(|, )"(\w+)\"""")


@cache
def held_by(path):
    """Name what a file of tests holds, as pytest does."""
    if not (ROOT / path).exists():
        return frozenset()
    found = {""}
    for node in ast.parse((ROOT / path).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(f"::{node.name}")
        elif isinstance(node, ast.ClassDef):
            inner = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
            found |= {f"::{node.name}", *(f"::{node.name}::{name}" for name in inner)}
    return frozenset(found)


def missing_in(text):
    return {path + name for path, name in NAMED.findall(text) if name not in held_by(path)}


@pytest.mark.parametrize(("name", "expected"), [("README.md", ROWS), ("ASVS.md", NUMBERS)])
def test_no_row_is_left_out_and_none_says_nothing(name, expected):
    found = rows(name)

    assert set(found) == expected
    assert [
        n for n, (_, s) in found.items() if not (NAMED.search(s) or s.startswith(REASONS))
    ] == []


@pytest.mark.parametrize("name", ["README.md", "ASVS.md"])
def test_every_test_that_is_named_is_there(name):
    assert missing_in((HERE / name).read_text()) == set()


def test_control_one_that_is_not_there_is_found():
    here = "tests/security/test_tables.py"

    assert missing_in(f"`{here}` `{here}::test_every_test_that_is_named_is_there`") == set()
    assert missing_in(f"`{here}::test_nothing` `tests/nowhere.py`") == {
        f"{here}::test_nothing",
        "tests/nowhere.py",
    }


def section(title):
    """Give what stands under a heading of ASVS.md."""
    _, _, rest = (HERE / "ASVS.md").read_text().partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


def listed(pattern, text):
    return {
        one for row in re.findall(r"^\|.*", text, re.MULTILINE) for one in re.findall(pattern, row)
    }


class TestLists:
    """What ASVS.md lists of cryptography and events is what the code has, no more and no less."""

    def test_every_place_that_uses_cryptography_is_named(self):
        using = {short(path) for path in sources() if SEALS.search(path.read_text())}

        assert listed(r"`([\w/]+\.py)`", section("Cryptography")) == using

    def test_every_event_is_named(self):
        told = {name for path in sources() for name in TELLS.findall(path.read_text())}

        assert listed(r"`(\w+)`", section("What the log tells")) == told

    def test_control_one_more_of_either_is_seen(self):
        assert SEALS.search("x = 1\nfrom cryptography.fernet import Fernet\n")
        assert SEALS.search("    import secrets\n")
        assert not SEALS.search("from random import Random\nimport hashlibrary\n")
        told = 'tell("a", request); partial(tell, "b"); ledger.tell("c")'
        assert TELLS.findall(told) == ["a", "b"]

    def test_no_heading_that_a_row_names_is_missing(self):
        named = re.findall(
            r"Documented: below, ([^|;]+?)[.;]?(?= \||;)", (HERE / "ASVS.md").read_text()
        )

        assert len(named) == 5
        assert [title for title in named if not section(title)] == []
