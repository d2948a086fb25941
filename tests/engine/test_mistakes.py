"""Studies that misbehave: one clear error each, that says what, where and how to mend it, and nothing that was stored is lost."""

import pickle
from pathlib import Path

import pytest
from four_kinds import OWN, pieces

from certifield import engine
from certifield.engine import StudyError, WorkersLost
from certifield.engine._failures import Failure, failure, outcome_of
from certifield.evidence import CertificateRejected, CertifieldError, InputError, NondeterministicBlock
from certifield.study import Budget

STUDY = '''
"""A study that goes wrong in its third case"""
import os
import random
import numpy as np
from certifield.evidence import Certified, Exact, Unknown, certificate_of_braid_moves
from certifield.study import Case, Found, Missing, Options, Study

PROOF = certificate_of_braid_moves([1], 2, [["D", 1]])
FALSE = certificate_of_braid_moves([1, 1], 2, [["D", 1]])

def cases(options):
    return [Case(f"c{{n}}") for n in range(5)]

def piece(task, options):
    if task.case.name == "c2":
        {piece}
    return {{"value": 1}}

def read(case, pieces, options):
    {read}
    yield "pieces", Found(Exact(len(pieces), "counted"))

STUDY = Study(options=Options, cases=cases, piece=piece, read=read, about=lambda case, proof, options: {about}{more})
'''


def mistaken(tmp_path: Path, *, piece: str = "pass", read: str = "pass", about: str = "True", more: str = "") -> Path:
    (tmp_path / "wrong.py").write_text(STUDY.format(piece=piece, read=read, about=about, more=more))
    engine.create(tmp_path / "wrong.py", tmp_path / "run")
    return tmp_path / "run"


PIECES = {
    "raises": ("raise ArithmeticError('the coin fell down')", StudyError, r"raised ArithmeticError: the coin fell down .*c2, step 0"),
    "divides by zero": ("1 / 0", StudyError, "raised ZeroDivisionError"),
    "raises what cannot be sent": (
        "raise type('Odd', (Exception,), {'__init__': lambda self, a, b: None})(1, 2)", StudyError, "raised Odd"),
    "a float in JSON": ("return {'value': 0.5}", InputError, r"piece\['value'\] = 0.5 .*put floats in an array"),
    "NaN": ("return {'value': np.array([1.0, np.nan])}", InputError, "1 of 2 entries NaN"),
    "no table": ("return 7", InputError, "piece = 7"),
    "nothing": ("return None", InputError, "piece = None"),
    "a false proof": ("return {'proof': FALSE}", CertificateRejected, "is no proof, and was not stored: unknot-braid@1 rejects it"),
}  # fmt: skip


@pytest.mark.parametrize("case", PIECES)
def test_pieces_that_go_wrong(case: str, tmp_path: Path) -> None:
    code, kind, words = PIECES[case]
    directory = mistaken(tmp_path, piece=code)
    for workers in (0, 1):
        with pytest.raises(kind, match=words) as caught:
            engine.run(directory, workers=workers)
        whole = f"{caught.value} {caught.value.__notes__ if hasattr(caught.value, '__notes__') else ''}"
        assert "c2, step 0, of the study in" in whole and "seed " in whole
        assert len(pieces(directory)) >= 2, "what was stored stays"
    (tmp_path / "run" / "pieces" / "c0").rename(tmp_path / "c0")  # and what is there is still read
    assert len(engine.answer(directory).readings) == 5


def test_a_proof_of_something_else_is_not_stored(tmp_path: Path) -> None:
    with pytest.raises(CertificateRejected, match="its certificate is about something else"):
        engine.run(mistaken(tmp_path, piece="return {'proof': PROOF}", about="False"), workers=0)
    assert len(pieces(tmp_path / "run")) == 2


READINGS = {
    "a bare number": ("yield 'x', Found(0.5)", InputError, "wrap a bare number into its evidence"),
    "no finding": ("yield 'x', 0.5", InputError, r"pairs \(name, Found\)"),
    "one name twice": ("yield 'pieces', Found(Missing('why'))", InputError, "a name of its own for every finding"),
    "raises": ("1 / 0", StudyError, "raised ZeroDivisionError: .*read, c0"),
}


@pytest.mark.parametrize("case", READINGS)
def test_readings_that_go_wrong(case: str, tmp_path: Path) -> None:
    code, kind, words = READINGS[case]
    directory = mistaken(tmp_path, read=code)
    engine.run(directory, workers=0)
    with pytest.raises(kind, match=words) as caught:
        engine.answer(directory)
    assert "c0" in f"{caught.value} {getattr(caught.value, '__notes__', '')}"
    assert len(pieces(directory)) == 5


@pytest.mark.parametrize("more, call", [
    (", prepare=lambda options: 1 / 0", lambda directory: engine.run(directory, workers=0)),
    (", prepare=lambda options: 1 / 0", lambda directory: engine.run(directory, workers=1)),
    (", conclude=lambda readings, options: 1 / 0", engine.answer)])  # fmt: skip
def test_other_parts_that_go_wrong(more: str, call, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"raised ZeroDivisionError.*(prepare|conclude), of the study in"):
        call(mistaken(tmp_path, more=more))


def test_cases_that_go_wrong(tmp_path: Path) -> None:
    text = STUDY.format(piece="pass", read="pass", about="True", more="")
    for code, kind, words in [
        ("1 / 0", StudyError, "cases, of wrong.py:STUDY"),
        ("[]", InputError, "one case at least"),
        ("[Case('a'), Case('A')]", InputError, "a name of its own"),
    ]:
        (tmp_path / "wrong.py").write_text(text.replace('[Case(f"c{n}") for n in range(5)]', code))
        with pytest.raises(kind, match=words):
            engine.create(tmp_path / "wrong.py", tmp_path / "run")
        assert not (tmp_path / "run").exists()


def test_pieces_that_differ_from_run_to_run(tmp_path: Path) -> None:
    """Made again by verify, and made twice at once: chance that does not come from the seed is found both times."""
    directory = mistaken(tmp_path, piece="return {'value': random.SystemRandom().randrange(10**9)}")
    engine.run(directory, workers=0)
    refused = engine.verify(directory, again=5).rejected
    assert [(check.case, check.reason) for check in refused] == [
        ("c2", "checksum holds; made again: another piece (its chance must come from task.seed or task.key alone)")
    ]
    opened = engine.open_study(directory)
    with pytest.raises(NondeterministicBlock, match=r"c2, step 0, was computed twice.*task\.seed or task\.key"):
        opened.store.put("c2", 0, {"value": 1})


def test_a_block_of_another_size(tmp_path: Path) -> None:
    """Budgets and error bars count the draws by the steps, so a block must have as many."""
    text = (OWN / "coin.py").read_text().replace("STEPS.size(task.case, task.step) // SUBSUMS", "64")
    (tmp_path / "coin.py").write_text(text)
    engine.create(tmp_path / "coin.py", tmp_path / "run")
    with pytest.raises(InputError, match=r"sums of 1024 draws.*256 draws, the size of block 0 of coin/N=1"):
        engine.run(tmp_path / "run", Budget(draws=512), workers=0)


def test_workers_that_keep_dying(tmp_path: Path) -> None:
    directory = mistaken(tmp_path, piece="os._exit(9)")
    with pytest.raises(WorkersLost, match=r"5 times in a row .* in .*run \(next: c2, step 0; .*try fewer workers"):
        engine.run(directory, workers=1)
    assert len(pieces(directory)) == 4, "the others are done"


class Stubborn(Exception):
    def __init__(self, one: object, two: object) -> None:
        super().__init__(f"{one} and {two}")

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), ("one argument too few",)


def test_exceptions_travel() -> None:
    """One that cannot be unpickled arrives as its text; others as they are, with the trace of where they came from."""
    try:
        raise Stubborn(1, 2)
    except Stubborn as error:
        sent = failure(error)
    assert isinstance(sent.error, RuntimeError) and "Stubborn: 1 and 2" in str(sent.error) and "test_mistakes.py" in sent.notes[0]
    assert pickle.loads(pickle.dumps(sent)).notes == sent.notes
    noted = InputError("a", 1, "b", "c")
    noted.add_note("at home")
    with pytest.raises(InputError) as caught:
        outcome_of(pickle.loads(pickle.dumps(failure(noted))))
    assert caught.value.__notes__ == ["at home"]
    assert outcome_of([1]) == [1] and isinstance(failure(CertifieldError("x")), Failure)


def test_an_interruption_travels() -> None:
    progress = engine.Progress(3, 4, 5, 0, 1.0, 2.0, "q")
    again = pickle.loads(pickle.dumps(engine.Interrupted(progress)))
    assert again.progress == progress and "3 pieces" in str(again)


def test_a_chain_never_begins_anew(tmp_path: Path) -> None:
    """A step whose predecessor is lost is no first step."""
    from four_kinds import left_alone

    from certifield.engine._work import compute
    from certifield.files import StoreError

    directory = left_alone("walk", tmp_path / "run")
    (directory / "pieces" / "drift-0.5" / "00000002.piece").unlink()
    with pytest.raises(StoreError, match=r"Step 2 of drift-0.5 is missing .*step 3 continues it"):
        compute(engine.open_study(directory), "drift-0.5", 3)
