"""The adapter to SnapPy: chirality, honesty of the three states, the process, and what KnotInfo lists."""

import math
import os
import subprocess
import sys
import threading

import pytest

from certifield.evidence import Contradiction, Exact, InputError
from certifield.topology import Diagram
from certifield.topology.hyperbolic import Cusp, Unverified, _measure, _process, _snappy, cusp, cusps
from certifield.topology.tables import knotinfo, prime_knots
from certifield.topology.tables._file import cells, places

pytestmark = pytest.mark.knots
FIGURE_EIGHT = Diagram.from_braid([1, -2, 1, -2])
NOT_HYPERBOLIC = ["3_1", "5_1", "7_1", "8_19", "9_1", "10_124", "11a_367", "13a_4878", "13n_4587", "13n_4639"]  # torus knots, satellites


def _listed(name: str) -> tuple[complex, float]:
    """Translations as KnotInfo prints them."""
    row = cells(places()[name])
    meridian, longitude = (row[f"{curve}_translation"].strip("()").split(",") for curve in ("meridian", "longitude"))
    assert float(longitude[1]) == 0
    return complex(float(meridian[0]), float(meridian[1])), float(longitude[0])


def test_the_figure_eight():
    """Volume 6 Л(pi/3) of two regular tetrahedra, and a maximal cusp with mu = i, lambda = 2 sqrt 3 (Thurston's notes, chapter 4)."""
    found = cusp(FIGURE_EIGHT)
    lobachevsky = sum(math.sin(2 * k * math.pi / 3) / k**2 for k in range(1, 60_001)) / 2
    assert found.status == "verified" and found.volume.radius < 1e-14 and abs(found.volume.value - 6 * lobachevsky) < 1e-8
    assert abs(found.shape.value + 2j * math.sqrt(3)) < 1e-14 and abs(found.slope.value) < 1e-14
    assert abs(found.meridian.value - 1j) < 1e-9 and abs(found.longitude.value - 2 * math.sqrt(3)) < 1e-9
    assert abs(2 * found.inj_proxy.value - 1.0870701449957) < 1e-9  # SnapPy's documentation of m004


@pytest.mark.parametrize("name", ["5_2", "6_1", "7_5", "8_17", "8_20", "9_42", "10_125", "11n_34", "12a_5", "12n_242"])
def test_translations_and_volumes_are_knotinfos_but_for_the_sign(name):
    """KnotInfo lists |Re mu|; lambda / mu has the sign of Re mu, and the image with the other sign is the mirror image."""
    row, found = knotinfo(name), cusp(knotinfo(name).diagram)
    meridian, longitude = _listed(name)
    assert found.status == "verified" and abs(found.volume.value - float(row.volume)) < 1e-9
    assert abs(abs(found.meridian.value.real) - meridian.real) < 2e-8 and abs(found.meridian.value.imag - meridian.imag) < 2e-8
    assert abs(found.longitude.value - longitude) < 2e-7
    assert abs(found.shape.value * found.meridian.value - found.longitude.value) < 1e-7
    assert abs(found.shape.value * found.longitude.value - found.meridian.value) > 0.1  # the twin: exchanged


@pytest.mark.parametrize("name", ["5_2", "10_125", "12n_242"])
def test_mirror_images_and_orientations(name):
    """The slope is odd and the volume even under mirror images; the orientation of the knot does not matter."""
    diagram = knotinfo(name).diagram
    found, mirror, reverse = cusps([diagram, diagram.mirror(), diagram.reverse()], quick=True)
    slack = found.slope.radius + mirror.slope.radius + reverse.slope.radius
    assert abs(found.slope.value + mirror.slope.value) <= slack and abs(found.slope.value - reverse.slope.value) <= slack
    assert abs(found.volume.value - mirror.volume.value) <= found.volume.radius + mirror.volume.radius
    assert abs(found.slope.value - mirror.slope.value) > 1  # the twin: a mirrored code is seen


def test_another_diagram_of_the_same_knot():
    row = knotinfo("12n_242")
    one, other = cusps([row.diagram, Diagram.from_braid(row.braid)], quick=True)
    assert abs(one.slope.value - other.slope.value) <= one.slope.radius + other.slope.radius
    assert abs(one.volume.value - other.volume.value) <= one.volume.radius + other.volume.radius


def test_knots_that_are_not_hyperbolic_have_no_numbers():
    assert {row.name for row in prime_knots() if not row.hyperbolic} == set(NOT_HYPERBOLIC)
    sum_of_two = FIGURE_EIGHT.connected_sum(FIGURE_EIGHT)
    unknots = [Diagram(circles=1), Diagram.from_braid([1]), Diagram.from_braid([1, -2])]
    for found in cusps([*(knotinfo(name).diagram for name in NOT_HYPERBOLIC), sum_of_two, *unknots]):
        assert found == Cusp("not_hyperbolic") and found.slope is None


class Triangulations:
    """An exterior whose triangulations, one after the other, have given solutions."""

    def __init__(self, kinds: list[tuple[str, float]]) -> None:
        self.kinds, self.asked = kinds, 0

    def solution_type(self) -> str:
        return self.kinds[self.asked][0]

    def volume(self) -> float:
        return self.kinds[self.asked][1]

    def randomize(self) -> None:
        self.asked += 1

    def copy(self) -> "Triangulations":
        return Triangulations(self.kinds[self.asked :])


def test_at_most_ten_more_triangulations():
    negative, collapsed = (_snappy.NEGATIVE, 3.0), (_snappy.NEGATIVE, 0.4)
    positive, flat = (_snappy.POSITIVE, 3.0), ("contains degenerate tetrahedra", 0.0)
    chosen = _snappy._retriangulated
    last = Triangulations([flat, *[negative] * 9, positive])
    assert chosen(last) is last and last.asked == 10
    assert chosen(Triangulations([flat] * 11 + [positive])) is None
    second = chosen(Triangulations([collapsed, negative] + [flat] * 10))
    assert second is not None and second.solution_type() == _snappy.NEGATIVE and second.volume() == 3.0
    assert chosen(Triangulations([collapsed] * 12)) is None  # less than the smallest volume is no structure


def test_negatively_oriented_tetrahedra_stay_unverified(monkeypatch):
    answer = _process.ask([list(row) for row in FIGURE_EIGHT.crossings], quick=False)
    flipped = answer | {"solution": _snappy.NEGATIVE, "shapes": [[re, -im] for re, im in answer["shapes"]]}
    monkeypatch.setattr(_measure, "ask", lambda code, quick: flipped)
    found = cusp(FIGURE_EIGHT)
    assert found.status == "unverified" and isinstance(found.volume, Unverified) and isinstance(found.slope, Unverified)
    assert "unverified, SnapPy" in repr(found.volume) and abs(found.volume.value - 2.0298832128) < 1e-9
    assert not hasattr(Unverified, "__float__") and not hasattr(Unverified, "__add__")


def test_only_verified_numbers_are_exact():
    found = cusp(knotinfo("6_1").diagram)
    assert all(isinstance(number, Exact) and number.radius > 0 for number in (found.volume, found.shape, found.slope))
    assert "trust in their code" in found.slope.reference and "1310.3410" in found.volume.reference
    assert all(isinstance(number, Unverified) for number in (found.meridian, found.longitude, found.inj_proxy))
    quick = cusp(knotinfo("6_1").diagram, quick=True)
    assert quick.meridian is quick.longitude is quick.inj_proxy is None and quick.shape.value == found.shape.value


def test_the_order_of_the_questions_changes_nothing():
    one, other = knotinfo("9_42").diagram, knotinfo("12a_5").diagram
    first, again = list(cusps([one, other], quick=True)), list(cusps([other, one], quick=True))
    assert [repr(found) for found in first] == [repr(found) for found in reversed(again)]


# The process -------------------------------------------------------------------------------------------------------------------

SCRIPT = """
import sys
import threading
from certifield.evidence import MissingExtra
from certifield.topology import Diagram
from certifield.topology.hyperbolic import cusp

def ask():
    try:
        print(cusp(Diagram.from_braid([1, -2, 1, -2]), quick=True).status)
    except MissingExtra as error:
        print(error)

thread = threading.Thread(target=ask)
thread.start()
thread.join()
ask()
print(*({"snappy", "spherogram", "distributed"} & set(sys.modules)))
"""


def _run(tmp_path, name: str, text: str) -> list[str]:
    """A script without ``if __name__ == "__main__"``, and with a module in front of others on the path."""
    (tmp_path / name).write_text(text)
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONWARNINGS": "error::ResourceWarning"}
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")], env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    assert not done.stderr
    return done.stdout.splitlines()


def test_snappy_stays_in_its_own_process_with_dask_beside(tmp_path):
    """A module called ``distributed``, which fails when it is imported, stands in for Dask; SnapPy is never imported by a thread."""
    lines = _run(tmp_path, "distributed.py", 'raise RuntimeError("Dask was imported")\n')
    assert lines == ["verified", "verified", ""]


def test_without_snappy(tmp_path):
    lines = _run(tmp_path, "snappy.py", 'raise ImportError("not installed")\n')
    assert len(lines) == 3 and all("certifield[knots]" in line for line in lines[:2])


def test_a_process_that_ended_is_started_again(tmp_path, monkeypatch):
    """One that is killed between two questions, then one that ends at a question, which is reported."""
    cusp(FIGURE_EIGHT, quick=True)
    ((_, child),) = _process._running
    child.kill()
    child.wait()
    (tmp_path / "program.py").write_text("raise SystemExit(3)\n")
    with monkeypatch.context() as patch:
        patch.setattr(_process, "_PROGRAM", tmp_path / "program.py")
        with pytest.raises(RuntimeError, match="status 3 at a diagram of 4 crossings"):
            cusp(FIGURE_EIGHT)
    assert cusp(FIGURE_EIGHT, quick=True).status == "verified" and _process._running[0][1].pid != child.pid


def test_an_interrupted_question_does_not_answer_the_next(monkeypatch):
    """The child is asked, and the interrupt comes before its answer is read."""

    def interrupted(child, question: str) -> str:
        child.stdin.write(question + "\n")
        child.stdin.flush()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_process, "_exchange", interrupted)
        with pytest.raises(KeyboardInterrupt):
            cusp(knotinfo("5_2").diagram, quick=True)
    assert abs(cusp(FIGURE_EIGHT, quick=True).volume.value - 2.0298832128) < 1e-9


def test_errors_of_snappy_are_reported():
    with pytest.raises(RuntimeError, match="SnapPy at a diagram of 1 crossings"):
        _process.ask([[0, 1, 2]], quick=True)
    assert cusp(FIGURE_EIGHT, quick=True).status == "verified"


def test_many_threads_take_turns():
    diagrams = [knotinfo(name).diagram for name in ("5_2", "6_1", "6_2", "6_3")]
    expected, found = [repr(one) for one in cusps(diagrams, quick=True)], [""] * 4

    def one(place: int) -> None:
        found[place] = repr(cusp(diagrams[place], quick=True))

    threads = [threading.Thread(target=one, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


@pytest.mark.parametrize("wrong", [Diagram.from_braid([1, 1]), Diagram(), Diagram.from_braid([1] * 301), "4_1", None])
def test_links_and_huge_diagrams_are_refused(wrong):
    with pytest.raises(InputError, match="diagram"):
        cusp(wrong)
    with pytest.raises(InputError, match="quick"):
        cusp(FIGURE_EIGHT, quick=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda found, other: found | {"group": other["group"]}, "Alexander polynomial"),
        (lambda found, other: found | {"group": found["group"] | {"longitude": found["group"]["meridian"]}}, "framing"),
        (lambda found, other: found | {"group": found["group"] | {"meridian": found["group"]["meridian"] * 2}}, "framing"),
    ],
)
def test_a_triangulation_of_something_else_is_no_answer(monkeypatch, spoil, says):
    """The group of another knot, and peripheral curves of another framing."""
    found, other = (_process.ask([list(row) for row in knot.crossings], quick=True) for knot in (FIGURE_EIGHT, knotinfo("5_2").diagram))
    monkeypatch.setattr(_measure, "ask", lambda code, quick: spoil(found, other))
    with pytest.raises(Contradiction, match=says):
        cusp(FIGURE_EIGHT, quick=True)
