"""Topology of complete intersections, polynomials, families and singular points, each by a second route."""

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy

from certifield.evidence import InputError
from certifield.geometry import (
    CONFIGURATIONS,
    Configuration,
    Polynomial,
    Symmetry,
    Variety,
    cefalu,
    chern_numbers,
    coordinates,
    dwork,
    euler_number,
    fermat,
    find_singularity,
    generic,
    intersection_numbers,
    named,
    polynomial,
    sample,
    top_power,
    two_cubics,
    volume,
)

# name -> (intersection numbers that are not 0, up to order; c_2.J; Euler number)
TABLE = {
    "quintic": ({(0, 0, 0): 5}, [50], -200),
    "bicubic": ({(0, 0, 1): 3, (0, 1, 1): 3}, [36, 36], -162),
    "P5[3,3]": ({(0, 0, 0): 9}, [54], -144),
    "P5[2,4]": ({(0, 0, 0): 8}, [56], -176),
    "P7[2,2,2,2]": ({(0, 0, 0): 16}, [64], -128),
    "tetraquadric": (dict.fromkeys(itertools.combinations(range(4), 3), 2), [24, 24, 24, 24], -128),
    "Tian-Yau": ({(0, 0, 1): 9, (0, 1, 1): 9}, [36, 36], -18),
    "Schoen": ({(0, 0, 2): 3, (0, 1, 2): 9, (0, 2, 2): 3}, [36, 0, 36], 0),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_table_of_topology(name):
    numbers, second, euler = TABLE[name]
    space = CONFIGURATIONS[name]
    found = np.asarray(intersection_numbers(space).value)
    expected = np.zeros_like(found)
    for index, number in numbers.items():
        for one in itertools.permutations(index):
            expected[one] = number
    assert np.array_equal(found, expected)
    assert chern_numbers(space, 2).value.tolist() == second
    assert euler_number(space).value == euler
    assert np.all(np.asarray(chern_numbers(space, 1).value) == 0)


def by_series(space: Configuration, order: int, index: tuple[int, ...]) -> int:
    """The same integral by a power series of sympy, with a variable that counts degrees."""
    j, scale = sympy.symbols(f"j0:{len(space.ambient)}"), sympy.symbols("scale")
    numerator = math.prod((1 + scale * one) ** (n + 1) for one, n in zip(j, space.ambient, strict=True))
    equations = [sum(q * one for q, one in zip(row, j, strict=True)) for row in space.equations]
    series = sympy.series(numerator / math.prod(1 + scale * q for q in equations), scale, 0, order + 1).removeO()
    chern = sympy.expand(series).coeff(scale, order)
    top = sympy.Poly(sympy.expand(chern * math.prod(equations) * math.prod(j[i] for i in index)), *j)
    return int(top.coeff_monomial(math.prod(one**n for one, n in zip(j, space.ambient, strict=True))))


@pytest.mark.parametrize(
    "space", [Configuration((2, 2), ((3, 0), (1, 2))), Configuration((1, 3), ((2,), (4,))), Configuration((4,), ((2, 2),))]
)
def test_chern_numbers_by_power_series(space):
    """Calabi-Yau or not."""
    n = space.dimension
    for order in range(n + 1):
        found = np.asarray(chern_numbers(space, order).value)
        for index in itertools.islice(np.ndindex(found.shape), 3):
            assert found[index] == by_series(space, order, index), (order, index)


@pytest.mark.parametrize(("n", "d"), [(1, 3), (2, 4), (3, 5), (4, 6), (3, 2), (2, 7)])
def test_euler_numbers_of_hypersurfaces(n, d):
    """chi = ((1 - d)^(n + 2) - 1)/d + n + 2."""
    assert euler_number(Configuration((n + 1,), ((d,),))).value == ((1 - d) ** (n + 2) - 1) // d + n + 2


def test_euler_numbers_of_products_multiply():
    product = Configuration((4, 3), ((5, 0), (0, 4)))
    assert euler_number(product).value == -200 * 24
    assert product.calabi_yau


def test_volumes_are_exact():
    bicubic = CONFIGURATIONS["bicubic"]
    assert volume(bicubic, [1, 2]).value == Fraction(3, 2) * (1 * 2 + 1 * 4)
    assert top_power(bicubic, [1, 2]).value == 6 * volume(bicubic, [1, 2]).value
    assert volume(CONFIGURATIONS["quintic"], [Fraction(1, 2)]).value == Fraction(5, 48)
    floats = volume(bicubic, [0.6876, 1.8781])
    assert abs(floats.value - 1.5 * (0.6876**2 * 1.8781 + 0.6876 * 1.8781**2)) < 1e-14 and 0 < floats.radius < 1e-14


@pytest.mark.parametrize(
    ("ambient", "degrees", "said"),
    [
        ((2, 2), ((3,),), "2 rows, one for each factor"),
        ((5,), ((2,), (4,)), r"one row.*entry for each equation.*P5\[2,4\] is Configuration\(\(5,\), \(\(2, 4\),\)\)"),
        ((0,), ((1,),), "ambient"),
        ((4,), ((-5,),), "degrees"),
        ((1,), ((1, 1),), "curve"),
        ((2, 1), ((0,), (0,)), "positive"),
    ],
)
def test_configurations_that_are_refused(ambient, degrees, said):
    with pytest.raises(InputError, match=said):
        Configuration(ambient, degrees)


def test_a_first_chern_class_names_its_row():
    with pytest.raises(InputError, match="row 1 of P2 sums to 2"):
        Configuration((2, 2), ((3,), (2,))).require_calabi_yau()
    with pytest.raises(InputError, match="row 0 of P4 sums to 4"):
        sample(generic(Configuration((4,), ((4,),)), 0), 1, seed=0)


@pytest.mark.parametrize("t", [[0, 1], [-1, 1], [1], [1, math.nan]])
def test_outside_of_the_kaehler_cone(t):
    with pytest.raises(InputError, match="kaehler"):
        volume(CONFIGURATIONS["bicubic"], t)


def test_polynomials_are_those_of_sympy():
    x, y, z = coordinates(3)
    a, b, c = sympy.symbols("a b c")
    mine, theirs = (x - 2j * y) ** 3 * z - 3 * x**2 * y * z + x * 0, (a - 2j * b) ** 3 * c - 3 * a**2 * b * c
    points = np.random.default_rng(0).normal(size=(5, 3, 2)) @ np.array([1, 1j])
    for point, value, gradient, hessian in zip(points, mine(points), mine.gradient(points), mine.hessian(points), strict=True):
        at = dict(zip((a, b, c), point.tolist(), strict=True))
        assert abs(complex(theirs.subs(at)) - value) < 1e-12
        for i, one in enumerate((a, b, c)):
            assert abs(complex(sympy.diff(theirs, one).subs(at)) - gradient[i]) < 1e-12
            for k, two in enumerate((a, b, c)):
                assert abs(complex(sympy.diff(theirs, one, two).subs(at)) - hessian[i, k]) < 1e-11


def test_polynomials_are_read_from_text_and_from_sympy():
    """The same polynomial three ways; coefficients are those of SymPy's fractions, rounded once."""
    z, symbols = coordinates(5), sympy.symbols("z0:5")
    dwork_quintic = Variety((4,), (sum(one**5 for one in z) - 5 * math.prod(z[1:], start=z[0]),))
    written = "z0^5 + z1**5 + x2^5 + z_3^5 + z4^5 - 5 z0 z1*z2 z3*z4"
    for given in (written, sum(one**5 for one in symbols) - 5 * math.prod(symbols)):
        assert Variety((4,), (given,)).same_as(dwork_quintic)
    text = "-(a + 2*I*b)**3*(c/3 - 0.1*a)**2 + 7/11*a*(b - c)^4 - 1.5e-3 c^5"
    read, sympys = polynomial(text, ("a", "b", "c")), sympy.sympify(text.replace("^", "**").replace("e-3 c", "e-3*c"), rational=True)
    expected = {powers: complex(number) for powers, number in sympy.Poly(sympys, *sympy.symbols("a b c")).terms()}
    assert {tuple(row): number for row, number in zip(read.exponents.tolist(), read.coefficients, strict=True)} == expected
    assert polynomial(sympy.sqrt(2) * symbols[1] ** 2, 2).coefficients[0] == 2**0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [("z0^5 + w", "'w' is none of z0, z1"), ("z0^-1", "exponent"), ("(z0", "not closed"), ("z0/z1", "divides"), ("z0 +", "ends too early"),
     ("__import__('os')", "cannot be read"), ("2**3**4", "brackets"), ("((9^1000)^1000)^1000", "too long"), ("1e9999999999", "too long"),
     ("((z0+1)^99+z1)^99", "too long"), ("(" * 10**4, "brackets"), ("1e300*1e300", "floats"),
     (sympy.sin(sympy.Symbol("z0")), "no polynomial"), (sympy.Symbol("t") * sympy.Symbol("z0"), "t is none of"), (5, "expression")],
)  # fmt: skip
def test_texts_that_are_no_polynomials(text, said):
    with pytest.raises(InputError, match=said):
        polynomial(text, 2)


def test_a_variety_says_where_it_is_not_calabi_yau():
    assert repr(Variety((4,), ("z0^6 + z1^6",))) == "P4[6], not Calabi-Yau: c_1 is not 0" and repr(fermat()) == "Fermat, degree 5: P4[5]"


def test_terms_that_cancel_are_left_out():
    x, y = coordinates(2)
    assert len(((x + y) * (x - y)).coefficients) == 2 and repr(x**2 - y**2) == "1*x0^2 - 1*x1^2"


def test_polynomials_that_are_refused():
    x, y, z = coordinates(3)
    with pytest.raises(InputError, match=r"1\*x1\^2"):
        Variety((2,), (x**3 + y**2,))
    with pytest.raises(InputError, match="homogeneous"):
        Variety((1, 1), (coordinates(4)[0] + coordinates(4)[2],))
    with pytest.raises(InputError, match="variables"):
        Variety((3,), (x**4 + y**4 + z**4,))
    with pytest.raises(InputError, match="not 0"):
        Variety((2,), (x - x,))
    with pytest.raises(InputError, match="power"):
        _ = x**-1
    with pytest.raises(InputError, match="finite"):
        Polynomial.of({(1, 0): math.inf})
    with pytest.raises(InputError, match="one length"):
        Polynomial.of({(1, 0): 1, (1,): 2})


def test_symmetries_are_checked():
    """Sabotage twins: a swap, phases and a conjugation that the polynomial does not have."""
    x, y, z = coordinates(3)
    p = x**3 + 2 * y**3 + z**3 + 1j * x * y * z
    third = Fraction(1, 3)
    Variety((2,), (p,), symmetry=Symmetry(((2, 1, 0),), ((third, -third, Fraction(0)),)))
    for wrong in (Symmetry(((1, 0, 2),)), Symmetry(phases=((third, Fraction(0), Fraction(0)),)), Symmetry(conjugation=True)):
        with pytest.raises(InputError, match="symmetry"):
            Variety((2,), (p,), symmetry=wrong)
    with pytest.raises(InputError, match="factor"):
        Variety((2, 2), named("bicubic", 0).polynomials, symmetry=Symmetry(((3, 1, 2, 0, 4, 5),)))


SINGULAR = {
    "Dwork": lambda: dwork(np.exp(0.4j * np.pi)),
    "Dwork K3": lambda: dwork(1j, 2),
    "two cubics": lambda: two_cubics(np.exp(1j * np.pi / 3)),
    "two cubics, cone": lambda: two_cubics(0),
    **{f"Cefalu 3/{m}": (lambda m=m: cefalu(3 / m)) for m in (1, 2, 3, 4)},
}
SMOOTH = {"Fermat": fermat, "Dwork": lambda: dwork(0.5), "two cubics": lambda: two_cubics(0.5), "Cefalu": lambda: cefalu(0.5)}


def near(variety: Variety, seed: int = 0) -> np.ndarray:
    """Points near the variety: any will do as starts of Newton's method."""
    random = np.random.default_rng(seed)
    return random.normal(size=(400, variety.coordinates, 2)) @ np.array([1, 1j])


@pytest.mark.parametrize("name", SINGULAR)
def test_singular_members_are_known_and_found(name):
    """The argument of the family, and Newton's method, which does not know it."""
    variety = SINGULAR[name]()
    assert variety.smooth is False
    found = find_singularity(replace(variety, smooth=None), near(variety))
    assert found.singular and found.residual < 1e-10
    values = variety.values(found.point[None])
    jacobian = variety.jacobian(found.point[None])[0]
    assert np.max(np.abs(values)) < 1e-9 and np.linalg.svd(jacobian, compute_uv=False)[-1] < 1e-8 * max(1, np.abs(jacobian).max())
    assert find_singularity(variety, near(variety)).reason == variety.reason
    assert find_singularity(replace(variety, smooth=None, reason="")).singular  # from points of its own


@pytest.mark.parametrize("name", SMOOTH)
def test_no_singularity_of_smooth_members_is_found(name):
    """Sabotage twin of the search: it must not find what is not there; and not found is not a proof."""
    variety = SMOOTH[name]()
    assert variety.smooth is True and find_singularity(variety, near(variety)).singular is False
    assert find_singularity(replace(variety, smooth=None), near(variety)).singular is None
    assert find_singularity(replace(variety, smooth=None, reason="")).singular is None


@pytest.mark.parametrize(
    "bad", [lambda: named("quintc", 0), lambda: dwork("a"), lambda: fermat(0), lambda: named("quintic", -1), lambda: cefalu(math.nan)]
)
def test_families_refuse_what_they_cannot_use(bad):
    with pytest.raises(InputError):
        bad()
