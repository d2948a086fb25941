"""Which small matrices are positive definite?"""

from certifield.evidence import Certified, Obstructed, Unknown, certify_positive_definite
from certifield.study import Case, Found, Missing, Options, Rounds, Section, Study

UNIT = "pivots"


class Matrices(Options):
    """How many matrices [[2, 1], [1, k]]."""

    count: int = 24


def cases(options):
    """Matrices in groups by the size of their last entry."""
    return [Case(f"m{k}", {"k": k}, f"below {10 * (k // 10) + 10}") for k in range(options.count)]


def matrix(case):
    """[[2, 1], [1, k]], whose determinant is 2 k - 1."""
    return [[2.0, 1.0], [1.0, float(case.data["k"])]]


def piece(task, options):
    """A proof, where the budget reaches the matrix; the opposite is told by the matrix with its sign changed."""
    k = task.case.data["k"]
    if k % 7 == 6 or task.step < k:
        return {"spent": task.step}
    if k == 0:
        return {"spent": k + 1, "no": certify_positive_definite([[1.0]])}
    return {"spent": k + 1, "yes": certify_positive_definite(matrix(task.case))}


def about(case, certificate, options):
    """The toy asks no more."""
    return True


def read(case, pieces, options):
    """The answer, with all the work that it took."""
    if not pieces:
        yield "definite", Found(Missing("not tried yet", waiting=True))
        return
    spent = {UNIT: sum(one["spent"] for one in pieces.values())}
    last = pieces[max(pieces)]
    proof = Certified(last["yes"], spent) if "yes" in last else Obstructed(last["no"], "smooth", spent) if "no" in last else Unknown(spent)
    yield "definite", Found(proof)


def page(readings, options):
    """A long table, which is folded."""
    yield Section("determinants", "Determinants", columns=("matrix", "determinant"), rows=[(k, 2 * k - 1) for k in range(options.count)])


STUDY = Study(Matrices, cases, piece, read, Rounds(), about=about, page=page, unit=UNIT)
