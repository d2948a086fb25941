"""Codes as people write them: 88 published ones, hard unknots, and everything that a reader must refuse."""

import json
import math
import random
import re
import time
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from certifield.evidence import Certified, InputError, Unknown
from certifield.topology import Diagram, alexander_polynomial, jones_polynomial, parse
from certifield.topology.diagrams import read
from certifield.topology.tables._file import cells, places

HERE = Path(__file__).parent
PUBLISHED = json.loads((HERE / "published_codes.json").read_text(encoding="utf-8"))
HARD = json.loads((HERE / "hard_unknots.json").read_text(encoding="utf-8"))
TREFOIL = Diagram.from_braid([1, 1, 1])
WHITEHEAD = Diagram.from_braid([1, -2, 1, -2, -2])
PLINK = """% Link Projection
1
   0    0
6
    0     0
   40     0
   40    40
   10   -20
   30   -20
    0    40
6
   0    1
   1    5
   5    3
   3    4
   4    2
   2    0
{crossings}
-1
"""


def alike(one: Diagram, two: Diagram) -> bool:
    return jones_polynomial(one) == jones_polynomial(two) and alexander_polynomial(one) == alexander_polynomial(two)


def reflected(diagram: Diagram) -> Diagram:
    return Diagram.from_gauss(diagram.gauss(), [-sign for sign in diagram.signs])


def turned(diagram: Diagram, rng: random.Random) -> list[list[int]]:
    """Its code with crossings turned by two places at random, as where a code has no orientation."""
    rows = [list(row) for row in diagram.pd(rng.choice((0, 1)))]
    return [row[2:] + row[:2] if rng.random() < 0.5 else row for row in rows]


@pytest.mark.knots
@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: f"{row['source']}: {row['knot']}")
def test_published_codes_are_read_as_their_knots(row):
    """The image is that of the knot of KnotInfo, or its mirror image: Knot Atlas has some, and codes without signs know none."""
    diagram, knot = read(row["code"]).diagram, parse(row["knot"])
    expected = knot if row["image"] == "same" else knot.mirror()
    assert alike(diagram, expected)
    assert jones_polynomial(knot) == jones_polynomial(knot).inverted() or not alike(diagram, expected.mirror())  # sabotage twin


@pytest.mark.knots
@pytest.mark.parametrize("row", HARD, ids=lambda row: row["name"])
def test_hard_unknots_are_certified_from_the_codes_in_which_they_are_published(row):
    from certifield.topology.questions import is_unknot

    answer = is_unknot(parse(row["code"]))
    assert isinstance(answer, Certified) and answer.certificate.replay().accepted


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("[-1, 2, -3, 1, -4, 3, -2, 4]", "a Gauss code of 4 crossings"),
        ("4 6 8 2", "a Dowker-Thistlethwaite code of 4 crossings"),
        ("[[6, 8], [4, 10, 2]]", "a Dowker-Thistlethwaite code of 5 crossings"),
        ("1 5 2 4 3 1 4 6 5 3 6 2", "a planar diagram code of 3 crossings"),
        ("[1, -2, 1, -2]", "the closure of a braid word of 4 letters on 3 strands"),
        ("[1, -2, -1, 2]", "the closure of a braid word of 4 letters on 3 strands"),  # no planar curve crosses itself so
        ("1 2 3 4 1 2 3 4", "the closure of a braid word of 8 letters on 5 strands"),
        ("[]", "the empty code, of the unknot"),
    ],
)
def test_lists_are_recognised_and_say_as_what(text, how):
    assert read(text).how.split(",")[0] == how.split(",")[0]


@pytest.mark.parametrize(
    ("text", "prefixes"),
    [
        ("[1, -1]", ["braid", "Gauss"]),
        ("1 -1 2 -2", ["braid", "Gauss"]),
        ("[2]", ["braid", "DT"]),
        ("[1, 1, 2, 2]", ["braid", "PD"]),
        ("bca", ["DT", "braid"]),
    ],
)
def test_a_code_with_two_readings_is_refused_with_the_prefixes_that_choose(text, prefixes):
    with pytest.raises(InputError) as caught:
        parse(text)
    assert all(f'"{prefix}: ..."' in str(caught.value) for prefix in prefixes)
    assert all(isinstance(parse(f"{prefix}: {text}"), Diagram) for prefix in prefixes)


@pytest.mark.parametrize("text", ["1 -2 3 -1 2 -3 4 -5 6 -4 5 -6", "[1, 2, -1, 3, -2, -3]", "[4, 6, 2, 10, 12, 8]"])
def test_a_gauss_or_dt_code_that_cannot_be_read_is_no_braid_in_silence(text):
    with pytest.raises(InputError, match=r"mirrored alone|genus"):
        parse(text)


def test_every_letter_style_of_one_braid():
    words = ("braid: 1 -2 1 -2", "aBaB", "braid: aBaB", "BR[3, {1, -2, 1, -2}]", "{3, {1, -2, 1, -2}}", "[1,-2,1,-2]", "BR(3,{1,-2,1,-2})")
    assert {parse(word) for word in words} == {Diagram.from_braid([1, -2, 1, -2])}


def test_every_style_of_one_planar_code():
    styles = (
        "PD: [[1,5,2,4],[3,1,4,6],[5,3,6,2]]", "[[1,5,2,4];[3,1,4,6];[5,3,6,2]]", "X[1,5,2,4] X[3,1,4,6] X[5,3,6,2]", "X1524 X3146 X5362",
        "X[1,5,2,4];X[3,1,4,6];X[5,3,6,2]", "PD[X[1, 5, 2, 4], X[3, 1, 4, 6], X[5, 3, 6, 2]]", "X1,5,2,4 X3,1,4,6 X5,3,6,2",
        "PD[Xp[1,5,2,4],Xp[3,1,4,6],Xp[5,3,6,2]]", "1 5 2 4\n3 1 4 6\n5 3 6 2", "PD: X1524 X3146 X5362",
    )  # fmt: skip
    assert {parse(style) for style in styles} == {TREFOIL.__class__.from_pd([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2]])}
    assert parse("PD[Loop[1]]") == Diagram(circles=1) and parse("PD[X[1,1,2,2], Loop[3]]").components == 2


def test_unoriented_codes_of_knots_keep_the_knot_and_its_image():
    rng = random.Random(8)
    for _ in range(200):
        word = [rng.choice((1, -1)) * rng.randint(1, 3) for _ in range(rng.randint(4, 12))]
        diagram = Diagram.from_braid(word)
        if diagram.components == 1 and diagram.crossings:
            assert Diagram.from_pd(turned(diagram, rng)).canonical() in (diagram.canonical(), diagram.reverse().canonical())
    assert Diagram.from_pd(turned(TREFOIL, rng)).canonical() != TREFOIL.mirror().canonical()  # sabotage twin


def test_unoriented_codes_of_links_go_by_their_labels_or_are_refused():
    rng, refused = random.Random(9), 0
    for _ in range(60):
        assert Diagram.from_pd(turned(WHITEHEAD, rng)).canonical() in (WHITEHEAD.canonical(), WHITEHEAD.reverse().canonical())
        names = list(range(1, 11))
        rng.shuffle(names)
        try:
            Diagram.from_pd([[names[label - 1] for label in row] for row in turned(WHITEHEAD, random.Random(1))])
        except InputError as error:
            refused += "direction of the component with the labels" in str(error)
    assert refused > 20


@pytest.mark.knots
@pytest.mark.parametrize("count", [60, pytest.param(385, marks=pytest.mark.slow)])
def test_a_file_of_unoriented_diagrams_is_read_and_answered_whole(count):
    """As published files of hard unknots are: spherogram's codes with any crossing turned; unknots, knots and scrambled ones."""
    from certifield.topology.questions import is_unknot
    from certifield.topology.ribbon import scrambled

    rng, certified = random.Random(385), 0
    for number in range(count):
        start = Diagram(circles=1) if number % 5 else parse(rng.choice(["3_1", "6_1", "8_19", "11n_34"]))
        code = turned(scrambled(start, rng.randint(12, 40), seed=number), rng)
        answer = is_unknot(parse(str(code)), rounds=20)
        certified += isinstance(answer, Certified)
        assert not isinstance(answer, Unknown) or answer.spent
        assert isinstance(answer, Certified) == bool(number % 5)
    assert certified == count - len(range(0, count, 5))


def test_unsigned_codes_with_kinks_and_nugatory_crossings():
    """The nugatory crossing between two trefoils leaves their images free; kinks and one of any kind beside a single knot do not."""
    kinked = Diagram.from_braid([1, 1, 1, 2, -3])
    for unsigned in (Diagram.from_gauss(kinked.gauss()), Diagram.from_dt(kinked.dt())):
        assert unsigned.reduced().canonical() in (TREFOIL.canonical(), TREFOIL.mirror().canonical(), reflected(TREFOIL).canonical())
    eight = Diagram.from_braid([1, -2, 1, -2])
    both = TREFOIL.connected_sum(eight)  # the figure eight is its own image
    assert jones_polynomial(Diagram.from_gauss(both.gauss())) in (jones_polynomial(both), jones_polynomial(both.mirror()))
    clasp = Diagram.from_gauss([1, -2, 2, -1], [1, -1])  # an unknot
    assert Diagram.from_gauss(TREFOIL.connected_sum(clasp).gauss()).components == 1
    with pytest.raises(InputError, match="its crossings 1, 2, 3 are free to be mirrored alone"):
        Diagram.from_gauss(TREFOIL.connected_sum(TREFOIL).gauss())
    with pytest.raises(InputError, match="its crossings 4, 5, 6 are free"):
        Diagram.from_gauss([[1, -2, 3, -1, 2, -3], [4, -5, 6, -4, 5, -6]])


@pytest.mark.knots
def test_signatures_of_regina_are_read_as_regina_reads_them():
    import regina

    rng = random.Random(4)
    for _ in range(80):
        strands = rng.randint(2, 5)
        diagram = Diagram.from_braid([rng.choice((1, -1)) * rng.randint(1, strands - 1) for _ in range(rng.randint(3, 90))], strands)
        if diagram.circles or not diagram.crossings:
            continue
        link = regina.Link.fromPD([tuple(row) for row in diagram.pd(1)])
        text = link.sig(False, True, False)
        theirs = Diagram.from_pd([list(row) for row in regina.Link.fromSig(text).pdData()])
        assert parse(f"sig: {text}").canonical() == theirs.canonical()
        assert parse(link.brief()).canonical() == diagram.canonical()
    assert parse("sig: a") == Diagram(circles=1) and parse("sig: dabcabcv-cabcabjp").components == 3
    assert parse("dabcabcv-").canonical() != parse("dabcabcva").canonical()  # the other signs


@pytest.mark.knots
def test_pretzel_and_montesinos_names_are_those_of_knotinfo():
    """All up to 10 crossings; the pretzel column has the images of its diagrams, the Montesinos column those or their mirrors."""
    pretzels = images = 0
    for name, place in places().items():
        if not 0 < place.crossings <= 10:
            continue
        row, knot = cells(place), parse(name)
        if row["pretzel_notation"].startswith("P("):
            assert alike(parse(row["pretzel_notation"]), knot), name
            pretzels += 1
        if row["montesinos_notation"].startswith("K("):
            found = parse(row["montesinos_notation"])
            assert alike(found, knot) or alike(found, knot.mirror()), name
            images += 1
    assert pretzels > 50 and images > 150


@pytest.mark.knots
def test_satellites():
    """Alexander polynomials of cables are Delta_T(p,q)(t) Delta_K(t^p); doubles of the unknot are twist knots; tau of doubles (Hedden)."""
    from certifield.topology.floer import knot_floer

    t23, t = alexander_polynomial(parse("T(2,3)")), Fraction(3)
    assert alexander_polynomial(parse("cable(4_1, 2, 3)"))(t) == t23(t) * alexander_polynomial(parse("4_1"))(t**2)
    assert alike(parse("cable(unknot, 3, 4)"), parse("8_19")) and alike(parse("cable(braid: 1, 3, 4)"), parse("T(3,4)"))
    assert parse("cable(3_1, 2, 6)").linking_matrix() == ((0, 3), (3, 0))
    assert alike(parse("Wh+(unknot, -1)"), parse("3_1")) and alike(parse("Wh+(unknot, 1)"), parse("4_1"))
    assert alike(parse("Wh-(unknot, 1)"), parse("mirror 3_1")) and jones_polynomial(parse("Wh+(unknot)")) == jones_polynomial(
        parse("unknot")
    )
    assert str(alexander_polynomial(parse("Wh+(3_1)"))) == "1" and [knot_floer(parse(f"Wh+(3_1, {t})")).tau.value for t in (1, 2)] == [1, 0]
    assert knot_floer(parse("Wh+(mirror 3_1)")).tau.value == 0


@pytest.mark.knots
def test_names_as_people_write_them():
    assert parse("12n_0553") == parse("12n_553") == parse("K12n553") and parse("6_01") == parse("6_1")
    assert parse("L5a1{0}").linking_matrix() == ((0, 0), (0, 0)) and parse("L4a1{0}").linking_matrix() != parse("L4a1{1}").linking_matrix()
    knot = parse("8_17")
    assert parse("reverse 8_17") == knot.reverse() and parse("mirror reverse 8_17") == parse("reverse mirror 8_17")
    assert parse("reverse 8_17").canonical() != knot.canonical()  # negative amphichiral, not invertible
    assert parse("-T(2,3)").canonical() == parse("T(2,-3)").canonical()


def torus_curve(p: int, q: int, points: int) -> list[list[float]]:
    """The torus knot, which winds q times around the third axis' circle, right-handed for p q > 0."""
    angles = [2 * math.pi * k / points for k in range(points)]
    return [[(2 + math.cos(q * a)) * math.cos(p * a), (2 + math.cos(q * a)) * math.sin(p * a), -math.sin(q * a)] for a in angles]


@pytest.mark.knots
def test_polygons_in_space():
    """Torus knots from their curves, in a grid polygon of the trefoil, and turned in space; the reflected polygon is the other image."""
    for p, q in ((2, 3), (2, 5), (3, 4)):
        points = torus_curve(p, q, 60)
        assert alike(parse(f"points: {points}"), parse(f"T({p},{q})"))
        assert alike(parse(f"points: {[[y, z, x] for x, y, z in points]}"), parse(f"T({p},{q})"))
        assert alike(parse(f"points: {[[x, y, -z] for x, y, z in points]}"), parse(f"T({p},{-q})"))  # sabotage twin
    lines = "\n".join(f"{x} {y} {z}" for x, y, z in torus_curve(2, 3, 40))
    assert alike(parse("points:\n" + lines), parse("T(2,3)"))
    hopf = "[[[0,0,0],[2,0,0],[2,2,0],[0,2,0]], [[1,1,-1],[1,1,1],[5,1,1],[5,1,-1]]]"
    assert [abs(entry) for row in parse(hopf).linking_matrix() for entry in row] == [0, 1, 1, 0]
    with pytest.raises(InputError, match="meet themselves"):
        parse("points: [[0,0,0],[2,2,0],[2,0,0],[0,2,0]]")


@pytest.mark.knots
def test_files_of_plink():
    """All over- and undercrossings of a curve that crosses itself three times, against the same curve lifted into space."""
    corners = [(0, 0), (40, 0), (0, 40), (10, -20), (30, -20), (40, 40)]
    arrows = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0)]
    meetings = [(0, 2), (0, 4), (1, 5), (1, 4), (2, 5)]
    found = set()
    for levels in product((0, 1), repeat=len(meetings)):
        rows = [pair if level else pair[::-1] for pair, level in zip(meetings, levels, strict=True)]
        text = PLINK.format(crossings="\n".join([str(len(rows)), *(f"{under:4} {over:4}" for under, over in rows)]))
        diagram = parse(text)
        assert diagram.components == 1 and len(diagram.crossings) == len(meetings)
        found.add(str(jones_polynomial(diagram)))
    assert len(corners) == len(arrows) == 6 and len(found) > 1
    for spoiled in (PLINK.format(crossings="0"), PLINK.format(crossings="9"), "% Link Projection\n1\n 0 0\n"):
        with pytest.raises(InputError, match="PLink"):
            parse(spoiled)


def spoilt(text: str, rng: random.Random) -> str:
    characters = list(text)
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        place = rng.randrange(len(characters)) if characters else 0
        action = rng.randrange(3)
        if action == 0 and characters:
            del characters[place]
        elif action == 1:
            characters.insert(place, rng.choice("0123456789[](){},;|+-<>^_XPDOUabcABC. \n/#"))
        elif characters:
            characters[place] = rng.choice("0123456789-+.,[]eE")
    return "".join(characters)


FORMS = [row["code"] for row in PUBLISHED if not re.fullmatch(r"\w+", row["code"])] + [
    "T(3,4)", "P(-2,3,7)", "K(1/2;-2/3;1/7)", "cable(braid: 1 1 1, 2, 3)", "Wh+(braid: 1 1 1, 2)",
    "points: [[0,0,0],[4,0,1],[2,3,2],[1.5,1,3]]",
    "[[[1,-2,3,-1,2,-3]],[1,1,1]]", "sig: fabcadefbcedvfpd", "+++ ( ^0 _1 ^2 _0 ^1 _2 )", PLINK.format(crossings="1\n 0 2"),
    "reverse mirror braid: 1 1 1 # T(2,3)", "points: 0 0 0\n1 0 0\n0 1 1e300", "DT[cacbca]", "{3, {-1, 2, -1, 2, -1}}",
]  # fmt: skip


@pytest.mark.knots
@pytest.mark.parametrize("count", [3000, pytest.param(60_000, marks=pytest.mark.slow)])
def test_spoiled_texts_give_a_diagram_or_one_error_soon(count):
    """Within a second on an idle machine; the bound below is for busy ones, where processor time grows, too."""
    rng, slowest, read_well = random.Random(99), 0.0, 0
    for _ in range(count):
        text = spoilt(rng.choice(FORMS), rng)
        if re.match(r"\s*[KL]?\d+[\^anK_]", text):
            continue  # names are asked of SnapPy, in a process of its own
        start = time.process_time()
        try:
            diagram = parse(text)
        except InputError as error:
            assert "Mend:" in str(error)
        else:
            read_well += 1
            assert Diagram.from_pd(diagram.pd(1), circles=diagram.circles).crossings == diagram.crossings
        slowest = max(slowest, time.process_time() - start)
    assert read_well > count // 20 and slowest < 10.0
