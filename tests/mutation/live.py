"""Change what runs: functions and constants of modules that are loaded already."""

from __future__ import annotations

import ast
import functools
import gc
import os
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from tests.mutation.operators import Mutant, Unit, mutants, units

ROOT = Path(__file__).resolve().parents[2]
HIT = "_mutation_hit"  # a builtin while tests are watched
Functions = dict[str, list[FunctionType]]


class Unfit(Exception):
    """A change that cannot be made in a running process, or that is no valid Python."""


@functools.cache
def parsed(path: str) -> str:
    return (ROOT / path).read_text()


def place_of(code: CodeType) -> str:
    """Name a function as the list of mutants does: the file from the root, and what it is in."""
    return f"{os.path.relpath(os.path.realpath(code.co_filename), ROOT)}::{code.co_qualname}"


def functions(paths: set[str]) -> Functions:
    """Find every living function of some files, whatever decorators stand around it."""
    found: Functions = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename.endswith(".py"):
            place = place_of(thing.__code__)
            if place.partition("::")[0] in paths:
                found[place].append(thing)
    return found


def watch(paths: set[str], living: Functions) -> None:
    """Let every function of some files tell, when it is called, that it was."""
    for path in paths:
        tree = ast.parse(parsed(path))
        for name, unit in units(tree):
            if isinstance(unit, ast.FunctionDef | ast.AsyncFunctionDef):
                call = ast.parse(f"{HIT}({f'{path}::{name}'!r})").body[0]
                unit.body.insert(_after_docstring(unit), call)
        for place, code in _codes(path, _compiled(path, tree)).items():
            for function in living.get(place, ()):
                if _fits(function, code):
                    function.__code__ = code


def _after_docstring(unit: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return 0 if ast.get_docstring(unit, clean=False) is None else 1


def become(name: str, path: str, living: Functions) -> None:
    """Make one change, by its name, in this process; there is no way back but to end it."""
    tree = ast.parse(parsed(path))
    mutant = next(one for one in mutants(path, tree) if one.name == name)
    mutant.apply()
    unit = dict(units(tree))[mutant.unit]
    if isinstance(unit, ast.FunctionDef | ast.AsyncFunctionDef):
        _swap(mutant, unit, tree, living)
    else:
        _assign_again(mutant, tree)
        for place, unit in ((f"{path}::{name}", unit) for name, unit in units(tree)):
            for function in living.get(place, ()):
                _defaults(function, unit)


def _swap(mutant: Mutant, unit: Unit, tree: ast.Module, living: Functions) -> None:
    code = _codes(mutant.path, _compiled(mutant.path, tree))[mutant.place]
    functions = [one for one in living.get(mutant.place, ()) if _fits(one, code)]
    if not functions:
        raise Unfit(mutant.name)
    for function in functions:
        function.__code__ = code
        _defaults(function, unit)


def _defaults(function: FunctionType, unit: Unit) -> None:
    """Give a function the defaults its definition has by now, where they are plain values."""
    assert isinstance(unit, ast.FunctionDef | ast.AsyncFunctionDef)
    space, plain = function.__globals__, ast.Constant | ast.Name
    given = unit.args.defaults
    if function.__defaults__ and all(isinstance(one, plain) for one in given):
        function.__defaults__ = tuple(_value(one, space) for one in given)
    for argument, default in zip(unit.args.kwonlyargs, unit.args.kw_defaults, strict=True):
        if isinstance(default, plain):
            function.__kwdefaults__[argument.arg] = _value(default, space)


def _value(node: ast.expr, space: dict[str, object]) -> object:
    return eval(
        compile(ast.fix_missing_locations(ast.Expression(node)), "<default>", "eval"), space
    )


def _assign_again(mutant: Mutant, tree: ast.Module) -> None:
    """Assign the changed constant, and every later one made from it, wherever it was imported."""
    module = _module(mutant.path)
    changed: set[str] = set()
    for name, unit in units(tree):
        used = {one.id for one in ast.walk(unit) if isinstance(one, ast.Name)}
        if isinstance(unit, ast.Assign | ast.AnnAssign) and (
            name == mutant.unit or changed & (used - {name})
        ):
            changed.add(name)
            before = vars(module).get(name)
            lines = ast.fix_missing_locations(ast.Module([unit], []))
            exec(compile(lines, mutant.path, "exec"), vars(module))
            _hand_out(name, before, vars(module)[name])


def _hand_out(name: str, before: object, after: object) -> None:
    """Replace a constant wherever it was imported; who has one of the same name keeps it."""
    own = re.compile(rf"^{name}\s*[:=]", re.MULTILINE)
    for module in list(sys.modules.values()):
        space = getattr(module, "__dict__", {})
        file = str(getattr(module, "__file__", None))
        same = file.startswith(str(ROOT)) and name in space and space[name] is before
        if same and not own.search(Path(file).read_text()):
            space[name] = after


def _module(path: str) -> ModuleType:
    dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if dotted not in sys.modules:
        raise Unfit(f"{path} is not loaded")
    return sys.modules[dotted]


def _compiled(path: str, tree: ast.Module) -> CodeType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a changed line may look odd
        return compile(ast.fix_missing_locations(tree), str(ROOT / path), "exec")


def _codes(path: str, code: CodeType) -> dict[str, CodeType]:
    return {f"{path}::{one.co_qualname}": one for one in _inner(code)}


def _inner(code: CodeType) -> Iterator[CodeType]:
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield one
            yield from _inner(one)


def _fits(function: FunctionType, code: CodeType) -> bool:
    same_line = function.__code__.co_firstlineno == code.co_firstlineno
    return same_line and function.__code__.co_freevars == code.co_freevars


def caches() -> list[functools._lru_cache_wrapper[object]]:
    """Find the caches of our own functions: each may hold an answer from before a change."""
    found = []
    for thing in gc.get_objects():
        if isinstance(thing, functools._lru_cache_wrapper):
            code = getattr(getattr(thing, "__wrapped__", None), "__code__", None)
            if code and os.path.realpath(code.co_filename).startswith(str(ROOT)):
                found.append(thing)
    return found
