"""The game of sextics and formulas by genetic programming: against closed forms, adaptive quadrature and plain Python; refusals."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from certifield.cosmology.inflation import (
    OPERATIONS,
    PRESETS,
    Formula,
    FormulaGenome,
    Lowered,
    Polynomial,
    Scaled,
    SexticGame,
    SexticGenome,
    cosmologies,
    cosmologies_of,
    reflected,
    slow_roll,
)
from certifield.evidence import InputError
from certifield.search import Reward, as_gymnasium


def formula(operations, leaves):
    """Of names of operations, and leaves: a number, or a text of one that multiplies phi."""
    places = [next(place for place, one in enumerate(OPERATIONS) if one.text == name) for name in operations]
    varies = np.array([isinstance(leaf, str) for leaf in leaves])
    return Formula(np.array(places), varies, np.array([float(leaf) for leaf in leaves]))


seen = jax.jit(lambda tree: cosmologies_of(tree, 55.0, 40.0))
RATE = np.sqrt(2 / 3)
STAROBINSKY = formula(("{a}^2", "1 - exp(-{a})", "{a}"), (str(RATE), 1.0, 1.0, 1.0))
QUADRATIC = formula(("{a}^2", "{a}", "{a}"), ("0.3", 1.0, 1.0, 1.0))
NATURAL = formula(("1 - cos({a})", "{a}", "{a}"), ("0.15", 1.0, 1.0, 1.0))


def plain(one, phi, node=0):
    """The tree by recursion, in Python's floats."""
    inner = len(one.operations)
    if node >= inner:
        return one.constants[node - inner] * (phi if one.variable[node - inner] else 1.0)
    a, b = plain(one, phi, 2 * node + 1), plain(one, phi, 2 * node + 2)
    return {
        "{a} + {b}": lambda: a + b, "{a} - {b}": lambda: a - b, "{a} {b}": lambda: a * b, "{a}": lambda: a, "{a}^2": lambda: a**2,
        "1 - cos({a})": lambda: 1 - np.cos(a), "exp(-{a})": lambda: np.exp(-np.clip(a, -50, 50)),
        "1 - exp(-{a})": lambda: 1 - np.exp(-np.clip(a, -50, 50)),
    }[OPERATIONS[one.operations[node]].text]()  # fmt: skip


def read_back(text, phi):
    """The text of a formula as Python."""
    spaced = text.replace(" phi", " * phi").replace("^", "**").replace(") (", ") * (")
    words = spaced.split(" ")
    told = words[0]
    for before, word in itertools.pairwise(words):
        told += f" {word}" if {before, word} & {"+", "-", "*"} else f" * {word}"
    return eval(told, {"phi": phi, "exp": np.exp, "cos": np.cos})


def test_formulas_against_recursion_and_their_own_text():
    genome, rng = FormulaGenome(), np.random.default_rng(5)
    every = jax.tree.map(np.asarray, jax.jit(jax.vmap(genome.decode))(jnp.asarray(rng.integers(0, 2, (300, genome.bits)), jnp.uint8)))
    values = np.asarray(jax.jit(jax.vmap(lambda one: one(jnp.float64(1.3))))(jax.tree.map(jnp.asarray, every)))
    rows = [jax.tree.map(lambda part, row=row: part[row], every) for row in range(300)]
    exact = np.array([plain(one, 1.3) for one in rows])
    assert np.allclose(values, exact, rtol=1e-12, atol=1e-13)
    for one, value in zip(rows[:80], exact, strict=False):
        told = read_back(one.text, 1.3)
        assert told == pytest.approx(value, rel=0.05, abs=5e-3), one.text  # its constants have four digits
    assert not np.allclose([plain(one, 1.3, 1) for one in rows], exact)  # sabotage: another root of the tree


def test_texts_and_forms():
    assert STAROBINSKY.text == "(1 - exp(-0.8165 phi))^2" and STAROBINSKY.form == "(1 - exp(-c phi))^2"
    assert NATURAL.text == "1 - cos(0.15 phi)"
    sums = [formula(("{a} + {b}", "{a}", "{a}^2"), (leaf, 1.0, other, 1.0)) for leaf, other in (("0.5", "0.2"), ("-0.1", "0.7"))]
    assert [one.text for one in sums] == ["0.5 phi + (0.2 phi)^2", "(-0.1 phi) + (0.7 phi)^2"] and sums[0].form == sums[1].form
    turned = formula(("{a} + {b}", "{a}^2", "{a}"), ("0.2", 1.0, "0.5", 1.0))
    assert turned.form == sums[0].form and turned.text != sums[0].text  # terms in alphabetical order
    assert formula(("{a} - {b}", "{a} + {b}", "{a} - {b}"), ("0.5", 2.0, 3.0, 4.0)).text == "0.5 phi + 2 - (-1)"
    assert formula(("{a} {b}", "{a} + {b}", "{a} {b}"), ("1", "2", 3.0, 4.0)).form == "(c phi + c phi) c"


def test_the_order_of_bits_is_that_of_the_tree():
    """A cut of the string hands on whole parts to its right: parts are in the order top, left, right."""
    genome = FormulaGenome(depth=2)
    assert genome.places == (0, 1, 3, 4, 2, 5, 6) and genome.bits == 3 * 3 + 4 * 7
    bits = np.zeros(genome.bits, np.uint8)
    bits[2] = 1  # the operation of the top: 1
    bits[3:6] = [1, 0, 0]  # then of its left: 4
    bits[6:13] = [1, 1, 0, 0, 0, 0, 0]  # its first leaf: phi times minus the smallest constant
    found = genome.decode(jnp.asarray(bits))
    assert found.operations.tolist() == [1, 4, 0] and found.variable.tolist() == [True, False, False, False]
    smallest = 10 ** (-2 + 2 / 64)
    assert found.constants.tolist() == pytest.approx([-smallest, smallest, smallest, smallest])


@pytest.mark.parametrize(("one", "limit"), [(STAROBINSKY, 40.0), (QUADRATIC, 40.0), (NATURAL, np.pi / 0.15)])
def test_slow_roll_of_formulas_against_adaptive_quadrature(one, limit):
    """The side that inflates, to what the fast route promises; sabotage: on the other side, or of another constant, it is not that."""
    found = jax.tree.map(np.asarray, seen(jax.tree.map(jnp.asarray, one)))
    exact = slow_roll(one, 0.0, limit)
    (side,) = [k for k in range(4) if found.minimum[k] and found.efolds[k] >= 55 and abs(found.end[k] - exact.end.mean) < 1e-6]
    assert found.tilt[side] == pytest.approx(float(exact.tilt.mean), abs=1e-3 * (1 - float(exact.tilt.mean)))
    assert found.ratio[side] == pytest.approx(float(exact.ratio.mean), rel=2e-3)
    assert found.amplitude[side] == pytest.approx(float(exact.amplitude.mean), rel=2e-3)
    assert abs(found.ratio[side] / float(slow_roll(one, 0.0, limit, efolds=60.0).ratio.mean) - 1) > 0.05


def test_formulas_and_polynomials_judge_alike():
    """(0.3 phi)^2 - 0.4 phi as a tree, and as its coefficients: the same cosmologies on both routes."""
    tree = formula(("{a} - {b}", "{a}^2", "{a}"), ("0.3", 1.0, "0.4", 1.0))
    one, other = (
        jax.tree.map(np.asarray, held)
        for held in (seen(jax.tree.map(jnp.asarray, tree)), jax.jit(lambda c: cosmologies(c, 55.0, 40.0))(jnp.array([0.0, -0.4, 0.09])))
    )
    pairs = [sorted(zip(held.end[held.minimum], held.efolds[held.minimum], held.tilt[held.minimum], strict=True)) for held in (one, other)]
    assert len(pairs[0]) == len(pairs[1]) == 2 and np.allclose(pairs[0], pairs[1], rtol=1e-9)


def test_lowered_potentials():
    raised = Polynomial(jnp.array([3.0, 0.0, 2.0]))
    assert float(Lowered(raised, jnp.asarray(3.0))(jnp.asarray(2.0))) == 8.0
    assert float(Scaled(Lowered(raised, jnp.asarray(3.0)), jnp.asarray(0.5))(jnp.asarray(2.0))) == 4.0


def string(genome, one):
    """The bits of a formula whose constants are on the grid of the genome."""
    inner, bits = len(one.operations), []
    for node in genome.places:
        if node < inner:
            bits += [int(digit) for digit in f"{one.operations[node]:03b}"]
        else:
            leaf = node - inner
            size = genome.magnitude.encode(np.log10(np.abs(one.constants[leaf])))
            bits += [int(one.variable[leaf]), int(one.constants[leaf] < 0), *size.tolist()]
    return jnp.asarray(np.array(bits, np.uint8))


def test_fitness_of_formulas():
    """0 and viable for Starobinsky's potential nearly, graded for others; constants and double exponentials are no NaN, and not viable."""
    genome = FormulaGenome(depth=2)
    judge = jax.jit(genome.judge)
    chosen = {
        "viable": STAROBINSKY,
        "ratio": QUADRATIC,
        "flat": formula(("{a} - {b}", "{a}", "{a}"), ("0.5", 1.0, "0.5", 1.0)),
        "steep": formula(("exp(-{a})", "exp(-{a})", "{a}"), ("-0.9", 0.9, 0.9, 0.9)),
    }  # fmt: skip
    found = {name: judge(string(genome, jax.tree.map(lambda part: np.minimum(part, 0.99) if part.dtype == float else part, one)))
             for name, one in chosen.items()}  # fmt: skip
    assert float(found["viable"][0]) == 0 and [bool(viable) for _, viable in found.values()] == [True, False, False, False]
    assert -1 < float(found["ratio"][0]) < 0 and all(-5 <= float(found[name][0]) <= -3 for name in ("flat", "steep"))


def test_bad_formulas_are_refused():
    bad = [
        lambda: FormulaGenome(depth=0),
        lambda: FormulaGenome(depth=5),
        lambda: FormulaGenome(depth=True),
        lambda: FormulaGenome(constants=(1.0, 0.1)),
        lambda: FormulaGenome(constants=(0.0, 0.1)),
        lambda: FormulaGenome(constants=0.1),
        lambda: FormulaGenome(reach=-1.0),
        lambda: FormulaGenome(bits_each=0),
        lambda: FormulaGenome("planck"),
        lambda: Formula(np.array([0, 1]), np.array([True, False]), np.array([1.0, 2.0])),
        lambda: Formula(np.array([9]), np.array([True, False]), np.array([1.0, 2.0])),
        lambda: SexticGame("sextic"),
        lambda: SexticGame(SexticGenome(), reward=1.0),
        lambda: SexticGame(SexticGenome(), strides=(64,)),
        lambda: SexticGame(SexticGenome(), strides=()),
        lambda: SexticGame(SexticGenome(), strides=1),
        lambda: SexticGame(SexticGenome(), pool=0),
        lambda: SexticGame(SexticGenome(bits_each=13)),
        lambda: SexticGame(SexticGenome(), seed=-1),
    ]
    for call in bad:
        with pytest.raises(InputError):
            call()
    with jax.enable_x64(False), pytest.raises(InputError, match="64"):
        SexticGame(SexticGenome())


@pytest.fixture(scope="module")
def game():
    return SexticGame(SexticGenome(), pool=256)


@pytest.fixture(scope="module")
def step(game):
    return jax.jit(lambda key, state, action: game.step(key, state, action))


def test_the_game_moves_one_coefficient_and_judges_it(game, step):
    """Against the genome, by the same potential as a string; the reward by hand."""
    judge = jax.jit(game.genome.judge)
    state, rng = game.reset(jax.random.key(3)), np.random.default_rng(0)
    assert not np.asarray(game.pool.viable).any() and len(game.choices) == 24
    for _ in range(12):
        legal = np.asarray(game.legal(state))
        action = int(rng.choice(np.flatnonzero(legal)))
        name = game.choices[action]
        move = step(jax.random.key(0), state, jnp.int32(action))
        change = np.asarray(move.state.bins) - np.asarray(state.bins)
        stride = int(name[1]) * (1 if name[0] == "+" else -1)
        assert change.tolist() == [stride if n == int(name[3]) else 0 for n in range(1, 7)]
        assert game.reached(np.asarray(game.observe(state))[None], np.array([action]))[0].tolist() == move.state.bins.tolist()
        bits = ((np.asarray(move.state.bins)[:, None] >> np.arange(5, -1, -1)) & 1).astype(np.uint8).ravel()
        fitness, viable = judge(jnp.asarray(bits))
        assert float(move.state.fitness) == pytest.approx(float(fitness), abs=1e-6) and bool(move.won) == bool(viable)
        gain = float(move.state.fitness) - float(state.fitness)
        assert float(move.reward) == pytest.approx(10 * gain - 0.05 + 10 * bool(viable), abs=1e-4)
        if bool(move.won):
            assert not np.asarray(game.legal(move.state)).any() and float(game.cost(move.state)) == 0
            break
        state = move.state
    edge = state._replace(bins=jnp.array([0, 63, 7, 56, 30, 30], jnp.int32), viable=jnp.asarray(False))
    allowed = {name for name, good in zip(game.choices, np.asarray(game.legal(edge)), strict=True) if good}
    assert {"-1c1", "-8c1", "+1c2", "+8c2", "-8c3", "+8c4"}.isdisjoint(allowed) and len(allowed) == 18
    outside = step(jax.random.key(0), edge, jnp.int32(game.choices.index("-1c1")))
    assert outside.state.bins.tolist() == edge.bins.tolist()


def test_the_game_in_gymnasium_has_the_same_trajectory(game, step):
    pytest.importorskip("gymnasium")
    wrapped, observe = (
        as_gymnasium(game, patience=6),
        jax.jit(lambda state: game.observe(state)),
    )  # operation by operation the last digit may be another
    observation, info = wrapped.reset(seed=4)
    state, rng = jax.tree.map(jnp.asarray, info["state"]), np.random.default_rng(1)
    for _ in range(5):
        action = int(rng.choice(np.flatnonzero(info["action_mask"])))
        move = step(jax.random.key(9), state, jnp.int32(action))
        observation, reward, over, cut, info = wrapped.step(action)
        assert np.array_equal(observation, np.asarray(observe(move.state))) and reward == float(move.reward)
        state = move.state
        if over or cut:
            break


def test_mirror_images_are_one_model():
    rng = np.random.default_rng(0)
    bins = rng.integers(0, 64, (200, 6))
    mirror = bins.copy()
    mirror[:, [0, 2, 4]] = 63 - mirror[:, [0, 2, 4]]
    assert np.array_equal(reflected(bins, 64), reflected(mirror, 64)) and np.array_equal(reflected(bins, 64), [min(a, b) for a, b in zip(
        bins.tolist(), mirror.tolist(), strict=True)])  # fmt: skip
    genome = SexticGenome()
    both = [jnp.asarray(((rows[:6, :, None] >> np.arange(5, -1, -1)) & 1).reshape(6, 36), jnp.uint8) for rows in (bins, mirror)]
    first, second = (np.asarray(jax.jit(jax.vmap(genome.judge))(one)[0]) for one in both)
    assert np.allclose(first, second, atol=1e-6)
    other = bins.copy()
    other[:, 1] = 63 - other[:, 1]  # sabotage: an even coefficient turned
    assert not np.array_equal(reflected(bins, 64), reflected(other, 64))


def test_rewards_by_hand():
    def earned(reward, gain, inside=True, won=False):
        return float(reward.earned(jnp.float32(gain), jnp.asarray(inside), jnp.asarray(won)))

    published = Reward()
    assert earned(published, 0.5) == pytest.approx(0.5**1.2 - 1) and earned(published, -0.5) == pytest.approx(-3)
    assert earned(published, 0.0, inside=False) == pytest.approx(-5) and earned(published, 1.0, won=True) == pytest.approx(10)
    losing = Reward(scale=10.0, power=1.0, offset=None, step=-0.05)
    assert earned(losing, -0.5) == pytest.approx(-5.05) and earned(losing, 0.0) == pytest.approx(-0.05)


def test_presets_are_what_formulas_are_judged_by():
    assert FormulaGenome().observed is PRESETS["planck2018"] and FormulaGenome(PRESETS["bk18"]).observed.ratio == 0.036
