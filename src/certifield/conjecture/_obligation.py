"""What is left to prove, as a text, in LaTeX and as a stub for Lean 4."""

import re
from fractions import Fraction

from ._bound import Bound


def lean(bound: Bound, name: str = "conjecture") -> str:
    """A Lean 4 theorem whose proof is missing; the columns are functions that the reader has to define.

    >>> print(lean(Bound("V", ">=", (("inverse_area", Fraction(1)),))))
    variable {Object : Type} (V inverse_area : Object → ℝ)
    <BLANKLINE>
    theorem conjecture (x : Object) : V x ≥ 1 * inverse_area x := by
      sorry
    """
    names = [_identifier(column) for column in (bound.target, *(column for column, _ in bound.terms))]
    hypothesis = f" (h : {_identifier(bound.hypothesis)} x)" if bound.hypothesis else ""
    declared = f"variable {{Object : Type}} ({' '.join(dict.fromkeys(names))} : Object → ℝ)"
    if bound.hypothesis:
        declared += f" ({_identifier(bound.hypothesis)} : Object → Prop)"
    parts = [f"{_number(factor)} * {_identifier(column)} x" for column, factor in bound.terms]
    if bound.constant or not parts:
        parts.append(_number(bound.constant))
    sign = {">=": "≥", "<=": "≤"}[bound.relation]
    return f"{declared}\n\ntheorem {name} (x : Object){hypothesis} : {names[0]} x {sign} {' + '.join(parts)} := by\n  sorry"


def latex(bound: Bound) -> str:
    r"""The statement in LaTeX.

    >>> print(latex(Bound("V", ">=", (("A", Fraction(1, 2)),), Fraction(-1))))
    \mathrm{V} \ge \tfrac{1}{2}\,\mathrm{A} - 1
    """
    parts = [f"{_tex(factor)}\\,{_roman(column)}" if factor != 1 else _roman(column) for column, factor in bound.terms]
    if bound.constant or not parts:
        parts.append(_tex(bound.constant))
    sign = {">=": r"\ge", "<=": r"\le"}[bound.relation]
    return f"{_roman(bound.target)} {sign} {' + '.join(parts)}".replace("+ -", "- ")


def _identifier(name: str) -> str:
    cleaned = re.sub(r"\W", "_", name)
    return cleaned if re.match(r"[A-Za-z]", cleaned) else f"c_{cleaned}"


def _number(value: Fraction) -> str:
    text = str(value) if value.denominator == 1 else f"({value.numerator} / {value.denominator})"
    return f"({text})" if value < 0 and value.denominator == 1 else text


def _tex(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value)
    return f"{'-' if value < 0 else ''}\\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _roman(name: str) -> str:
    return "\\mathrm{" + name.replace("_", r"\_") + "}"
