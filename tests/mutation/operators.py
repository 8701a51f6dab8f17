"""What is changed: every small change to a file that a test should notice, each with a name."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Unit = ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign
Change = tuple[str, ast.AST]

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
# Words for people, for the log and for the type checker: no behaviour hangs on them.
SPOKEN = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "cast", "TypeVar"}
LOGS = {"log", "logger", "logging", "LOG", "LOGGER"}
UNSAID = {"annotation", "returns", "decorator_list", "type_comment"}


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, what it is called, and how to make it in the tree it is of."""

    path: str
    unit: str
    label: str
    line: int
    apply: Callable[[], None]

    @property
    def name(self) -> str:
        """Return what it is called in a list: no line number, which the next edit would move."""
        return f"{self.path}::{self.unit}::{self.label}"

    @property
    def place(self) -> str:
        """Return the function, or the module's constant, that is changed."""
        return f"{self.path}::{self.unit}"


def units(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Unit]]:
    """Yield functions, methods and a module's constants, by their names; nested ones are parts."""
    for node in getattr(tree, "body", ()):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from units(node, f"{prefix}{node.name}.")
        elif not prefix and isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and not target.id.startswith("__"):
                yield target.id, node


def mutants(path: str, tree: ast.Module) -> list[Mutant]:
    """List every change to a file's tree, always in the same order and under the same names."""
    found = []
    for unit, node in units(tree):
        seen: Counter[str] = Counter()
        for label, place, apply in _changes(node):
            seen[label] += 1
            numbered = label if seen[label] == 1 else f"{label} #{seen[label]}"
            found.append(Mutant(path, unit, numbered, place, apply))
    return found


def _changes(node: ast.AST) -> Iterator[tuple[str, int, Callable[[], None]]]:
    """Yield the changes below a node, outside of what no behaviour hangs on."""
    for name, value in ast.iter_fields(node):
        if name in UNSAID:
            continue
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST) or _is_words(child):
                continue
            for label, other in _others(child):
                where = index if isinstance(value, list) else None
                yield label, getattr(child, "lineno", 0), _putter(node, name, where, other)
            yield from _changes(child)


def _putter(node: ast.AST, name: str, index: int | None, other: ast.AST) -> Callable[[], None]:
    def put() -> None:
        if index is None:
            setattr(node, name, other)
        else:
            getattr(node, name)[index] = other

    return put


def _is_words(node: ast.AST) -> bool:
    """Say whether a node is a docstring, a text for people, or a line for the log."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_words(node.value)
    if isinstance(node, ast.JoinedStr):
        return True
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute):
        return isinstance(called.value, ast.Name) and called.value.id in LOGS
    return isinstance(called, ast.Name) and called.id in SPOKEN


def _others(node: ast.AST) -> Iterator[Change]:
    """Yield what may stand in place of a node."""
    if isinstance(node, ast.Compare):
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{_sign(node.op)} to {_sign(other)}", _like(node, op=other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", node.operand
    elif isinstance(node, ast.BinOp | ast.AugAssign) and not _is_formatted(node):
        if other_op := COUNTED.get(type(node.op)):
            yield f"{_sign(node.op)} to {_sign(other_op())}", _like(node, op=other_op())
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Return) and not _is_none(node.value):
        yield "return None", _like(node, value=_like(node.value, ast.Constant, value=None))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield f"{_short(node.value.func)}() dropped", _like(node, ast.Pass)


def _compared(node: ast.Compare) -> Iterator[Change]:
    for index, op in enumerate(node.ops):
        other = COMPARED[type(op)]()
        ops = [*node.ops[:index], other, *node.ops[index + 1 :]]
        yield f"{_sign(op)} to {_sign(other)}", _like(node, ops=ops)


def _constants(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} to {not value}", _like(node, value=not value)
    elif isinstance(value, int | float):
        yield f"{value} to {value + 1}", _like(node, value=value + 1)
        yield f"{value} to {value - 1}", _like(node, value=value - 1)
    elif isinstance(value, str) and " " not in value:
        yield f"{value!r} changed", _like(node, value=f"{value}~")


def _is_formatted(node: ast.BinOp | ast.AugAssign) -> bool:
    """Say whether a `%` puts values into a text."""
    text = getattr(node, "left", None)
    return isinstance(text, ast.Constant) and isinstance(text.value, str)


def _is_none(node: ast.expr | None) -> bool:
    """Say whether None would be no other answer; False is flipped to True instead."""
    return node is None or (isinstance(node, ast.Constant) and node.value in (None, False))


def _like(node: ast.AST | None, kind: type[ast.AST] | None = None, **fields: object) -> ast.AST:
    """Return a node at the same place, of the same kind and fields unless told otherwise."""
    assert node is not None
    kept = dict(ast.iter_fields(node)) if kind is None else {}
    return ast.copy_location((kind or type(node))(**(kept | fields)), node)


def _sign(op: ast.AST) -> str:
    return type(op).__name__


def _short(node: ast.AST) -> str:
    return ast.unparse(node).partition("(")[0]
