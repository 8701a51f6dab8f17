"""S14: no text, however it was thought out, keeps an expression of ours busy.

Every expression in the source is found by reading it as Python, and is given long texts made from
its own letters. What is judged is the time of the processor in a process of its own, with room to
spare: an expression that goes back and forth takes minutes for what takes others milliseconds.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import signal
import subprocess
import sys
from collections import deque

from tests.test_architecture import ROOT, sources

LONG = 100_000
SECONDS = 2
WAYS = ("search", "match", "fullmatch", "sub", "split", "findall", "finditer")
CHILD = "import sys, tests.security.test_regexes as us; us.child(sys.stdin.read())"


def expressions():
    """Give every expression of the product with the ways in which it is asked.

    What has a name is taken from its module, ready made; the rest stands where it is used.
    """
    trees = {path: ast.parse(path.read_text()) for path in sources()}
    asked, found = {}, {}
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for text, way in _written_in(node):
                    found.setdefault(text, set()).add(way)
            elif isinstance(node, ast.Attribute) and node.attr in WAYS:
                asked.setdefault(_name(node.value), set()).add(node.attr)
    for name, pattern in _named(trees):
        found[_text(pattern.pattern)] = asked.get(name) or set(WAYS[:3])
    return found


def _written_in(call):
    """Find an expression given as text to `re`, to a validator or to an address."""
    is_re = isinstance(call.func, ast.Attribute) and _name(call.func.value) == "re"
    way = call.func.attr if is_re else ""
    if _name(call.func) in ("RegexValidator", "re_path"):
        way = "search"
    if way in WAYS and call.args and isinstance(call.args[0], ast.Constant):
        yield _text(call.args[0].value), way


def _named(paths):
    for path in paths:
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "config" not in parts and parts[-1] != "__init__":
            module = importlib.import_module(".".join(parts))
            for name, value in vars(module).items():
                held = value.values() if isinstance(value, dict) else [value]
                yield from ((name, one) for one in held if isinstance(one, re.Pattern))


def _name(node):
    return getattr(node, "id", "") or getattr(node, "attr", "")


def _text(pattern):
    return pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern


def long_texts(expression):
    """Make texts that almost match: its own letters, repeated, then something it cannot end on."""
    letters = set(re.sub(r"\\[AZbBdDsSwW]|[\^$|(){}\[\]?*+]", "", expression))
    words = re.findall(r"[\w:/<@=.-]{2,}", expression)[:4]
    units = {*letters, *words, "a", "1", " ", ",", "@a", "a.", ".a", "1,", "';"}
    for unit in sorted(units)[:40]:
        for start in sorted({"", *words, "https://"}):
            for end in ("!\x00", ' "<'):
                yield start + unit * (LONG // len(unit)) + end


class TooLong(Exception):
    """An expression went back and forth."""


def _stop(*_):
    raise TooLong


def child(asked):
    """Try expressions on all their texts, in a process of its own; print those that take too long.

    The time is the processor's, so a busy machine makes nothing slow; matching looks up for it.
    """
    signal.signal(signal.SIGPROF, _stop)
    every = json.loads(asked)
    print(json.dumps([text for text in every if not _ends_in_time(re.compile(text), every[text])]))


def _ends_in_time(expression, ways):
    for text in long_texts(expression.pattern):
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            for way in ways:
                deque(_asked(expression, way, text), maxlen=0)
        except TooLong:
            return False
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return True


def _asked(expression, way, text):
    answer = expression.sub("", text) if way == "sub" else getattr(expression, way)(text)
    return answer if way == "finditer" else ()


def slow(expressions):
    asked = json.dumps({text: sorted(ways) for text, ways in expressions.items()})
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=asked, cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def test_no_expression_of_ours_goes_back_and_forth():
    found = expressions()

    assert len(found) > 30
    assert slow(found) == []


def test_control_one_that_does_is_found():
    harmless, quadratic, exponential = "[0-9]{1,4}", "[0-9.]*[0-9][0-9.]*x", "(a+)+x"
    found = {one: {"fullmatch"} for one in (harmless, quadratic, exponential)}

    assert slow(found) == [quadratic, exponential]
