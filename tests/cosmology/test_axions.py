"""Axions: intersection numbers, the kinetic matrix and its closed form, the tip, eigenstates, ensembles, files, refusals."""

import sys
from fractions import Fraction
from itertools import combinations, permutations, product
from math import lcm

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy.optimize import nnls
from scipy.spatial import ConvexHull, HalfspaceIntersection
from scipy.stats import chi2

from certifield.bundles.trees import DOMINANT, EdgeTrees, FaceTrees, blown_up_cones, drawn_cones, weak_fano_base
from certifield.cosmology import axions
from certifield.cosmology.studies.axion_photon import coupled
from certifield.evidence import InputError, MissingExtra, NotConverged

P3 = ([[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]], list(combinations(range(4), 3)))
P1_CUBED = (
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]],
    [(a, b, c) for a, b, c in product((0, 1), (2, 3), (4, 5))],
)
QUINTIC = axions.Threefold(np.array([[0, 0, 0, 5]]), np.array([[1]]), np.array([[1]]), "quintic")


def blown_up(fan, times, seed=0):
    """A fan after random blow-ups of cones and walls, by star subdivisions: another route than trees."""
    rays, cones = [tuple(ray) for ray in fan[0]], [frozenset(cone) for cone in fan[1]]
    rng = np.random.default_rng(seed)
    for _ in range(times):
        part = frozenset(rng.permutation(sorted(cones[rng.integers(len(cones))]))[: rng.integers(2, 4)].tolist())
        new = len(rays)
        rays.append(tuple(int(x) for x in np.sum([rays[place] for place in part], axis=0)))
        near = [cone for cone in cones if part <= cone]
        cones = [cone for cone in cones if not part <= cone] + [cone - {old} | {new} for cone in near for old in part]
    return np.array(rays), np.array([sorted(cone) for cone in cones])


def every(threefold):
    """Dense intersection numbers [N, N, N]."""
    dense = np.zeros((threefold.axions,) * 3)
    for i, j, k, value in threefold.intersections:
        for a, b, c in {(i, j, k), (i, k, j), (j, i, k), (j, k, i), (k, i, j), (k, j, i)}:
            dense[a, b, c] = value
    return dense


def test_toric_intersections_of_known_fans():
    assert every(axions.toric_threefold(*P3)).tolist() == [[[1.0]]]
    lines = every(axions.toric_threefold(*P1_CUBED))
    assert sorted(lines.ravel())[-6:] == [1.0] * 6 and lines.sum() == 6
    assert axions.toric_threefold(*P1_CUBED).divisors.toarray().tolist() == [
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 1],
    ]


@pytest.mark.parametrize("fan", [P3, P1_CUBED])
def test_toric_volumes_are_those_of_polytopes(fan):
    """V = J^3/6 is the volume of the polytope of the divisor, tau that of a facet: another route to all intersection numbers."""
    rays, cones = blown_up(fan, 5)
    threefold = axions.toric_threefold(rays, cones)
    t = axions.stretched_tip(threefold, Fraction(1)).t
    found = threefold.at(t)
    heights = np.zeros(len(rays))
    heights[np.setdiff1d(np.arange(len(rays)), cones[0])] = [float(one) for one in t]
    inner = np.mean([np.linalg.solve(rays[list(cone)].astype(float), -heights[list(cone)]) for cone in cones], axis=0)
    corners = HalfspaceIntersection(np.column_stack([-rays, -heights]).astype(float), inner).intersections
    assert float(found.volume) == pytest.approx(ConvexHull(corners).volume, rel=1e-9)
    for number in range(len(rays)):
        shifted = heights.copy()
        shifted[number] += 1e-4
        grown = ConvexHull(HalfspaceIntersection(np.column_stack([-rays, -shifted]).astype(float), inner).intersections).volume
        shifted[number] -= 2e-4
        less = ConvexHull(HalfspaceIntersection(np.column_stack([-rays, -shifted]).astype(float), inner).intersections).volume
        assert float(found.divisors[number]) == pytest.approx((grown - less) / 2e-4, rel=1e-5)


def test_todd_genus_of_a_large_geometry():
    """c_1 c_2 = 24 on every smooth complete toric threefold: the sum over walls of -K C; and all linear relations hold."""
    rays, cones = drawn_cones(weak_fano_base(DOMINANT[0]), np.random.default_rng(2), share=0.1)
    threefold = axions.toric_threefold(rays, cones)
    curves = threefold.curves.toarray()
    degrees = curves @ np.linalg.lstsq(np.eye(threefold.axions), threefold.divisors.toarray().sum(axis=0), rcond=None)[0]
    assert degrees.sum() == pytest.approx(24) and len(curves) == 3 * len(rays) - 6
    assert not (threefold.divisors.toarray().T @ rays).any()


def dense_metric(threefold, t):
    """K_ij by differentiating K = -2 ln V in tau twice, with inverses: another route than the closed form."""
    kappa = jnp.asarray(every(threefold))

    def tau(t):
        return jnp.einsum("ijk,j,k->i", kappa, t, t) / 2

    def slope(t):
        gradient = jax.grad(lambda t: -2 * jnp.log(jnp.einsum("ijk,i,j,k->", kappa, t, t, t) / 6))(t)
        return jnp.linalg.solve(jax.jacfwd(tau)(t).T, gradient)

    t = jnp.asarray([float(one) for one in t])
    return np.asarray(jax.jacfwd(slope)(t) @ jnp.linalg.inv(jax.jacfwd(tau)(t))) / 4, np.asarray(tau(t))


@pytest.mark.parametrize("blow_ups", [1, 6])
def test_closed_form_against_derivatives_of_the_potential(blow_ups):
    threefold = axions.toric_threefold(*blown_up(P1_CUBED, blow_ups, seed=1))
    t = axions.stretched_tip(threefold).t
    metric, tau = dense_metric(threefold, t)
    assert axions.kinetic_inverse(threefold, t) == pytest.approx(np.linalg.inv(metric), rel=1e-6)
    charges = threefold.divisors.toarray()
    numbers = np.sqrt(np.einsum("ai,ij,aj->a", charges, np.linalg.inv(metric), charges) / 2) / (charges @ tau)
    found = axions.couplings(threefold, t)
    assert np.asarray(found.values.value) == pytest.approx(numbers, rel=1e-7)
    twin = np.sqrt(np.einsum("ai,ij,aj->a", charges, np.linalg.inv(2 * metric), charges) / 2) / (charges @ tau)
    assert not np.any(np.abs(twin / np.asarray(found.values.value) - 1) < 0.1)  # a factor 2 in K is seen
    assert axions.couplings(threefold, [7 * one for one in t]).squares == found.squares


def test_the_quintic_gives_the_root_of_two_thirds():
    found = axions.couplings(QUINTIC, axions.stretched_tip(QUINTIC).t)
    assert found.squares == (Fraction(2, 3),) and float(QUINTIC.at([1]).volume) == pytest.approx(5 / 6)
    assert abs(float(found.values.value[0]) - float(mpmath.sqrt(mpmath.mpf(2) / 3))) <= float(found.values.radius[0])
    assert axions.kinetic_inverse(QUINTIC, [1.0])[0, 0] / 2 / 2.5**2 == pytest.approx(2 / 3)


def test_roots_are_correct_to_the_last_digit():
    for square in (Fraction(1, 3), Fraction(10**40 + 1, 7), Fraction(3, 10**50), Fraction(2)):
        with mpmath.workdps(60):
            exact = mpmath.sqrt(mpmath.mpf(square.numerator) / square.denominator)
            assert abs(axions._couplings.root(square) - exact) <= exact * 2.0**-52


def test_tip_in_fractions_in_floats_and_by_another_solver():
    threefold = axions.toric_threefold(*blown_up(P3, 12, seed=4))
    exact, floats = axions.stretched_tip(threefold, Fraction(3, 2)), axions.stretched_tip(threefold, 1.5, solved=0)
    assert all(isinstance(one, Fraction) for one in exact.t)
    curves = threefold.curves.toarray().astype(float)
    point = np.array([float(one) for one in exact.t])
    # Lawson and Hanson, least distance programming: with [C^T; c^T] u nearest to (0, 1), the tip is -r/(r_last).
    weights, _ = nnls(np.vstack([curves.T, np.full(len(curves), 1.5)]), np.append(np.zeros(threefold.axions), 1.0))
    rest = np.vstack([curves.T, np.full(len(curves), 1.5)]) @ weights - np.append(np.zeros(threefold.axions), 1.0)
    assert -rest[:-1] / rest[-1] == pytest.approx(point, rel=1e-6)
    distance = np.linalg.norm(np.asarray(floats.shortest.value, float) - point)
    assert distance <= float(np.max(floats.shortest.radius)) < 1e-2 * np.linalg.norm(point)
    assert min(sum(int(c) * Fraction(x) for c, x in zip(row, floats.t, strict=True)) for row in threefold.curves.toarray()) >= Fraction(
        3, 2
    )


def test_no_pointed_cone_has_no_tip():
    with pytest.raises(NotConverged):
        axions.stretched_tip(axions.Threefold(np.array([[0, 0, 0, 1]]), np.array([[1], [-1]]), np.array([[1]]), "no cone"))


def test_trees_by_cones_are_those_by_rays():
    corners = {(1, 0, 0), (0, 1, 0), (0, 0, 1)}
    trees = FaceTrees(5)
    for seed in range(60):
        rays = set(trees.draw(np.random.default_rng(seed)))
        cones = trees.draw_cones(np.random.default_rng(seed))
        assert set().union(*cones) == rays | corners and len(cones) == 2 * len(rays) + 1


def test_cones_of_faces_are_uniform():
    """17 fans of height 4 by 3,400 draws: chi2 below its quantile at 1e-6."""
    trees, rng = FaceTrees(4), np.random.default_rng(5)
    seen: dict = {}
    for _ in range(3400):
        cones = trees.draw_cones(rng)
        seen[cones] = seen.get(cones, 0) + 1
    assert len(seen) == 17 and sum((count - 200) ** 2 / 200 for count in seen.values()) < chi2.ppf(1 - 1e-6, 16)


def test_blow_ups_of_edges_and_faces():
    base = weak_fano_base(DOMINANT[0])
    rays, cones = blown_up_cones(base, {}, {})
    assert len(rays) == 38 and len(cones) == 72
    edge = base.edges[0]
    rays, cones = blown_up_cones(base, {}, {edge: EdgeTrees(2).draw(np.random.default_rng(1)) or ((1, 1),)})
    assert rays[-1].tolist() == (np.array(base.rays[edge[0]]) + base.rays[edge[1]]).tolist() and len(cones) == 74
    with pytest.raises(InputError, match="trees of blow-ups"):
        blown_up_cones(base, {}, {edge: ((2, 1),)})  # without (1, 1) before it
    with pytest.raises(InputError, match="edges"):
        blown_up_cones(base, {}, {(0, 0): ()})
    with pytest.raises(InputError, match="share"):
        drawn_cones(base, np.random.default_rng(0), share=1.5)
    with pytest.raises(InputError, match="rng"):
        drawn_cones(base, 3)


def test_two_thousand_axions_from_trees():
    threefold = axions.tree_threefold(weak_fano_base(DOMINANT[0]), np.random.default_rng(1), fullest=3)
    assert threefold.axions > 2000 and "fullest of 3" in threefold.label
    tip = axions.stretched_tip(threefold)
    assert float(np.max(tip.shortest.radius)) < 1e-3 * np.linalg.norm(np.asarray(tip.shortest.value))
    found = axions.couplings(threefold, tip.t)
    assert len(found.squares) == threefold.axions + 3 and float(np.min(found.values.value)) > 0.5


def hierarchical(threefold, t, digits):
    """log10 m/eV and |g| M_P of all eigenstates of the full mass matrix, by Jacobi's method in many digits."""
    with mpmath.workdps(digits):
        found = threefold.at(t)
        metric = mpmath.matrix(axions.kinetic_inverse(threefold, t).tolist())
        n = threefold.axions
        lower = mpmath.cholesky(metric)
        mass = mpmath.zeros(n)
        charges = threefold.divisors.toarray()
        for charge, tau in zip(charges, found.divisors, strict=True):
            size = mpmath.mpf(tau.numerator) / tau.denominator
            scale = 8 * mpmath.pi * size * mpmath.exp(-2 * mpmath.pi * size) / mpmath.mpf(float(found.volume)) ** 2
            row = lower.T * mpmath.matrix(charge.tolist())
            mass += 2 * mpmath.pi**2 * scale * (row * row.T)
        values, vectors = mpmath.eigsy(mass)
        order = sorted(range(n), key=lambda k: -values[k])
        masses = [float(mpmath.log10(values[k]) / 2 + mpmath.log10(axions.PLANCK_MASS) + 9) for k in order]
        rows = [lower.T * mpmath.matrix(charge.tolist()) for charge in charges]
        g = [
            [float(abs(mpmath.fdot(row, vectors[:, k])) / mpmath.sqrt(2) / float(tau)) for k in order]
            for row, tau in zip(rows, found.divisors, strict=True)
        ]
    return np.array(masses), np.array(g)


def test_eigenstates_against_the_full_mass_matrix():
    threefold = axions.toric_threefold(*blown_up(P1_CUBED, 3, seed=1))
    t = axions.stretched_tip(threefold).t
    t = [one * (3 + Fraction(place, 7)) for place, one in enumerate(t)]
    found = axions.mass_eigenstates(threefold, t)
    masses, g = hierarchical(threefold, t, 400)
    tau = np.array([float(one) for one in threefold.at(t).divisors])
    gaps = np.abs(np.diff(np.sort(tau[found.order])))
    assert gaps.min() > 0.5  # scales lie a factor 20 apart at the least, so that the leading order is close
    assert np.asarray(found.masses.value) == pytest.approx(masses, abs=0.05)
    values = np.abs(np.asarray(found.couplings.value))
    assert values == pytest.approx(g, abs=0.05 * g.max())
    assert (values**2).sum(axis=1) == pytest.approx([float(one) for one in axions.couplings(threefold, t).squares], rel=1e-9)
    lighter = np.arange(threefold.axions)[None, :] >= found.own[:, None]
    assert not values[lighter].any() and g[lighter].max() < 0.05 * g.max()


def test_the_bound_on_couplings_of_eigenstates():
    """Against the factor of the same Gram matrix in 60 digits: within the bound.

    Sabotage: with the Gram matrix in floats, where its two terms cancel, the same factor leaves its bound.
    """
    threefold = axions.tree_threefold(weak_fano_base(DOMINANT[0]), np.random.default_rng(3), share=0.02)
    t = [one / 3 for one in axions.stretched_tip(threefold).t]
    found = axions.mass_eigenstates(threefold, t)
    gram, tau = exact_gram(threefold, t)
    exact = factored(gram, tau, found.order)
    wrong, bound = np.abs(np.asarray(found.couplings.value) - exact), np.asarray(found.couplings.radius)
    reached = np.arange(threefold.axions)[None, :] < found.own[:, None]
    assert (wrong <= bound + 1e-50).all() and not bound[~reached].any() and bound.max() < 1e-6 * np.abs(exact).max()
    charges = threefold.divisors.toarray().astype(float)
    floats = charges @ axions.kinetic_inverse(threefold, t) @ charges.T
    root = np.sqrt(np.diag(floats))
    exact_root = np.array([float(mpmath.sqrt(one)) for one in gram.diagonal()])
    off = floats / np.outer(root, root) - np.array(gram / np.outer(exact_root, exact_root), float)
    assert np.abs(off).max() > 8 * len(exact_root) * 2.0**-53  # sabotage: more than the bound allows for


def exact_gram(threefold, t):
    """3 Q K^-1 Q and 2 tau_Q in whole numbers, at t times the common denominator, by K^-1 = 4 (tau tau^T - V A)."""
    n, whole = threefold.axions, [Fraction(one) for one in t]
    scale = lcm(*(one.denominator for one in whole))
    whole = np.array([int(one * scale) for one in whole], object)
    matrix = np.zeros((n, n), object)
    for i, j, k, number in threefold.intersections.tolist():
        for a, b, c in set(permutations((i, j, k))):
            matrix[a, b] += number * whole[c]
    double, charges = matrix @ whole, threefold.divisors.toarray().astype(object)
    inverse = 3 * np.outer(double, double) - 2 * int(double @ whole) * matrix
    return charges @ inverse @ charges.T, charges @ double


def factored(gram, tau, order):
    """g_k M_P of all hosts from 3 Q K^-1 Q and 2 tau_Q, by Cholesky and forward substitution in 60 digits."""
    with mpmath.workdps(60):
        lower = mpmath.cholesky(mpmath.matrix([[gram[a, b] for b in order] for a in order]))
        found = np.zeros((len(tau), len(order)))
        for host, size in enumerate(tau):
            row = []
            for k, divisor in enumerate(order):
                row.append((gram[host, divisor] - mpmath.fsum(lower[k, j] * row[j] for j in range(k))) / lower[k, k])
            found[host] = [float(mpmath.sqrt(mpmath.mpf(2) / 3) * one / size) for one in row]
    return found


def test_eigenstates_that_couple_are_counted_with_those_left_open():
    """Three of one host: above, below, and so near to the cut of a hundredth of the norm that the bound leaves it open."""
    sine = 1e-2 * (1 + 1e-6)
    g = np.array([[1.0, 0.5, np.sqrt(1.25) * sine / np.sqrt(1 - sine**2), 0.0], [1.0, 0.0, 2e-2, 0.0]])
    assert coupled(g, np.full((2, 4), 1e-12)).tolist() == [[3, 0], [2, 0]]
    assert coupled(g, np.full((2, 4), 1e-7)).tolist() == [[3, 1], [2, 0]]
    assert coupled(g, np.array([[1e-7, 1e-7, 1e-12, 1e-12], [0, 0, 0, 0]])).tolist() == [[3, 0], [2, 0]]
    assert coupled(g, np.array([[1e-5, 1e-5, 1e-12, 1e-12], [0, 0, 0, 0]])).tolist() == [[3, 1], [2, 0]]  # by the norm alone


@pytest.mark.parametrize("excess", [3, 10])
def test_random_matrices_against_the_inverse_chi_distribution(excess):
    """2,000 matrices: within 4.9 standard errors of the mean; with one more or fewer degrees of freedom it would not be."""
    drawn = axions.wishart_couplings(12, excess, 2000, 3, charge=2.0, tau=30.0)
    error = drawn.std() / np.sqrt(len(drawn))
    exact = float(axions.wishart_mean(12, excess, charge=2.0, tau=30.0).value)
    assert abs(drawn.mean() - exact) < 4.9 * error
    assert abs(drawn.mean() - float(axions.wishart_mean(12, excess + 2, charge=2.0, tau=30.0).value)) > 4.9 * error
    assert axions.wishart_couplings(12, excess, 3, 3, charge=2.0, tau=30.0).tolist() == drawn[:3].tolist()


def test_files(tmp_path):
    threefold = axions.toric_threefold(*blown_up(P3, 3), label="three blow-ups")
    axions.save_threefold(tmp_path / "one.npz", threefold)
    back = axions.load_threefold(tmp_path / "one.npz")
    t = axions.stretched_tip(threefold).t
    assert axions.couplings(back, t).squares == axions.couplings(threefold, t).squares and back.label == threefold.label
    np.savez(tmp_path / "part.npz", curves=np.eye(2, dtype=int))
    for path, said in ((tmp_path / "none.npz", "path"), (tmp_path / "part.npz", "intersections"), (3, "path")):
        with pytest.raises(InputError, match=said):
            axions.load_threefold(path)


def test_fermat_simplices():
    every = axions.fermat_simplices()
    assert len(every) == len(set(every)) == 147 and all(all(sum(w) % one == 0 for one in w) for w in every)
    for weights in every[::7]:
        corners = axions.simplex_vertices(weights)
        assert not (np.array(weights) @ corners).any()
        minors = [abs(round(np.linalg.det(np.delete(corners, i, axis=0).astype(float)))) for i in range(5)]
        assert minors == list(weights)  # the vertices generate the lattice


def test_divisors_of_a_basis_may_have_negative_volumes():
    """The quintic in the basis -H: tau = -5/2 for it, the prime divisor is -(-H), and the coupling is as before."""
    turned = axions.Threefold(np.array([[0, 0, 0, -5]]), np.array([[-1]]), np.array([[-1]]), "quintic")
    assert axions.couplings(turned, [-1]).squares == axions.couplings(QUINTIC, [1]).squares
    assert axions.kinetic_inverse(turned, [-1])[0, 0] == pytest.approx(axions.kinetic_inverse(QUINTIC, [1])[0, 0])
    with pytest.raises(InputError, match="effective"):  # sabotage: the basis divisor taken for a prime one
        axions.couplings(axions.Threefold(np.array([[0, 0, 0, -5]]), np.array([[-1]]), np.array([[1]]), ""), [-1])


BAD = [
    (lambda: axions.Threefold(np.array([[0, 0, 1, 5]]), np.array([[1]]), np.array([[1]]), ""), "intersections"),
    (lambda: axions.Threefold(np.array([[0, 0, 0, 5], [0, 0, 0, 1]]), np.array([[1]]), np.array([[1]]), ""), "every triple once"),
    (lambda: axions.Threefold(np.array([[0, 0, 0, 0.5]]), np.array([[1]]), np.array([[1]]), ""), "intersections"),
    (lambda: axions.Threefold(np.array([[0, 0, 0, 5]]), np.array([[1, 2]]), np.array([[1]]), ""), "curves"),
    (lambda: axions.Threefold(np.array([[0, 0, 0, 5]]), np.array([[1]]), np.array([[0]]), ""), "divisors"),
    (lambda: axions.Threefold(np.array([[0, 0, 0, 5]]), np.array([[0.5]]), np.array([[1]]), ""), "curves"),
    (lambda: axions.couplings(QUINTIC, [-1]), "Kaehler cone"),
    (lambda: axions.couplings(QUINTIC, [1, 2]), "1 finite numbers"),
    (lambda: axions.couplings(QUINTIC, [float("nan")]), "finite"),
    (lambda: axions.couplings("quintic", [1]), "threefold"),
    (lambda: axions.couplings(axions.Threefold(np.array([[0, 0, 0, 5]]), [[1]], [[-1]], ""), [1]), "effective"),
    (lambda: axions.couplings(axions.Threefold(np.array([[0, 0, 0, -5]]), [[1]], [[1]], ""), [1]), "positive volume"),
    (lambda: axions.couplings(axions.Threefold(np.array([[0, 0, 1, 1], [0, 0, 0, 6], [1, 1, 1, 1]]), np.eye(2, dtype=int), [[1, 0]], ""),
                              [Fraction(1, 9), 3]), "positive kinetic"),
    (lambda: axions.stretched_tip(QUINTIC, 0.0), "c = 0"),
    (lambda: axions.stretched_tip(QUINTIC, Fraction(-1)), "c = "),
    (lambda: axions.stretched_tip(QUINTIC, solved=-1), "solved"),
    (lambda: axions.toric_threefold([[1, 0, 0]], [[0, 0, 0]]), "rays"),
    (lambda: axions.toric_threefold(P3[0], P3[1][:3]), "cones"),
    (lambda: axions.toric_threefold([[2, 0, 0], *P3[0][1:]], P3[1]), "determinant"),
    (lambda: axions.toric_threefold(P3[0], [P3[1][0], *P3[1][:3]]), "every wall"),
    (lambda: axions.wishart_mean(3, 0), "square matrices have no mean"),
    (lambda: axions.wishart_couplings(0, 1, 1, 0), "axions"),
    (lambda: axions.wishart_couplings(2, 1, 1, -1), "seed"),
    (lambda: axions.simplex_vertices((2, 2, 2)), "common factor"),
    (lambda: axions.simplex_vertices("1-1"), "weights"),
    (lambda: axions.polytope_threefold([[1, 0, 0, 0]]), "vertices"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BAD)))
def test_refusals(number):
    call, said = BAD[number]
    with pytest.raises(InputError, match=said):
        call()


def test_missing_extras_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "cytools", None)
    monkeypatch.setitem(sys.modules, "clarabel", None)
    with pytest.raises(MissingExtra, match=r"certifield\[toric\].*load_threefold"):
        axions.polytope_threefold(axions.simplex_vertices((1, 1, 1, 1, 1)))
    with pytest.raises(MissingExtra, match=r"certifield\[models\]"):
        axions.stretched_tip(QUINTIC)
