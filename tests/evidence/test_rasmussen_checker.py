"""rasmussen@1: s against theorems, against khoca and KnotInfo, its complexes against d^2 = 0 and Jones, and everything else refused."""

import importlib.util
import json
import random
from collections import Counter
from types import ModuleType

import pytest
from famous_knots import SEED
from mutations import mutations

from certifield.evidence import Certificate, checker_path
from certifield.topology import Diagram, jones_polynomial, signature

SOURCE = checker_path("rasmussen@1").read_text()
FIELDS = ("Q", "F2", "F3", "F5", "F7")
TREFOIL = Diagram.from_braid([1, 1, 1])
TORUS_KNOT = Diagram.from_braid([1, 2] * 4)  # 8_19
CINQUEFOIL_WITH_KINKS = Diagram.from_braid([-1] * 5 + [2, -3])


def _loaded(source: str = SOURCE) -> ModuleType:
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("rasmussen_checker", loader=None))
    exec(compile(source, "rasmussen_checker", "exec"), module.__dict__)
    return module


CHECKER = _loaded()


def _claim(diagram: Diagram, first: int = 0) -> dict:
    return {"kind": "not slice", "category": "smooth", "diagram": [list(crossing) for crossing in diagram.pd(first)]}


def _s(diagram: Diagram, field: str = "F2", module: ModuleType = CHECKER) -> int:
    """The number that the checker finds for itself."""
    work = module._Work()
    work.characteristic = module.FIELDS[field]
    return module._rasmussen(module._claimed(_claim(diagram)), work)


def _random_knot(rng: random.Random, letters: list[int], length: int) -> tuple[list[int], Diagram]:
    """The closure of a random braid that uses every letter, a knot, with one letter more than ``length`` where parity asks for it."""
    length += (length - max(map(abs, letters))) % 2
    while True:
        word = [*letters, *(rng.choice(letters) for _ in range(length - len(letters)))]
        rng.shuffle(word)
        diagram = Diagram.from_braid(word)
        if diagram.components == 1:
            return word, diagram


# Theorems -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FIELDS)
def test_positive_braids(field):
    """s = letters - strands + 1 for a positive braid, and the opposite for its mirror image (Rasmussen, math/0402131)."""
    rng = random.Random(1)
    for strands, length in ((2, 7), (3, 8), (3, 10), (4, 9), (4, 13), (5, 14)):
        word, diagram = _random_knot(rng, list(range(1, strands)), length)
        assert _s(diagram, field) == len(word) - strands + 1 and _s(diagram.mirror(), field) == strands - 1 - len(word)


def test_alternating_knots():
    """s = -signature for alternating knots (Rasmussen, math/0402131); braids in 1, -2, 3 are alternating."""
    rng, seen = random.Random(2), set()
    for _ in range(25):
        _, diagram = _random_knot(rng, [1, -2, 3][: rng.choice((2, 3))], rng.choice((8, 9, 10, 11)))
        assert _s(diagram, rng.choice(FIELDS)) == -signature(diagram)
        seen.add(signature(diagram))
    assert len(seen) > 3


def test_s_is_additive_and_does_not_see_numbering_kinks_and_direction():
    rng = random.Random(3)
    for _ in range(4):
        word, diagram = _random_knot(rng, [1, 2, -1, -2, 3], 8)
        s = _s(diagram)
        assert _s(diagram.reverse()) == s == -_s(diagram.mirror())
        turn = rng.randrange(len(word))
        assert _s(Diagram.from_braid(word[turn:] + word[:turn])) == s
        assert _s(Diagram.from_braid([*word, 4, -5])) == s  # two kinks
        assert _s(diagram.connected_sum(TREFOIL)) == s + 2 and _s(diagram.connected_sum(diagram.mirror())) == 0
    assert [_s(Diagram.from_braid(word)) for word in ([1], [-1], [1, -2], [1, 2, -3, 4])] == [0] * 4


# The algebra ----------------------------------------------------------------------------------------------------------------------


def _whole_complex(diagram: Diagram, field: str, module: ModuleType = CHECKER, look=lambda built: None):
    """The complex without restriction of the degrees, before powers of H are cancelled; ``look`` sees it after every crossing."""
    work = module._Work()
    work.characteristic = module.FIELDS[field]
    across = module._claimed(_claim(diagram))
    positive = {dart >> 2 for dart in module._entered(across) if dart & 3 == 3}
    built = module._Complex(work)
    for crossing in module._order(across):
        built.attach(module._Gluing(built.boundary, crossing, across, {0, across[0]}), crossing in positive)
        look(built)
        built.cancel_at(0)
        look(built)
    return built


def _square(built, module: ModuleType = CHECKER) -> int:
    """How many entries of d^2 are not 0."""
    wrong = 0
    for x, arrows in built.out.items():
        total: dict = {}
        for y, first in arrows.items():
            for z, second in built.out[y].items():
                for one, c in first.items():
                    for two, d in second.items():
                        ends = (built.objects[x][2], built.objects[y][2], built.objects[z][2])
                        terms = module._composed(*ends, one, two, built.marked)
                        built.work.add(total.setdefault(z, {}), terms, c * d)
        wrong += sum(bool(morphism) for morphism in total.values())
    return wrong


def _euler(built) -> dict[int, int]:
    counts = Counter()
    for height, degree, _ in built.objects.values():
        counts[degree] += (-1) ** height
    return {degree: count for degree, count in counts.items() if count}


@pytest.mark.parametrize("field", ["Q", "F2", "F3"])
def test_the_differential_squares_to_zero_at_every_step(field):
    squares: list[int] = []
    for word in ([1, -2, 1, -2], [1, 1, 2, 2, -1, 2], [1, 2, -3, 2, 1, 2, -3, 2, 2]):
        _whole_complex(Diagram.from_braid(word), field, look=lambda built: squares.append(_square(built)))
    assert len(squares) == 38 and not any(squares)


def test_the_euler_characteristic_is_the_jones_polynomial():
    """sum (-1)^h q^degree = V(q^2), with V by the Kauffman bracket; s alone would not notice a generator too many."""
    rng = random.Random(5)
    for length in (5, 7, 8, 9, 10, 11):
        _, diagram = _random_knot(rng, [1, 2, -1, -2], length)
        jones = jones_polynomial(diagram)
        expected = {int(2 * (jones.lowest + place)): entry for place, entry in enumerate(jones.coefficients) if entry}
        assert _euler(_whole_complex(diagram, rng.choice(FIELDS))) == expected


def _units(built) -> int:
    """How many arrows are multiples of identities, which elimination must not leave over."""
    return sum(built.pivot(x, 0) is not None for x in built.objects)


def test_no_isomorphism_is_left_over():
    built = [_whole_complex(Diagram.from_braid(word), "F3") for word in WORDS]
    assert not any(map(_units, built)) and all(len(one.objects) % 2 for one in built)


def _planar_matching(rng: random.Random, size: int) -> tuple[int, ...]:
    """A random way to join 0, ..., size - 1 on a line by arcs above it that do not cross."""
    matching, open_places, steps = [0] * size, [], [1, -1] * (size // 2)
    while True:
        rng.shuffle(steps)
        if all(sum(steps[: place + 1]) >= 0 for place in range(size)):
            break
    for place, step in enumerate(steps):
        if step > 0:
            open_places.append(place)
        else:
            matching[place] = open_places.pop()
            matching[matching[place]] = place
    return tuple(matching)


def _is_associative(module: ModuleType, rng: random.Random, marked: tuple[int, ...]) -> bool:
    """(f g) h = f (g h) for random surfaces between random matchings of 10 ends, where handles occur."""
    a, b, c, d = (_planar_matching(rng, 10) for _ in range(4))
    free = [
        [mask for mask in range(1 << module._circles(x, y)[1]) if not any(mask >> module._circles(x, y)[0][end] & 1 for end in marked)]
        for x, y in ((a, b), (b, c), (c, d))
    ]
    f, g, h = (rng.choice(masks) for masks in free)
    left, right = Counter(), Counter()
    for mask, number in module._composed(a, b, c, f, g, marked):
        for total, factor in module._composed(a, c, d, mask, h, marked):
            left[total] += number * factor
    for mask, number in module._composed(b, c, d, g, h, marked):
        for total, factor in module._composed(a, b, d, f, mask, marked):
            right[total] += number * factor
    return {mask: number for mask, number in left.items() if number} == {mask: number for mask, number in right.items() if number}


def _associativity(module: ModuleType, trials: int) -> bool:
    rng = random.Random(8)
    return all(_is_associative(module, rng, marked) for _ in range(trials) for marked in ((), (0,), (0, 3)))


def test_surfaces_compose_associatively():
    assert _associativity(CHECKER, 400)


WORDS = ([1, 1, 2, 2, -1, 2], [1, 2] * 4, [-1, 2, -3, 2, 2, -1, 2, -3, -3])
SABOTAGE = {
    "neck": ("sign = (-1) ** (len(circles) - 1 - size + genus)", "sign = 1"),
    "handle": ("terms = [(all_dotted, 2)] if genus % 2 else []", "terms = []"),
    "saddle": ("((mask, number),), -1 if height % 2 else 1)", "((mask, number),), 1)"),
    "elimination": ("factor = -self.work.inverse", "factor = self.work.inverse"),
    "inverse": ("self.work.inverse(self.out[x][y][0])", "1"),
    "circle": ("if copy | dots == full", "if copy ^ dots == full"),
    "degrees": ("((0, 1), (1, 2)) if positive else ((-1, -2), (0, -1))", "((0, 1), (1, 2)) if positive else ((-1, -1), (0, 0))"),
    "smoothing": ("((1, 0, 3, 2), (3, 2, 1, 0))", "((3, 2, 1, 0), (1, 0, 3, 2))"),
    "sign": ("if dart & 3 == 3}", "if dart & 3 == 1}"),
    "passes": ("for x in self.objects if (found", "for x in [*self.objects][::3] if (found"),
    "window": ("if not -1 - up <= height", "if not 1 - up <= height"),
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_sabotage_is_seen(name):
    """The checks above on a checker with one error: one of them fails over some field."""
    old, new = SABOTAGE[name]
    assert SOURCE.count(old) == 1
    module = _loaded(SOURCE.replace(old, new))
    assert not _associativity(module, 100) or any(_is_wrong(module, word, field) for field in ("Q", "F3", "F7") for word in WORDS)


def _is_wrong(module: ModuleType, word: list[int], field: str) -> bool:
    diagram, squares = Diagram.from_braid(word), []
    try:
        built = _whole_complex(diagram, field, module, look=lambda built: squares.append(_square(built, module)))
        jones = _euler(built) == _euler(_whole_complex(diagram, field))
        return any(squares) or _units(built) > 0 or not jones or _s(diagram, field, module) != _s(diagram, field)
    except (module._Refused, ArithmeticError, LookupError):
        return True


# Against other programs -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.knots
def test_120_knots_and_their_mirror_images_against_khoca_and_knotinfo():
    from certifield.topology.floer import rasmussen
    from certifield.topology.tables import prime_knots

    rng, unusual = random.Random(6), [row for row in prime_knots((10, 11, 12)) if row.rasmussen != -row.signature]
    rows = list(prime_knots(range(3, 9))) + rng.sample(unusual, 35) + rng.sample(list(prime_knots((9, 10))), 50)
    assert len(rows) == 120 and sum(row.rasmussen != 0 for row in rows) > 60
    for number, row in enumerate(rows):
        field = ("F2", "F3", "F2", "Q")[number % 4]
        assert _s(row.diagram, field) == -_s(row.diagram.mirror(), field) == row.rasmussen, row.name
        assert rasmussen(row.diagram, field).value == row.rasmussen, row.name


@pytest.mark.knots
@pytest.mark.parametrize(("name", "s"), [("3_1", 2), ("8_19", 6), ("12n_242", 10), ("11n_34", 0)])
def test_reference_values(name, s):
    """KnotInfo; 11n_34 is not smoothly slice, but s does not see it."""
    from certifield.topology.tables import knotinfo

    diagram = knotinfo(name).diagram
    assert {_s(diagram, field) for field in FIELDS} == {s}
    assert CHECKER.check(_claim(diagram, 1), str(s), {"field": "F2"})[0] is (s != 0)


def test_the_field_matters():
    knot = Diagram.from_pd(SEED)
    assert [_s(knot, field) for field in FIELDS] == [0, -2, 0, 0, 0]
    assert CHECKER.check(_claim(knot), "-2", {"field": "F2"})[0] and not CHECKER.check(_claim(knot), "-2", {"field": "F3"})[0]


# What is accepted and what is refused ---------------------------------------------------------------------------------------------


def _certificate(diagram: Diagram, s: int, field: str = "F2") -> Certificate:
    return Certificate(_claim(diagram), str(s), {"field": field}, "rasmussen@1")


def test_certificates_are_accepted_here_and_in_a_process_of_their_own():
    for diagram, s in ((TREFOIL, 2), (TREFOIL.mirror(), -2), (TORUS_KNOT, 6), (CINQUEFOIL_WITH_KINKS, -4)):
        for field in FIELDS:
            verdict = _certificate(diagram, s, field).replay()
            assert verdict.accepted and verdict.reason == "" and verdict.steps > 0
    assert _certificate(TORUS_KNOT, 6).replay(isolated=True).accepted
    assert _certificate(TORUS_KNOT, 6).demote().value == 6


def test_wrong_images_and_wrong_values_are_refused():
    for diagram, s in ((TREFOIL.mirror(), 2), (TREFOIL, -2), (TREFOIL, 4), (TORUS_KNOT, 8)):
        assert _certificate(diagram, s).replay().reason.startswith("the value must be")
    figure_eight = Diagram.from_braid([1, -2, 1, -2])
    assert not _certificate(figure_eight, 2).replay().accepted
    assert "0 forbids nothing" in _certificate(figure_eight, 0).replay().reason


def test_every_single_change_is_refused_but_for_another_field():
    """s of these knots is the same over every field, so that another name of a field is another proof."""
    refused, accepted = 0, []
    for diagram, s in ((TREFOIL, 2), (CINQUEFOIL_WITH_KINKS, -4), (TORUS_KNOT, 6)):
        document = _certificate(diagram, s).document()
        for part in ("claim", "value", "witness"):
            for mutated in mutations(document[part]):
                changed = document | {part: mutated}
                answer, reason, _ = CHECKER.check(changed["claim"], changed["value"], changed["witness"])
                refused += not answer
                assert answer or reason
                if answer:
                    accepted.append((part, mutated))
    assert refused > 1_800 and {(part, str(mutated)) for part, mutated in accepted} == {("witness", "{'field': 'F3'}")}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ([[1, 4, 2, 5], [5, 2, 6, 3], [6, 3, 1, 4]], "plane"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 6]], "times"),
        ([[4, 1, 3, 2], [2, 3, 1, 4]], "more than one component"),  # the Hopf link
        ([[2, 4, 1, 5], [3, 1, 4, 6], [5, 3, 6, 2]], "incoming lower end"),  # a crossing turned by half
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6]], "quadruples"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 2.0]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, True]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, 10**5000]], "integers"),
        ([[1, 5, 2, 4], [3, 1, 4, 6], [5, 3, 6, -2]], "integers"),
        ([], "1 to 500 crossings"),
        ([[0, 0, 1, 1]] * 501, "1 to 500 crossings"),
        ("[]", "1 to 500 crossings"),
        ([None], "quadruples"),
    ],
)
def test_what_is_no_diagram_of_a_knot(code, reason):
    accepted, why, _ = CHECKER.check(_claim(TREFOIL) | {"diagram": code}, "2", {"field": "F2"})
    assert not accepted and reason in why, why


def test_the_work_is_limited():
    module = _loaded(SOURCE.replace("MOST_STEPS = 5_000_000", "MOST_STEPS = 50"))
    accepted, reason, steps = module.check(_claim(TORUS_KNOT), "6", {"field": "F2"})
    assert not accepted and reason == "more than 50 steps" and steps < 100
    assert module.check(_claim(TREFOIL), "2", {"field": "F2"})[0]


def test_the_program(tmp_path, capsys):
    document = _certificate(TREFOIL, 2).document()
    for changed, code in ((document, 0), (document | {"value": "4"}, 1), (document | {"checker": "ribbon@1"}, 2), ([1], 2)):
        (tmp_path / "file.json").write_text(json.dumps(changed))
        assert CHECKER.main([str(tmp_path / "file.json")]) == code
        assert json.loads(capsys.readouterr().out)["accepted"] is (code == 0)
