"""Names, and SnapPy's own view of the same diagrams."""

import random
import subprocess
import sys

import pytest

from certifield.evidence import CertifieldError, InputError
from certifield.topology import Diagram, alexander_polynomial, determinant, jones_polynomial, named, parse, signature
from certifield.topology.diagrams import _names

TABLES = [(6, 3), (7, 7), (8, 21), (9, 49), (10, 165)]
WITHOUT = """
import sys
sys.modules["spherogram"] = sys.modules["snappy"] = sys.modules["flint"] = sys.modules["database_knotinfo"] = None
from certifield.evidence import MissingExtra
from certifield.topology import Diagram, alexander_polynomial, jones_polynomial, named, signature
knot = Diagram.from_braid([1, 1, 1])
print(signature(knot), jones_polynomial(knot))
for ask in (lambda: named("6_1"), lambda: named("L5a1"), lambda: alexander_polynomial(knot)):
    try:
        ask()
    except MissingExtra as error:
        print(error)
"""


def test_without_the_extra():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    answer, *messages = done.stdout.splitlines()
    assert answer == "-2 t + t^3 - t^4"
    assert len(messages) == 3 and all("pip install 'certifield[knots]'" in message for message in messages)


def test_mirror_images_and_sums():
    trefoil, stevedore = named("3_1"), named("6_1")
    assert parse("mirror 6_1") == parse("-6_1") == stevedore.mirror() != stevedore
    assert parse("mirror braid: 1 1 1") == Diagram.from_braid([1, 1, 1]).mirror()
    assert parse("-PD: [[1,5,2,4],[3,1,4,6],[5,3,6,2]]").canonical() == Diagram.from_braid([-1, -1, -1]).canonical()
    square, granny = parse("3_1 # mirror 3_1"), parse("3_1#3_1")
    assert determinant(square) == determinant(granny) == 9
    assert signature(square) == 0 and signature(granny) == 2 * signature(trefoil)  # the twin: another chirality
    assert jones_polynomial(parse("3_1 # 6_1 # -4_1")) == jones_polynomial(
        trefoil.connected_sum(stevedore).connected_sum(named("4_1").mirror())
    )
    assert parse("-1 2 -1 2") == Diagram.from_braid([-1, 2, -1, 2])  # a minus of a letter
    assert parse("mirror 1 1 1") == parse("- [1, 1, 1]") == Diagram.from_braid([1, 1, 1]).mirror()


def test_snappy_is_asked_whatever_lies_in_the_folder_of_the_user(tmp_path, monkeypatch):
    (tmp_path / "random.py").write_text("raise SystemExit('a file of the user')")
    monkeypatch.chdir(tmp_path)
    _names._snappy.cache_clear()
    assert parse("L5a1").components == 2


def test_a_snappy_that_dies_is_explained(monkeypatch):
    monkeypatch.setattr(_names, "_ASK", "raise SystemExit(7)")
    _names._snappy.cache_clear()
    with pytest.raises(CertifieldError, match=r"SnapPy could not be asked.*doctor"):
        parse("L6a1")
    _names._snappy.cache_clear()


def test_braids_as_the_tables_of_knottheory_write_them():
    assert parse("BR[2, {1, 1, 1}]") == Diagram.from_braid([1, 1, 1])
    assert parse("BR[4, {1}]") == Diagram.from_braid([1], 4)


@pytest.mark.parametrize(
    "text", ["#", "3_1 #", "3_1 # L5a1", "mirror", "mirror mirror 3_1", "--6_1", "BR[1, {1}]", "mirror " * 9999, "3_1#" * 200]
)
def test_what_is_no_sum_and_no_mirror_image(text):
    with pytest.raises(InputError, match="Mend:"):
        parse(text)


def test_importing_topology_loads_none_of_it():
    script = "import sys, certifield.topology; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"snappy", "spherogram", "flint", "jax", "database_knotinfo", "khoca", "knot_floer_homology"} & set(loaded)


@pytest.mark.knots
@pytest.mark.parametrize("name", ["99_1", "6_99", "K12n99999", "L5a9", "L5a1{7}", "6_1.txt", "x" * 10_000, None, 6])
def test_names_that_are_not_in_the_tables(name):
    with pytest.raises(InputError, match="6_1"):
        named(name)


@pytest.mark.knots
def test_names_of_the_specification():
    stevedore = named("6_1")
    assert str(jones_polynomial(stevedore)) == "t^-2 - t^-1 + 2 - 2 t + t^2 - t^3 + t^4"  # as in KnotInfo, and SnapPy with t = q^2
    assert signature(named("12n_242")) == -8 and named("12n_242") == named("K12n242") == parse(" K12n242 ")
    assert str(alexander_polynomial(named("K12n309"))(1)) == "1" and signature(named("K12n309")) == 0
    assert named("L5a1").components == named("5^2_1").components == 2 and named("L6a4").components == 3


@pytest.mark.knots
def test_snappy_stays_out_of_the_process_that_asks():
    script = "import sys; from certifield.topology import named; print(named('K14n14254').components, *sys.modules)"
    components, *loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert components == "1" and not {"snappy", "spherogram"} & set(loaded)


@pytest.mark.knots
def test_a_name_of_rolfsen_is_knotinfos_and_not_snappys(knotinfo):
    """The same knot and image as in KnotInfo; SnapPy's own diagrams have the other image of the trefoil and another knot as 10_83."""
    import spherogram

    theirs = {name: Diagram.from_pd([tuple(row) for row in spherogram.Link(name).PD_code()]) for name in ("3_1", "10_83")}
    assert all(named(knot["name"]) == Diagram.from_pd(knot["pd"]) for knot in knotinfo[:60])
    assert jones_polynomial(named("3_1")) == jones_polynomial(theirs["3_1"].mirror()) != jones_polynomial(theirs["3_1"])
    assert alexander_polynomial(named("10_83")) != alexander_polynomial(theirs["10_83"])


@pytest.mark.knots
def test_names_of_dowker_and_thistlethwaite_agree_between_the_tables():
    """84 knots up to 13 crossings: same Jones polynomial, chirality included; the sabotage twin is the mirror image."""
    import spherogram

    draw, mirrored = random.Random(17), 0
    names = [f"{crossings}a_{draw.randint(1, count)}" for crossings, count in ((7, 7), (8, 18), (9, 41), (10, 123)) for _ in range(9)]
    names += [f"{crossings}n_{draw.randint(1, 180)}" for crossings in (11, 12, 13) for _ in range(16)]
    for name in names:
        code = spherogram.Link("K" + name.replace("_", "")).PD_code()
        theirs = jones_polynomial(Diagram.from_pd([tuple(row) for row in code]))
        assert jones_polynomial(named(name)) == theirs, name
        mirrored += theirs != theirs.inverted()
    assert mirrored > 70


@pytest.mark.knots
def test_random_knots_of_the_tables_as_snappy_sees_them():
    """Signs, writhe, linking matrix and DT code of 200 knots and links come from spherogram's own walk through the diagram."""
    import spherogram

    draw = random.Random(7)
    knots = [f"{crossings}_{draw.randint(1, count)}" for crossings, count in TABLES for _ in range(16)]
    many = [f"K{crossings}n{draw.randint(1, 180)}" for crossings in (11, 12, 13) for _ in range(20)]
    links = [f"L{crossings}a{draw.randint(1, count)}" for crossings, count in ((7, 7), (8, 21), (9, 55), (10, 174)) for _ in range(15)]
    for name in knots + many + links:
        theirs = spherogram.Link(name)
        ours = Diagram.from_pd([tuple(row) for row in theirs.PD_code()])
        assert list(ours.signs) == [crossing.sign for crossing in theirs.crossings], name
        assert [list(row) for row in ours.linking_matrix()] == theirs.linking_matrix(), name
        dt = Diagram.from_dt([list(row) for row in theirs.DT_code()])
        assert determinant(dt) == determinant(ours) and dt.components == ours.components, name


@pytest.mark.knots
def test_dt_codes_as_spherogram_reads_them(knotinfo):
    """The same picture, chirality included: both take the image whose first crossing is positive."""
    from spherogram.codecs.DT import DTcodec

    for knot in knotinfo[:150]:
        code = knot["dt"] if isinstance(knot["dt"][0], list) else [knot["dt"]]
        theirs = Diagram.from_pd([tuple(row) for row in DTcodec([tuple(row) for row in code]).link().PD_code()])
        assert Diagram.from_dt(code).canonical() == theirs.canonical(), knot["name"]
        assert Diagram.from_dt(code).mirror().canonical() != theirs.canonical() or knot["signature"] == 0  # sabotage twin


@pytest.mark.knots
def test_seifert_matrices_of_random_braids_as_spherogram_finds_them():
    """Signature of spherogram's matrix, with the opposite sign, and its determinant; the unchanged sign would be seen."""
    import numpy as np
    import spherogram

    draw = random.Random(11)
    seen = 0
    for _ in range(60):
        strands = draw.randint(2, 5)
        word = [draw.choice((1, -1)) * letter for letter in range(1, strands)] + [
            draw.choice((1, -1)) * draw.randint(1, strands - 1) for _ in range(9)
        ]
        matrix = np.array(spherogram.Link(braid_closure=word).seifert_matrix())
        eigenvalues = np.linalg.eigvalsh((matrix + matrix.T).astype(float))
        theirs = int(np.sum(eigenvalues > 1e-9) - np.sum(eigenvalues < -1e-9))
        ours = Diagram.from_braid(word)
        assert signature(ours) == -theirs, word
        assert determinant(ours) == round(abs(np.prod(eigenvalues))), word
        seen += theirs != 0
    assert seen > 30  # the sabotage twin, the other sign, fails this often
