r"""Expressions as sums and products of functions of one variable: what a Kolmogorov-Arnold network computes, node by node.

An expression is c + sum_s g_s(s) over sources s, which are inputs, sums or products.  A function of a single such term is composed with it,
so that sin(x^2) is one edge; a function of more needs a node for their sum.  Products of functions of one source are one function; all
others are product nodes (arXiv:2408.10205, section 3.2).
"""

import ast
import operator
from collections.abc import Mapping
from typing import Any, NamedTuple

from certifield.evidence import InputError, MissingExtra

try:
    import sympy
except ImportError:
    raise MissingExtra("compiled formulas need SymPy: pip install 'certifield[symbolic]'") from None

T = sympy.Symbol("t", real=True)  # the argument of an edge
_NAMES = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "atan", "exp", "log", "sqrt", "erf")
FUNCTIONS = {name: getattr(sympy, name) for name in _NAMES} | {"arctan": sympy.atan, "arcsinh": sympy.asinh}
_OPERATORS: Mapping[type, Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
    ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_ALLOWED = f"sums, products, powers and {', '.join(_NAMES)} of the inputs"

Terms = tuple[tuple[Any, Any], ...]  # (function of T, source)


class Input(NamedTuple):
    """A variable, by its place."""

    place: int


class Sum(NamedTuple):
    """A node: the sum of functions of its sources."""

    terms: Terms


class Product(NamedTuple):
    """A product node: two sums that are multiplied."""

    left: Terms
    right: Terms


def rows_of(node: Any) -> tuple[Terms, ...]:
    """The sums that a layer makes for a node: none of an input, two of a product."""
    return {Input: lambda: (), Sum: lambda: (node.terms,), Product: lambda: (node.left, node.right)}[type(node)]()


def level(node: Any) -> int:
    """The layer that makes a node; inputs are at 0."""
    return 1 + max((level(source) for terms in rows_of(node) for _, source in terms), default=-1)


def expression_of(given: Any, names: tuple[str, ...]) -> Any:
    """A SymPy expression of the symbols ``names``, from one, or from a line of Python, which is read and not run."""
    if isinstance(given, str):
        try:
            given = _read(ast.parse(given, mode="eval").body, {name: sympy.Symbol(name) for name in names})
        except SyntaxError as wrong:
            raise InputError("expression", given, "a Python expression", f"mend it near column {wrong.offset}") from None
    try:
        found = sympy.sympify(given, strict=True)
    except sympy.SympifyError:
        raise InputError("expression", given, "a string or an expression of SymPy", "try 'exp(x) * y'") from None
    symbols: Any = found.free_symbols
    missing = sorted(symbol.name for symbol in symbols if symbol.name not in names)
    if missing or not isinstance(found, sympy.Expr):
        raise InputError("expression", given, f"an expression of {', '.join(names)}", f"give a domain for {', '.join(missing) or 'each'}")
    return found.xreplace({symbol: sympy.Symbol(symbol.name) for symbol in symbols})


def _read(node: ast.AST, symbols: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return sympy.sympify(value)
        case ast.Name(id=name) if name in symbols:
            return symbols[name]
        case ast.Name(id="pi" | "e" as name) | ast.Attribute(attr="pi" | "e" as name):
            return {"pi": sympy.pi, "e": sympy.E}[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_read(left, symbols), _read(right, symbols))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_read(operand, symbols))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[argument], keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](_read(argument, symbols))
    raise InputError("expression", ast.unparse(node), _ALLOWED, "write it with these")


class Grammar:
    """The terms of expressions in the inputs ``names``; what occurs twice is one node."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._inputs = {sympy.Symbol(name): Input(place) for place, name in enumerate(names)}
        self._known: dict[Any, Terms] = {}

    def node(self, expression: Any) -> Any:
        """The node that has the value of an expression."""
        return _node(self.terms(expression))

    def terms(self, expression: Any) -> Terms:
        """(function, source); a constant is a function of no source, None."""
        if expression not in self._known:
            self._known[expression] = self._found(expression)
        return self._known[expression]

    def _found(self, e: Any) -> Terms:
        if e.is_number:
            return ((e, None),)
        if e in self._inputs:
            return ((T, self._inputs[e]),)
        if e.is_Add:
            return _gathered(term for part in e.args for term in self.terms(part))
        if e.is_Mul:
            return self._multiplied(e)
        if e.is_Pow and e.exp.is_number:
            return _applied(lambda u: u**e.exp, self.terms(e.base))
        if e.is_Pow and e.base.is_number:
            return _applied(lambda u: e.base**u, self.terms(e.exp))
        if e.is_Pow:
            return _applied(sympy.exp, self.terms(e.exp * sympy.log(e.base)))
        if e.func in FUNCTIONS.values() and len(e.args) == 1:
            return _applied(e.func, self.terms(e.args[0]))
        raise InputError("expression", e, _ALLOWED, "write it with these; splines of what has corners have no bound here")

    def _multiplied(self, e: Any) -> Terms:
        """Factors of one source are one function; the others are multiplied in pairs, in as few layers as that takes."""
        single: dict[Any, Any] = {}
        several = []
        for terms in map(self.terms, e.args):
            sources = {source for _, source in terms} - {None}
            if len(sources) < 2:
                source = next(iter(sources), None)
                single[source] = single.get(source, 1) * sum(g for g, _ in terms)
            else:
                several.append(terms)
        number = single.pop(None, sympy.Integer(1))
        factors = [*(((g, source),) for source, g in single.items()), *several]
        while len(factors) > 1:
            factors.sort(key=lambda terms: level(Sum(terms)))
            low, high, *rest = factors
            if level(Sum(low)) < level(Sum(high)) and len(low) > 1:
                low = ((T, _node(low)),)  # one number is handed on, not its terms
            factors = [((T, Product(low, high)),), *rest]
        return _gathered((number * g, source) for g, source in factors[0])


def _gathered(terms: Any) -> Terms:
    found: dict[Any, Any] = {}
    for g, source in terms:
        found[source] = found.get(source, 0) + g
    return tuple((g, source) for source, g in found.items() if g != 0)


def _applied(f: Any, terms: Terms) -> Terms:
    """The function of a sum: composed where there is one term, with its constant."""
    if len({source for _, source in terms} - {None}) == 1:
        source = next(source for _, source in terms if source is not None)
        return ((f(sum(g for g, _ in terms)), source),)
    return ((f(T), _node(terms)),)


def _node(terms: Terms) -> Any:
    """A sum, its constant with the first function; a source itself where the sum is nothing else.  Constants alone sit on the first
    input."""
    if len(terms) == 1 and terms[0][0] == T and not isinstance(terms[0][1], Input):
        return terms[0][1]
    number = sum(g for g, source in terms if source is None)
    rest = [term for term in terms if term[1] is not None] or [(sympy.Integer(0), Input(0))]
    return Sum(((rest[0][0] + number, rest[0][1]), *rest[1:]))
