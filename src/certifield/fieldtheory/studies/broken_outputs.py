"""Breaking O(10) of the output before training: mean output weights in k of the ten outputs, on the digits of scikit-learn (ledger S8).

A network of one hidden layer learns one-hot labels by gradient descent on the squared error.  The readout starts from N(mean/N, 1/N) in the
first k outputs and N(0, 1/N) in the others.  Along the labels, which are 0 or 1, all means are positive; across them the signs alternate.
"""

from collections.abc import Iterator
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import optax

from certifield.evidence import Estimate, MissingExtra
from certifield.study import Case, Found, Options, Pieces, Plot, Points, Readings, Section, Study, Task

_DIRECTIONS = ("along the labels", "across the labels")


class Question(Options):
    """Which k, the mean of the output weights in units of 1/N, width, steps of training, and how many networks."""

    broken: tuple[int, ...] = (0, 2, 4, 6, 8, 10)
    mean: float = 2.0
    width: int = 50
    steps: int = 8
    networks: int = 32


def cases(options: Question) -> Iterator[Case]:
    """One for each k and direction; without broken outputs the directions are the same."""
    for k in options.broken:
        for direction in _DIRECTIONS if k else _DIRECTIONS[:1]:
            yield Case(f"k={k}/{direction.split()[0]}", {"k": k, "along": direction == _DIRECTIONS[0]}, direction)


@cache
def _digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pixels and labels for training and testing, every third for testing."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise MissingExtra("this study needs the digits of scikit-learn: pip install 'certifield[data]'") from error
    data, target = map(np.asarray, load_digits(return_X_y=True))
    pixels = (data - data.mean(axis=0)) / 8.0
    test = np.arange(len(pixels)) % 3 == 0
    return pixels[~test], target[~test], pixels[test], target[test]


def piece(task: Task, options: Question) -> dict[str, np.ndarray]:
    """The share of test digits that each trained network names."""
    x, y, x_test, y_test = _digits()
    along, k = task.case.data["along"], task.case.data["k"]
    # Alternating signs are orthogonal to the mean of the one-hot labels.
    direction = np.where(np.arange(10) < k, 1.0, 0.0)
    if not along:
        direction = np.where(np.arange(10) < k, np.where(np.arange(10) % 2, -1.0, 1.0), 0.0)
    shift = options.mean / options.width * jnp.asarray(direction)[None, :]
    targets = jax.nn.one_hot(y, 10)
    descent = optax.sgd(0.05, momentum=0.9)

    def output(params: tuple, at: jax.Array) -> jax.Array:
        first, bias, readout = params
        return jax.nn.relu(at @ first + bias[None, :]) @ readout

    def trained(key: jax.Array) -> jax.Array:
        a, b = jax.random.split(key)
        readout = jax.random.normal(b, (options.width, 10)) / options.width**0.5 + shift
        params = (jax.random.normal(a, (64, options.width)) / 8.0, jnp.zeros((options.width,)), readout)

        def step(carry: tuple, _: None) -> tuple:
            now, state = carry
            slope = jax.grad(lambda p: jnp.mean(jnp.sum((output(p, jnp.asarray(x)) - targets) ** 2, axis=1)))(now)
            change, state = descent.update(slope, state)
            return (optax.apply_updates(now, change), state), None

        (last, _), _ = jax.lax.scan(step, (params, descent.init(params)), None, length=options.steps)
        return jnp.mean((jnp.argmax(output(last, jnp.asarray(x_test)), axis=1) == jnp.asarray(y_test)).astype(float))

    # The same keys for every k: networks differ by the mean of their output weights only.
    keys = jax.random.split(jax.random.key(task.root), options.networks)
    return {"accuracy": np.asarray(jax.jit(lambda every: jax.lax.map(trained, every))(keys))}


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """The mean accuracy over networks; all cases share their networks, so differences are sharp."""
    if 0 in pieces:
        yield "accuracy", Found(_mean(np.asarray(pieces[0]["accuracy"])))


def _mean(accuracy: np.ndarray) -> Estimate:
    count = len(accuracy)
    away = (accuracy - accuracy.mean()) / np.sqrt(count * (count - 1))
    return Estimate(np.asarray(accuracy.mean()), {"networks": away}, count, count, None, "trained networks", "float64")


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """What breaking all ten outputs changes, in either direction."""
    accuracy = _accuracies(readings)
    plain = accuracy.get("k=0/along")
    for direction in _DIRECTIONS:
        broken = accuracy.get(f"k=10/{direction.split()[0]}")
        if plain is not None and broken is not None:
            yield f"accuracy gained {direction}", Found(broken - plain)


def _accuracies(readings: Readings) -> dict[str, Estimate]:
    found = {name: reading["accuracy"].value for name, reading in readings.items() if "accuracy" in reading}
    return {name: value for name, value in found.items() if isinstance(value, Estimate)}


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """Accuracy against k."""
    marks, rows = [], []
    for number, direction in enumerate(_DIRECTIONS):
        cases = [(readings[name].case, value) for name, value in _accuracies(readings).items()]
        kept = [(case.data["k"], value) for case, value in cases if case.group == direction]
        if kept:
            x, mean, error = (np.array(each, dtype=float) for each in zip(*((k, v.mean, v.stderr) for k, v in kept), strict=True))
            marks.append(Points(x, mean, error, ("blue", "orange")[number], ("o", "s")[number], label=direction))
            rows += [(k, direction, v) for k, v in kept]
    yield Section(
        "accuracy",
        "Accuracy against the number of broken outputs",
        f"Means of output weights of {options.mean:g}/N in k of ten outputs, all positive (along the labels, which are 0 or 1) or of "
        f"alternating sign (across); {options.networks} networks, {options.steps} steps of gradient descent. Errors are over networks.",
        plots=[Plot("", "broken outputs k", "share of test digits named", marks, "accuracy against k")] if marks else [],
        columns=("k", "direction", "accuracy"),
        rows=rows,
    )


STUDY = Study(Question, cases, piece, read, conclude=conclude, page=page, unit="trainings", packages=("scikit-learn",))
