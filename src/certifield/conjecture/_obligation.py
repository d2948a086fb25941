"""What is left to prove, as a text, in LaTeX and as a stub for Lean 4."""

import re
from collections.abc import Sequence
from fractions import Fraction

from ._bound import Bound

STUB = "-- A stub: replace each opaque line by the definition that your table was computed by; till then nothing can be proved or refuted."
WORDS = {"at", "by", "class", "def", "do", "else", "end", "example", "fun", "have", "if", "import", "in", "instance", "let", "match",
         "open", "section", "show", "structure", "then", "theorem", "this", "variable", "where", "with"}  # fmt: skip


def lean(bound: Bound, name: str = "conjecture") -> str:
    """A Lean 4 theorem whose proof is missing; the columns are opaque until the reader defines them.

    Of opaque functions nothing can be proved or refuted: the theorem is true or false only once they are replaced by definitions.

    >>> print(lean(Bound("V", ">=", (("inverse_area", Fraction(1)),))))
    -- A stub: replace each opaque line by the definition that your table was computed by; till then nothing can be proved or refuted.
    import Mathlib
    <BLANKLINE>
    opaque Object : Type
    noncomputable opaque V : Object → ℝ
    noncomputable opaque inverse_area : Object → ℝ
    <BLANKLINE>
    theorem conjecture (x : Object) : V x ≥ inverse_area x := by
      sorry
    """
    return lean_file([(name, bound, bound.relation)])


def lean_file(theorems: Sequence[tuple[str, Bound, str]]) -> str:
    """A file of such theorems, each with its name and >=, <= or =; every column is declared once."""
    bounds = [bound for _, bound, _ in theorems]
    columns = dict.fromkeys(name for bound in bounds for name in (bound.target, *(name for name, factor in bound.terms if factor)))
    hypotheses = dict.fromkeys(bound.hypothesis for bound in bounds if bound.hypothesis)
    names = _identifiers([*columns, *hypotheses], {"Object", "x", "h", *(name for name, _, _ in theorems)})
    lines = [STUB, "import Mathlib", "", "opaque Object : Type"]
    lines += [f"noncomputable opaque {names[column]} : Object → ℝ" for column in columns]
    lines += [f"opaque {names[column]} : Object → Prop" for column in hypotheses]
    for name, bound, relation in theorems:
        hypothesis = f" (h : {names[bound.hypothesis]} x)" if bound.hypothesis else ""
        parts = [_term(factor, f"{names[column]} x") for column, factor in bound.terms if factor]
        if bound.constant or not parts:
            parts.append(_number(bound.constant))
        right, sign = " + ".join(parts).replace("+ -", "- "), {">=": "≥", "<=": "≤", "=": "="}[relation]
        lines += ["", f"theorem {name} (x : Object){hypothesis} : {names[bound.target]} x {sign} {right} := by", "  sorry"]
    return "\n".join(lines)


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


def _identifiers(columns: Sequence[str], taken: set[str]) -> dict[str, str]:
    """A name for each column, no two alike, and none that is a word of Lean."""
    found = dict[str, str]()
    for column in columns:
        cleaned = re.sub(r"\W", "_", column)
        cleaned = cleaned if re.match(r"[A-Za-z]", cleaned) and cleaned not in WORDS else f"c_{cleaned}"
        while cleaned in taken or cleaned in found.values():
            cleaned += "_"
        found[column] = cleaned
    return found


def _term(factor: Fraction, name: str) -> str:
    return name if factor == 1 else f"-{name}" if factor == -1 else f"{_number(factor)} * {name}"


def _number(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{'-' if value < 0 else ''}({abs(value.numerator)} / {value.denominator})"


def _tex(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value)
    return f"{'-' if value < 0 else ''}\\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _roman(name: str) -> str:
    return "\\mathrm{" + name.replace("_", r"\_") + "}"
