"""Conjectures from tables of exact data: found by programs, refuted by exact witnesses, and stated as what is left to prove."""

from ._area import certify_area_bound as certify_area_bound
from ._attack import Attack as Attack, anneal as anneal
from ._bound import Bound as Bound, Check as Check, dominated as dominated
from ._certify import certify_statements as certify_statements, keep as keep, refuse_used as refuse_used
from ._conjecture import Conjecture as Conjecture
from ._find_relation import Sought as Sought, find_relation as find_relation
from ._findings import Findings as Findings, Statement as Statement
from ._obligation import latex as latex, lean as lean, lean_file as lean_file
from ._orbits import (
    Changed as Changed,
    Exists as Exists,
    Invariant as Invariant,
    NotFound as NotFound,
    existence as existence,
    invariance as invariance,
)
from ._relations import Polynomial as Polynomial, polynomial_relation as polynomial_relation
from ._rules import (
    Rule as Rule,
    RuleCheck as RuleCheck,
    Threshold as Threshold,
    balanced_accuracy as balanced_accuracy,
    logistic_rule as logistic_rule,
    tree_rule as tree_rule,
)
from ._search import (
    Refuted as Refuted,
    Search as Search,
    Survives as Survives,
    Unbounded as Unbounded,
    Undecided as Undecided,
    linear_bounds as linear_bounds,
)
from ._table import Table as Table
from ._trees import (
    attack_spectral_bound as attack_spectral_bound,
    counterexample as counterexample,
    cover as cover,
    double_broom as double_broom,
    spectral_radius as spectral_radius,
)
from ._txgraffiti import read_statement as read_statement, reverify as reverify, write_statement as write_statement
