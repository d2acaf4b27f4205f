"""The faults: every place in a module's functions where one could have been made, and what it would be."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from dataclasses import dataclass
from itertools import count

Change = Callable[[ast.AST], None]
Function = ast.FunctionDef | ast.AsyncFunctionDef

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Add,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
OPPOSITE = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"} | {
    "argmin": "argmax",
    "argmax": "argmin",
    "any": "all",
    "all": "any",
}


AROUND = 36  # characters of a line that are shown on either side of a fault


@dataclass(frozen=True)
class Mutant:
    """One fault: the function it is in, the lines of the statement, and the line before and after.

    `place` and `change` count the nodes of the module's tree and the changes that fit the node.
    """

    function: str
    lines: tuple[int, int]
    before: str
    after: str
    place: int
    change: int


def find_mutants(source: str) -> list[Mutant]:
    """Return every fault that could be put into the bodies and defaults of a module's functions.

    Comparisons move to their boundary and to their opposite; arithmetic, logic, `min` and `max` become their
    counterparts; numbers rise and fall by one; truth values, conditions and signs turn round. Names, texts,
    annotations and decorators stay, and so does what runs when the module is loaded.

    >>> [(each.before, each.after) for each in find_mutants("def f(a): return a > 0")][:2]
    [('return a > 0', 'return a >= 0'), ('return a > 0', 'return a <= 0')]
    """
    tree = ast.parse(source)
    numbers = dict(zip(ast.walk(tree), count(), strict=False))
    found = []
    for function, statement, node in _walk(tree, (), None):
        for change in range(len(_changes(node))):
            before, after = _shown(statement, node, change)
            found.append(Mutant(function, _lines(statement), before, after, numbers[node], change))
    return found


def make(source: str, place: int, change: int) -> ast.Module:
    """Return the tree of a module with one fault in it."""
    tree = ast.parse(source)
    node = next(each for at, each in enumerate(ast.walk(tree)) if at == place)
    _changes(node)[change](node)
    return ast.fix_missing_locations(tree)


def _walk(
    node: ast.AST, names: tuple[str, ...], statement: ast.stmt | None
) -> Iterator[tuple[str, ast.stmt, ast.AST]]:
    """Yield each node that runs inside a function, with the function's name and the statement around it."""
    for child in _running(node):
        if isinstance(child, Function | ast.ClassDef):
            inner = (*names, child.name)
            yield from _walk(child, inner, child if isinstance(child, Function) else None)
            continue
        around = child if isinstance(child, ast.stmt) and (statement or _in_function(node)) else statement
        if around is not None:
            yield ".".join(names), around, child
        yield from _walk(child, names, around)


def _in_function(node: ast.AST) -> bool:
    return isinstance(node, Function)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node without texts that document, annotations and decorators."""
    if isinstance(node, Function):
        yield from node.args.defaults
        yield from (each for each in node.args.kw_defaults if each is not None)
        yield from node.body
    elif isinstance(node, ast.ClassDef):
        yield from node.body
    elif isinstance(node, ast.keyword) and node.arg == "strict":
        return  # a guard of `zip`, against what does not happen
    elif isinstance(node, ast.AnnAssign):
        yield from (each for each in (node.target, node.value) if each is not None)
    else:
        yield from ast.iter_child_nodes(node)


def _changes(node: ast.AST) -> list[Change]:
    """Return what could be wrong with a node, each as a function that makes it so."""
    match node:
        case ast.Compare(ops=ops):
            return [_compared(at, new) for at, op in enumerate(ops) for new in COMPARED[type(op)]]
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            return [_operated(COMPUTED[type(op)]())]
        case ast.BoolOp(op=op):
            return [_operated(ast.Or() if isinstance(op, ast.And) else ast.And())]
        case ast.UnaryOp(op=ast.Not()):
            return [lambda n: setattr(n, "operand", _negated(n.operand))]
        case ast.UnaryOp(op=ast.USub()):
            return [_operated(ast.UAdd())]
        case ast.Constant(value=bool(value)):
            return [_valued(not value)]
        case ast.Constant(value=int(value) | float(value)):
            return [_valued(value + 1), _valued(value - 1)]
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            if isinstance(test, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.Constant):
                return []  # these turn round by themselves
            return [lambda n: setattr(n, "test", _negated(n.test))]
        case ast.Call(func=ast.Name(id=name)) if name in OPPOSITE:
            return [lambda n: setattr(n.func, "id", OPPOSITE[name])]
        case ast.Call(func=ast.Attribute(attr=name)) if name in OPPOSITE:
            return [lambda n: setattr(n.func, "attr", OPPOSITE[name])]
    return []


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(op=ast.Not(), operand=test)


def _compared(at: int, new: type[ast.cmpop]) -> Change:
    def change(node: ast.AST) -> None:
        assert isinstance(node, ast.Compare)
        node.ops[at] = new()

    return change


def _operated(new: ast.AST) -> Change:
    return lambda node: setattr(node, "op", new)


def _valued(new: float) -> Change:
    return lambda node: setattr(node, "value", new)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """Return the first and the last line of a statement, of its head where it holds others.

    A function's defaults matter wherever it runs, so all its lines stand for them.
    """
    if isinstance(statement, Function):
        return statement.lineno, statement.end_lineno or statement.lineno
    body = getattr(statement, "body", None)
    last = statement.end_lineno or statement.lineno
    return statement.lineno, max(statement.lineno, body[0].lineno - 1) if body else last


def _shown(statement: ast.stmt, node: ast.AST, change: int) -> tuple[str, str]:
    """Return the line of a statement that a change of a node in it alters, as it is and as it would be."""
    head = copy(statement)
    if getattr(head, "body", None):
        head.body = [ast.Pass()]  # type: ignore[attr-defined]
    if getattr(head, "orelse", None):
        head.orelse = []  # type: ignore[attr-defined]
    before = ast.unparse(head)
    memo: dict[int, ast.AST] = {}
    other = deepcopy(head, memo)
    faulty = other if node is statement else memo[id(node)]
    _changes(faulty)[change](faulty)
    lines = zip(before.splitlines(), ast.unparse(other).splitlines(), strict=False)
    was, now = next((pair for pair in lines if pair[0] != pair[1]), (before, before))
    return _trimmed(was, now), _trimmed(now, was)


def _trimmed(text: str, other: str) -> str:
    """Return what of a long line differs from another, with some of what is around it."""
    start = _alike(text, other)
    end = len(text) - _alike(text[start:][::-1], other[start:][::-1])
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    return ("…" if first else "") + text[first:last].strip() + ("…" if last < len(text) else "")


def _alike(text: str, other: str) -> int:
    """Return with how many equal characters two texts begin."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(text), len(other)))
