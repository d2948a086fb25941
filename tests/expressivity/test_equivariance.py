"""Equivariant functions against definitions, counts of representation theory, and twins that must fail."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.evidence import InputError
from certifield.expressivity import equivariance as eq

KEYS = jax.random.split(jax.random.key(20260), 6)
GROUPS = {"C5": eq.cyclic(5), "D4": eq.dihedral(4), "S4": eq.symmetric(4), "p4": eq.p4(), "p4m": eq.p4(mirrors=True)}


@pytest.mark.parametrize("name", GROUPS)
def test_products_of_a_group_are_associative_with_unit_and_inverses(name):
    table, n = GROUPS[name].table, GROUPS[name].order
    assert n == {"C5": 5, "D4": 8, "S4": 24, "p4": 4, "p4m": 8}[name]
    assert np.array_equal(table[table], table[:, table])  # (ab)c = a(bc)
    assert np.array_equal(table[0], np.arange(n)) and np.array_equal(table[:, 0], np.arange(n))
    assert (table[np.arange(n), GROUPS[name].inverses] == 0).all() and all(len(set(row)) == n for row in table.tolist())


@pytest.mark.parametrize("name", ["p4", "p4m"])
def test_motions_of_the_square_compose_like_the_table(name):
    group, image = GROUPS[name], np.arange(32.0).reshape(2, 4, 4)
    act = eq.image_action(group)
    for g, h in itertools.product(range(group.order), repeat=2):
        assert np.array_equal(act(g, act(h, image)), act(int(group.table[g, h]), image))


def test_actions_on_fields_over_the_group_compose():
    group, field = GROUPS["p4m"], np.arange(2 * 8 * 9.0).reshape(2, 8, 3, 3)
    act = eq.orbit_action(group)
    for g, h in itertools.product(range(8), repeat=2):
        assert np.array_equal(act(g, act(h, field)), act(int(group.table[g, h]), field))


def test_representations_obey_the_group():
    group = eq.dihedral(5)
    turn, c, s = 2 * np.pi / 5, np.cos(2 * np.pi / 5), np.sin(2 * np.pi / 5)
    plane = eq.represent(group, [np.array([[c, -s], [s, c]]), np.diag([1.0, -1.0])], f"plane, turns by {turn:.3f}")
    for rho in (plane, eq.defining(group), eq.regular(group), plane * eq.defining(group), plane + eq.trivial(group, 2), plane.dual):
        products = np.einsum("gij,hjk->ghik", rho.matrices, rho.matrices)
        assert abs(products - rho.matrices[group.table]).max() < 1e-12
    assert eq.equivariant_dimension(plane, plane).value == 1  # Schur
    assert eq.equivariant_dimension(plane, eq.regular(group)).value == 2  # as often as its dimension
    assert eq.equivariant_dimension(plane, eq.trivial(group)).value == 0
    with pytest.raises(InputError, match="obey the relations"):
        eq.represent(group, [np.array([[c, -s], [s, c]]), np.diag([1.0, 1.0])])


def partitions(n, most):
    """Partitions of n things into at most ``most`` blocks, counted by their restricted growth strings."""
    strings = [()]
    for _ in range(n):
        strings = [(*one, k) for one in strings for k in range(min(max(one, default=-1) + 2, most))]
    return len(strings)


@pytest.mark.parametrize(("n", "ranks"), [(4, (1, 1)), (4, (1, 2)), (4, (2, 2)), (3, (2, 2)), (2, (2, 2))])
def test_maps_of_permutations_are_counted_by_partitions(n, ranks):
    """Bell numbers where n is at least the number of indices; fewer partitions below."""
    points = eq.defining(eq.symmetric(n))
    into, out = (points if rank == 1 else points * points for rank in ranks)
    found = eq.equivariant_basis(into, out)
    assert found.dimension == partitions(sum(ranks), n) and found.residual < 1e-13 < 1e-3 < found.gap
    gram = np.einsum("aij,bij->ab", found.basis.conj(), found.basis)
    assert abs(gram - np.eye(found.dimension)).max() < 1e-12


def test_maps_of_the_algebra_are_those_of_the_group():
    """Vectors of SO(3) to 3 x 3 matrices: the antisymmetric one alone; matrices to matrices: trace, antisymmetric, symmetric traceless."""
    generators = np.zeros((3, 3, 3))
    for a, b, c in itertools.permutations(range(3)):
        generators[a, b, c] = -np.linalg.det(np.eye(3)[[a, b, c]])
    tensor = [np.kron(x, np.eye(3)) + np.kron(np.eye(3), x) for x in generators]
    assert eq.equivariant_maps([], zip(generators, tensor, strict=True)).dimension == 1
    by_algebra = eq.equivariant_maps([], zip(tensor, tensor, strict=True))
    rotations = [np.asarray(one * np.linalg.det(one)) for one in eq.random_orthogonal(KEYS[0], 2)]
    by_group = eq.equivariant_maps([(np.kron(r, r), np.kron(r, r)) for r in rotations])
    assert by_algebra.dimension == by_group.dimension == 3
    spans = [found.basis.reshape(3, -1) for found in (by_algebra, by_group)]
    assert abs(spans[0].T @ spans[0] - spans[1].T @ spans[1]).max() < 1e-10  # projectors on the same space


def test_an_equivariant_layer_stays_so_whatever_its_coefficients():
    points = eq.defining(eq.symmetric(4))
    pairs = points * points
    layer = eq.EquivariantLinear(eq.equivariant_basis(pairs, points), key=KEYS[1])
    moved = eqx.tree_at(lambda one: one.coefficients, layer, jnp.arange(5.0))
    x = jax.random.normal(KEYS[2], (16, 16))
    for one in (layer, moved):
        assert eq.examine_equivariance(one, pairs, points, x).worst.error < 1e-13
    layers = jax.vmap(lambda key: eq.EquivariantLinear(layer.maps, key=key).coefficients)(jax.random.split(KEYS[3], 4000))
    squares = np.asarray((layers**2).sum(axis=1))  # tr W^T W, whose mean is the number of outputs
    assert abs(squares.mean() - 4) < 4.9 * squares.std() / 4000**0.5 < 0.3


@pytest.mark.parametrize("mirrors", [False, True])
def test_group_convolutions_are_equivariant_on_every_size_without_stride(mirrors):
    group = eq.p4(mirrors)
    first, second = eq.lifting(group, 2, 3, key=KEYS[0]), eq.group_convolution(group, 3, 2, 5, key=KEYS[1])

    def network(image):
        return second(jnp.tanh(first(image) + 0.3))

    for size in (5, 6):
        x = jax.random.normal(KEYS[2], (4, 2, size, size))
        assert eq.examine_equivariance(network, eq.image_action(group), eq.orbit_action(group), x).worst.error < 1e-12
        mean = eq.examine_equivariance(lambda image: eq.orbit_mean(network(image)), eq.image_action(group), eq.image_action(group), x)
        assert mean.worst.error < 1e-12


def test_a_lifted_convolution_is_the_sum_of_its_definition():
    group, size = eq.p4(mirrors=True), 4
    layer = eq.lifting(group, 1, 1, key=KEYS[3])
    image = np.asarray(jax.random.normal(KEYS[4], (1, size, size)))
    found = np.asarray(layer(image))
    filters, act = np.asarray(layer.weights[0]), eq.image_action(group)
    for g in range(8):
        psi = np.asarray(act(g, filters))[0]
        for i, j in itertools.product(range(size), repeat=2):
            terms = [image[0, i + a, j + b] * psi[1 + a, 1 + b] for a, b in itertools.product((-1, 0, 1), repeat=2)
                     if 0 <= i + a < size and 0 <= j + b < size]  # fmt: skip
            assert found[0, g, i, j] == pytest.approx(sum(terms), abs=1e-13)


def test_filters_have_the_variance_of_their_fan_in_and_the_mean_is_a_mean():
    group = eq.p4(mirrors=True)
    weights = np.asarray(eq.group_convolution(group, 16, 16, 3, key=KEYS[0]).weights)
    assert abs((weights**2).mean() * 16 * 8 * 9 - 1) < 4.9 * (2 / weights.size) ** 0.5
    assert float(abs(eq.orbit_mean(jnp.full((2, 8, 3, 3), 5.0)) - 5).max()) < 1e-12


@pytest.mark.parametrize(("size", "kept"), [(7, True), (8, False), (9, True), (10, False)])
def test_strides_keep_the_symmetry_on_sizes_that_they_fit_alone(size, kept):
    """The twin of even size aliases: the places that are kept are not those of the turned image."""
    group = eq.p4()
    layer = eq.lifting(group, 1, 2, stride=2, key=KEYS[0])
    x = jax.random.normal(KEYS[1], (4, 1, size, size))
    error = eq.examine_equivariance(layer, eq.image_action(group), eq.orbit_action(group), x).worst.error
    assert error < 1e-12 if kept else error > 0.1


def test_a_filter_bank_that_forgets_the_group_index_is_seen():
    """The sabotage of a group convolution: filters turned in space, their index over the group left in place."""
    group = eq.p4()
    right = eq.group_convolution(group, 2, 2, key=KEYS[0])

    def wrong(field):
        bank = jnp.stack([group.move(g, right.weights) for g in range(4)], axis=1).reshape(8, -1, 3, 3)
        return jax.lax.conv_general_dilated(field.reshape(1, -1, 5, 5), bank, (1, 1), [(1, 1)] * 2)[0].reshape(2, 4, 5, 5)

    x = jax.random.normal(KEYS[1], (4, 2, 4, 5, 5))
    act = eq.orbit_action(group)
    assert eq.examine_equivariance(right, act, act, x).worst.error < 1e-12
    assert eq.examine_equivariance(wrong, act, act, x).worst.error > 0.1


def turned(angle):
    return jax.lax.complex(jnp.cos(angle), jnp.sin(angle))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_maps_of_unitary_matrices_commute_with_conjugation(n):
    u, elements = eq.random_unitary(KEYS[0], n, 16), eq.random_unitary(KEYS[1], n, 4)
    drawn = np.asarray(u)
    assert abs(drawn @ drawn.conj().swapaxes(1, 2) - np.eye(n)).max() < 1e-13 and abs(np.linalg.det(drawn) - 1).max() < 1e-13
    h = eq.SpectralMap(key=KEYS[2])
    assert eq.examine_equivariance(h, eq.conjugation, eq.conjugation, u, elements).worst.error < 1e-12
    images = np.asarray(jax.vmap(h)(u))
    assert abs(np.linalg.det(images) - 1).max() < 1e-12 and abs(images - drawn).max() > 1e-3
    phases, vectors = jax.vmap(eq.eigensystem)(u)
    again = (vectors * turned(phases)[:, None, :]) @ vectors.conj().swapaxes(1, 2)
    assert float(abs(again - u).max()) < 1e-13
    # The twin moves each entry by itself.
    assert eq.examine_equivariance(lambda m: m + m * m, eq.conjugation, eq.conjugation, u, elements).worst.error > 0.01


def test_eigenvalues_that_coincide_or_mirror_each_other_are_told_apart():
    """e^(+-i a) have one cosine: a Hermitian part alone would mix their vectors."""
    x = eq.random_unitary(KEYS[0], 4, 1)[0]
    for phases in ([0.7, -0.7, 0.2, -0.2], [0.5, 0.5, -0.5, -0.5], [0.0, 0.0, 0.0, 0.0], [np.pi, np.pi, 0.3, -0.3]):
        u = (x * turned(jnp.array(phases))[None, :]) @ x.conj().T
        angles, vectors = eq.eigensystem(u)
        assert float(abs((vectors * turned(angles)[None, :]) @ vectors.conj().T - u).max()) < 1e-13


def test_an_average_over_the_group_is_equivariant_and_changes_nothing_that_was():
    corners = eq.defining(eq.dihedral(4))
    network = eqx.nn.MLP(4, 4, 8, 1, activation=jnp.tanh, key=KEYS[0])
    x = jax.random.normal(KEYS[1], (32, 4))
    before = eq.examine_equivariance(network, corners, corners, x)
    average = eq.symmetrised(network, corners, corners, corners.group)
    assert before.worst.error > 0.1 and eq.examine_equivariance(average, corners, corners, x).worst.error < 1e-13
    twice = eq.symmetrised(average, corners, corners, corners.group)
    assert float(abs(twice(x[0]) - average(x[0])).max()) < 1e-14


def test_errors_have_the_spread_of_their_inputs_and_a_witness():
    corners = eq.defining(eq.cyclic(4))
    network = eqx.nn.MLP(4, 4, 8, 1, activation=jnp.tanh, key=KEYS[0])
    x = jax.random.normal(KEYS[1], (32, 4))
    found = eq.examine_equivariance(network, corners, corners, x)
    by_hand = np.array([
        [np.linalg.norm(network(corners(g, one)) - corners(g, network(one))) / np.linalg.norm(network(one)) for one in x] for g in range(4)
    ])  # fmt: skip
    assert found.errors.mean == pytest.approx(by_hand.mean(axis=1), abs=1e-12)
    assert found.errors.stderr == pytest.approx(by_hand.std(axis=1, ddof=1) / 32**0.5, abs=1e-12)
    g, where, error = found.worst
    assert error == pytest.approx(by_hand.max()) and np.argmax(by_hand.max(axis=1)) == g and (where == x[np.argmax(by_hand[g])]).all()


def test_spaces_of_the_rotation_group_are_those_of_e3nn():
    """Maps 2x0e + 1o + 2e to 0e + 1o + 1e: 2 of scalars, 1 of vectors, none of pseudovectors; and none of parity mended."""
    pytest.importorskip("e3nn_jax")
    into, out = eq.orthogonal_action("2x0e + 1o + 2e"), eq.orthogonal_action("0e + 1o + 1e")
    elements = eq.random_orthogonal(KEYS[0], 2)
    found = eq.equivariant_maps([(into.matrix(r), out.matrix(r)) for r in elements])
    assert found.dimension == 3 and found.residual < 1e-12
    vector = eq.orthogonal_action("1o")
    assert float(abs(vector.matrix(elements[0]) - elements[0]).max()) < 1e-13
    x = jax.random.normal(KEYS[1], (16, 3))
    cross = jnp.array([0.3, -0.2, 0.9])
    assert eq.examine_equivariance(lambda v: v * (v @ v), vector, vector, x, elements).worst.error < 1e-13
    assert eq.examine_equivariance(lambda v: jnp.cross(v, cross), vector, vector, x, elements).worst.error > 0.1


BAD = {
    "no permutation": lambda: eq.permutation_group([[0, 0, 1]]),
    "lengths": lambda: eq.permutation_group([[1, 0], [0, 1, 2]]),
    "nothing": lambda: eq.permutation_group([]),
    "too large": lambda: eq.permutation_group([[1, 2, 3, 4, 5, 6, 0], [1, 0, 2, 3, 4, 5, 6]]),
    "cyclic(0)": lambda: eq.cyclic(0),
    "dihedral(2)": lambda: eq.dihedral(2),
    "symmetric(9)": lambda: eq.symmetric(9),
    "bool": lambda: eq.cyclic(True),
    "images": lambda: eq.represent(eq.cyclic(3), [np.eye(2), np.eye(2)]),
    "two groups": lambda: eq.defining(eq.cyclic(3)) + eq.defining(eq.cyclic(4)),
    "trivial": lambda: eq.trivial(eq.cyclic(3), 0),
    "no pairs": lambda: eq.equivariant_maps([]),
    "shapes": lambda: eq.equivariant_maps([(np.eye(2), np.ones((2, 3)))]),
    "NaN": lambda: eq.equivariant_maps([(np.eye(2), np.full((2, 2), np.nan))]),
    "no map": lambda: eq.EquivariantLinear(
        eq.equivariant_maps([(np.eye(1), -np.eye(1))]), key=KEYS[0]
    ),
    "even filter": lambda: eq.lifting(eq.p4(), 1, 1, 4, key=KEYS[0]),
    "stride": lambda: eq.lifting(eq.p4(), 1, 1, stride=0, key=KEYS[0]),
    "no planar group": lambda: eq.lifting(eq.cyclic(4), 1, 1, key=KEYS[0]),
    "field": lambda: eq.lifting(eq.p4(), 2, 1, key=KEYS[0])(jnp.zeros((1, 5, 5))),
    "action": lambda: eq.image_action(eq.cyclic(4)),
    "one input": lambda: eq.examine_equivariance(lambda x: x, *[eq.defining(eq.cyclic(3))] * 2, jnp.ones((1, 3))),
    "no elements": lambda: eq.examine_equivariance(lambda x: x, eq.conjugation, eq.conjugation, jnp.ones((4, 2, 2))),
    "shape changes": lambda: eq.examine_equivariance(
        lambda x: x[:2], eq.defining(eq.cyclic(3)), lambda g, y: jnp.zeros(3), jnp.ones((4, 3))
    ),
    "NaN outputs": lambda: eq.examine_equivariance(lambda x: jnp.log(x - 9.0), *[eq.defining(eq.cyclic(3))] * 2, jnp.ones((4, 3))),
    "continuous average": lambda: eq.symmetrised(lambda x: x, eq.conjugation, eq.conjugation, [np.eye(2)]),  # type: ignore[arg-type]
    "width": lambda: eq.SpectralMap(0, key=KEYS[0]),
    "unitary": lambda: eq.random_unitary(KEYS[0], 0, 1),
    "orthogonal": lambda: eq.random_orthogonal(KEYS[0], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_what_is_allowed(name):
    with pytest.raises(InputError, match=r"Mend|mend"):
        BAD[name]()


def test_irreps_that_are_none_are_refused():
    pytest.importorskip("e3nn_jax")
    with pytest.raises(InputError, match="2x0e"):
        eq.orthogonal_action("1q")


def test_unitary_matrices_are_drawn_by_haars_measure():
    """E tr U = 0, E |tr U|^2 = 1, E (tr U)^3 = 1 for SU(3): the invariant tensors of one, two and three fundamental indices."""
    traces = np.trace(np.asarray(eq.random_unitary(KEYS[5], 3, 20_000)), axis1=1, axis2=2)
    for values, mean in ((traces.real, 0), (traces.imag, 0), (abs(traces) ** 2, 1), ((traces**3).real, 1), ((traces**2).real, 0)):
        assert abs(values.mean() - mean) < 4.9 * values.std() / 20_000**0.5
