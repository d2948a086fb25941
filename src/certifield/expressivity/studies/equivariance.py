"""Which networks are equivariant, by how much others are not, and an ensemble that is symmetric though no member is (ledger D9)."""

from collections.abc import Callable, Iterator
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array, Key

from certifield.ensembles import normal, single_layer, uniform
from certifield.evidence import Estimate, Exact
from certifield.expressivity import equivariance as eq
from certifield.fieldtheory import check_symmetry, output_rotations
from certifield.study import Case, Claim, Found, Options, Piece, Pieces, Plot, Points, Readings, Section, Study, Task

BELL = (1, 1, 2, 5, 15, 52, 203)  # partitions of n things: OEIS A000110


class Question(Options):
    """Inputs for every error, steps of training, and draws of the ensemble."""

    inputs: int = 64
    steps: int = 200
    draws: int = 20_000


class Invariant(eqx.Module):
    """Images to a number by two layers of convolutions, a mean over everything, and a linear map of the channels."""

    first: Callable[[Array], Array]
    second: Callable[[Array], Array]
    weights: Array

    def __call__(self, image: Array) -> Array:
        hidden = self.second(jnp.tanh(self.first(image)))
        return jnp.tanh(hidden).reshape(len(hidden), -1).mean(axis=1) @ self.weights


def _planar(name: str, key: Key[Array, ""], channels: int = 4) -> Invariant:
    """Of one kind: "p4", "p4m", or without symmetry "plain", whose filters are those of an ordinary convolution."""
    one, two, three = jax.random.split(key, 3)
    if name == "plain":
        layers = (eqx.nn.Conv2d(1, channels, 3, padding=1, key=one), eqx.nn.Conv2d(channels, channels, 3, padding=1, key=two))
    else:
        group = eq.p4(mirrors=name == "p4m")
        layers = (eq.lifting(group, 1, channels, key=one), eq.group_convolution(group, channels, channels, key=two))
    return Invariant(*layers, jax.random.normal(three, (channels,)))


def _target(images: Array) -> Array:
    """An invariant of p4m that no linear function of the image is: the mean product of neighbours."""
    across, down = images * jnp.roll(images, 1, -1), images * jnp.roll(images, 1, -2)
    return (across + down).mean(axis=(1, 2, 3))


def _trained(network: Invariant, key: Key[Array, ""], steps: int) -> Invariant:
    """After ``steps`` of Adam on fresh images of 7 x 7."""
    rule = optax.adam(1e-2)

    @eqx.filter_jit
    def step(network: Invariant, state: Any, images: Array) -> tuple[Invariant, Any]:
        def loss(model: Invariant) -> Array:
            return jnp.mean((jax.vmap(model)(images) - _target(images)) ** 2)

        updates, state = rule.update(eqx.filter_grad(loss)(network), state)
        return eqx.apply_updates(network, updates), state

    state = rule.init(eqx.filter(network, eqx.is_inexact_array))
    with jax.numpy_dtype_promotion("standard"):  # optimisers multiply floats with the number of the step
        for one in jax.random.split(key, steps):
            network, state = step(network, state, jax.random.normal(one, (32, 1, 7, 7)))
    return network


def cases(options: Question) -> Iterator[Case]:
    """Convolutions with and without symmetry, strides, permutations, SU(N), an average over a group, ensembles."""
    for name in ("p4", "p4m", "plain"):
        yield Case(name, {"network": name}, "networks on images")
    for size in (7, 8, 9, 10):
        yield Case(f"stride-2-size-{size}", {"size": size}, "strides")
    for ranks in ((1, 1), (1, 2), (2, 2)):
        yield Case(f"S5-{ranks[0]}-to-{ranks[1]}", {"points": 5, "ranks": list(ranks)}, "permutations")
    for n in (2, 3, 4):
        yield Case(f"SU{n}", {"n": n}, "unitary matrices")
    yield Case("average", {"corners": 4}, "Reynolds average")
    for law in ("Gaussian", "uniform"):
        yield Case(f"{law}-readout", {"law": law}, "ensembles")


def piece(task: Task, options: Question) -> Piece:
    """Errors [elements] with their error bars, or what else the case is about."""
    data, (one, two, three) = task.case.data, jax.random.split(task.key, 3)
    if "network" in data:
        group, network = eq.p4(mirrors=True), _planar(data["network"], one)
        images = jax.random.normal(two, (options.inputs, 1, 7, 7))
        trained = _trained(network, three, options.steps)
        turns = eq.p4()
        return _errors(start=_invariance(network, group, images), end=_invariance(trained, group, images),
                       turns=_invariance(trained, turns, images))  # fmt: skip
    if "size" in data:
        group = eq.p4(mirrors=True)
        images = jax.random.normal(two, (options.inputs, 1, data["size"], data["size"]))
        layer = eq.lifting(group, 1, 4, stride=2, key=one)
        return _errors(error=eq.examine_equivariance(layer, eq.image_action(group), eq.orbit_action(group), images))
    if "ranks" in data:
        points = eq.defining(eq.symmetric(data["points"]))
        into, out = (points if rank == 1 else points * points for rank in data["ranks"])
        found = eq.equivariant_basis(into, out)
        return {"dimension": eq.equivariant_dimension(into, out).value, "found": found.dimension}
    if "n" in data:
        matrices, elements = eq.random_unitary(one, data["n"], options.inputs), eq.random_unitary(two, data["n"], 8)
        return _errors(error=eq.examine_equivariance(eq.SpectralMap(key=three), eq.conjugation, eq.conjugation, matrices, elements))
    if "corners" in data:
        corners = eq.defining(eq.dihedral(data["corners"]))
        network = eqx.nn.MLP(4, 4, 16, 2, activation=jnp.tanh, key=one)
        inputs = jax.random.normal(two, (options.inputs, 4))
        average = eq.symmetrised(network, corners, corners, corners.group)
        return _errors(before=eq.examine_equivariance(network, corners, corners, inputs),
                       after=eq.examine_equivariance(average, corners, corners, inputs))  # fmt: skip
    readout = normal() if data["law"] == "Gaussian" else uniform(-(3**0.5), 3**0.5)
    ensemble, where = single_layer(jnp.tanh, 1, 1, outputs=2, sigma_b=0.0, readout=readout), jnp.array([[0.3], [0.9]])
    turn = output_rotations(2, 1)[0]
    assert turn.output is not None
    members = ensemble.evaluate(one, where, options.inputs).reshape(options.inputs, -1)
    off = np.linalg.norm(np.asarray(members.reshape(-1, 2, 2) @ turn.output.T - members.reshape(-1, 2, 2)), axis=(1, 2))
    share = off / np.linalg.norm(np.asarray(members), axis=1)
    test = check_symmetry(ensemble, [turn], where, draws=options.draws, seed=task.seed)[0]
    violations = test.violations
    return {"member": np.array([share.mean(), share.std(ddof=1) / len(share) ** 0.5]), "violations": violations.mean,
            "covariance": violations.covariance, "rejected": bool(test.rejected)}  # fmt: skip


def _invariance(network: Invariant, group: eq.PlanarGroup, images: Array) -> eq.Equivariance:
    return eq.examine_equivariance(lambda image: network(image)[None], eq.image_action(group), eq.trivial(group), images)


def _errors(**found: eq.Equivariance) -> Piece:
    """Means and error bars over inputs, element by element: [2, elements]."""
    return {name: np.array([one.errors.mean, one.errors.stderr]) for name, one in found.items()}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """The largest mean error over the elements, dimensions against Bell numbers, the violation of the ensemble against zero."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if "ranks" in case.data:
        yield (
            "dimension",
            Found(Exact(held["dimension"], "characters"), Exact(BELL[sum(case.data["ranks"])], "Bell number", "OEIS A000110")),
        )
        yield "basis", Found(Exact(held["found"], "null space"), Exact(held["dimension"], "characters"))
    elif "law" in case.data:
        mean, stderr = np.asarray(held["member"]).tolist()
        yield "member", Found(Estimate.from_stderr(mean, stderr, source=f"{case.name} members", method="mean over members"))
        law = Estimate.from_stderr(held["violations"], held["covariance"], source=case.name, method="correlators", bias="unknown")
        yield "correlators", Found(law, Exact(np.zeros(law.shape), "symmetry")) if case.data["law"] == "Gaussian" else Found(law)
        yield "rejected", Found(Exact(held["rejected"], "corrected p-value below 1e-6"))
    else:
        for name, rows in held.items():
            mean, stderr = np.asarray(rows)
            largest = int(np.argmax(mean))
            yield name, Found(Estimate.from_stderr(mean[largest], stderr[largest], source=f"{case.name} {name}", method="mean over inputs"))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Errors element by element, and a table of all."""
    marks, rows = [], []
    shown = {"p4": ("end", "blue", "o"), "p4m": ("end", "green", "s"), "plain": ("end", "orange", "^")}
    for name, (when, colour, marker) in shown.items():
        reading = readings.get(name)
        if reading is not None and 0 in reading.pieces:
            mean, stderr = np.asarray(reading.pieces[0][when])
            at = np.arange(len(mean)) + 0.12 * (list(shown).index(name) - 1)
            known = mean > 0
            marks.append(Points(at[known], mean[known], stderr[known], colour, marker, label=f"{name}, trained"))
    for name, reading in readings.items():
        for key, found in reading.items():
            value = found.value
            if isinstance(value, Estimate) and not value.shape:
                rows.append((name, key, f"{float(value.mean):.2e}", f"{float(value.stderr):.1e}"))
    plots = [Plot("invariance of trained networks on images", "element of p4m: 0 is the unit", "relative error", marks,
                  "errors at rounding level for p4m, at order one for a plain network", y_log=True)] if marks else []  # fmt: skip
    yield Section(
        "errors",
        "How equivariant",
        "The relative change of the output when the input is turned or mirrored, where the output should stay. Networks of p4 keep quarter "
        "turns, before and after training, to rounding; reflections change them, unless the group has them (p4m). An ordinary network has "
        "neither. A stride of two keeps the symmetry on images of odd size alone: on even ones the places that are kept are not those of "
        "the turned image. An average over the group makes any function equivariant.",
        plots=plots,
        columns=("case", "what", "mean error", "error bar"),
        rows=rows,
        caption="Means over random inputs; exact zeros, as for the unit, are not drawn.",
    )


CLAIMS = (
    Claim("DY-26", "PHENO 2021 (2.30)", "A network can be built such that f(g x) = rho(g) f(x); it is invariant where rho is trivial.",
          ours="p4/turns", printed=Exact(1e-12), relation="<",
          note="Quarter turns hold to rounding before and after training, reflections only with p4m; likewise SU(2) to SU(4) by "
        "conjugation; equivariant maps of S_5 are counted by Bell numbers."),
    Claim("DY-26b", "PHENO 2021 (2.30)", "Equivariant convolutions stay equivariant when they are strided.",
          ours="stride-2-size-8/error", printed=Exact(1e-12), correction=Exact(1e-2), relation="<",
          note="Only where the stride divides the size less one: at size 9 the error is that of rounding, at size 8 of order one."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, claims=CLAIMS, page=page, unit="examinations")
