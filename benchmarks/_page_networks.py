"""The page about benchmarks: networks and neurons."""

from typing import Any

from _page_tables import bracket, machine, show, table

SPEED = """
## Networks per second

Erf-nets of width N with one input, at six points, {machine}.
*Draw and evaluate* gives the outputs of every network, each drawn from a key of its own.
*Four-point functions* adds the 126 Wick-ordered four-point functions: for NumPy their means alone, for Certifield what their errors and
the guard against heavy tails need, too.
The *loop* builds one Python object a network and appends its outputs to an array by concatenation, in the style of the code published with
arXiv:2008.08601; each append copies all outputs so far, so its speed falls with the number of networks wanted.
"""

NEURONS = """
## Single neurons against whole networks

Time to equal error on the connected four-point function of four points: networks with Wick-ordered estimator, against single neurons,
whose cumulant times 1/N is that of the network.
*Fewer draws* is the ratio of the numbers of draws at equal error, *less time* that of the seconds.
"""

SCALING = """
## Scaling

"""


KERNELS = """
## Kernels at infinite width

The kernel of a ReLU network of depth {depth} at {points} points in float64, {machine}: `cf.kernels.nngp`, which computes one half in blocks
and bounds the error of every entry, against a plain compiled recursion on the whole matrix; the largest difference is {apart:.0e}.
"""


def kernels(record: dict[str, Any]) -> str:
    """Seconds of both, and their ratio."""
    row, lines = record["measurements"][0], []
    for each in record["measurements"]:
        ours = next(iter(each["seconds"]))
        lines += [
            [name if each is row or name == ours else f"{name}, {ours}", show(seconds["median"])]
            for name, seconds in each["seconds"].items()
        ]
        lines.append([f"plain recursion over {ours}", bracket(each["plain_over_ours"])])
    text = KERNELS.format(machine=machine(record), depth=row["depth"], points=row["points"], apart=row["largest_difference"])
    return text + "\n" + table(["", "processor seconds"], lines)


EMPIRICAL = """
## Tangent kernels of modules

`cf.training.empirical_ntk` by its three exact methods in float64, {machine}, with the radius of every entry; seconds of the processor.
The method that the cost model chooses is marked; the last column is its time over that of the best, at most {worst:.2f}.
"""


def empirical_kernels(record: dict[str, Any]) -> str:
    """Seconds of all methods, with the choice marked."""
    rows, lines = record["measurements"], []
    for row in rows:
        seconds = [f"**{show(one['median'])}**" if name == row["chosen"] else show(one["median"]) for name, one in row["seconds"].items()]
        sizes = [str(row[each]) for each in ("points", "outputs", "parameters")]
        lines.append([row["name"], *sizes, row["output"], *seconds, f"{row['over_best']:.2f}"])
    text = EMPIRICAL.format(machine=machine(record), worst=max(row["over_best"] for row in rows))
    return text + "\n" + table(["", "n", "O", "P", "output", *(f"{name}, s" for name in rows[0]["seconds"]), "choice over best"], lines)


TRAINING = """
## Training

Erf networks with {steps} steps of gradient descent in single precision, {networks} of width {width}, {machine}: `Training.train`, which
keeps what is trained at once in the cache and returns the start and the motion too, against one plain `vmap`; seconds of the processor.
Their means agree, the largest difference is {pull:.1f} standard errors.
"""

TILES = """
### Kernels in tiles

The largest resident set of a fresh process that computes {tiles} of the {of} tiles of {tile} x {tile} of the kernel of {points} points,
which takes {whole:.3g} GB as a whole.
"""

EQUINTK = """
### Beside equintk

[equintk](https://github.com/stilxam/equintk) computes kernels of modules of Equinox, summed over outputs, from whole Jacobians.
It is not on the package index, and its package cannot be imported: `equintk/__init__.py` asks for a module `variational` that the
repository does not hold (commit 51cf344, with Python 3.12 as it requires).
Its file `ntk.py` runs by itself, and here it does, in 64 bit; ours returns a bound on the error of every entry, too.
"""


def training(record: dict[str, Any]) -> str:
    """Ensembles, tiles, and the other library."""
    ensembles, memory, other = record["measurements"]
    lines = [[name, show(one["median"])] for name, one in ensembles["seconds"].items()]
    lines.append(["plain vmap over certifield", bracket(ensembles["plain_over_ours"])])
    sizes = {name: ensembles[name] for name in ("steps", "networks", "width")}
    text = (
        TRAINING.format(machine=machine(record), pull=ensembles["largest_pull"], **sizes) + "\n" + table(["", "processor seconds"], lines)
    )
    tiles = {name: memory[name] for name in ("tiles", "of", "tile", "points")}
    text += TILES.format(whole=8e-9 * memory["points"] ** 2, **tiles) + "\n"
    text += table(["kernel", "peak memory of the process"], [[f"`{row['kernel']}`", f"{row['peak']:.0f} MiB"] for row in memory["rows"]])
    lines = [
        [row["name"], str(row["points"]), str(row["outputs"]), *(show(one["median"]) for one in row["seconds"].values()),
         bracket(row["equintk_over_ours"])] for row in other["rows"]
    ]  # fmt: skip
    head = ["", "n", "O", *(f"{name}, s" for name in other["rows"][0]["seconds"]), "equintk over certifield"]
    return text + EQUINTK + "\n" + table(head, lines)


SPLINES = """
## Kolmogorov-Arnold networks

The mean square of [{shape}] over {batch} points and its gradient in all parameters, cubic splines on five intervals, in single precision,
one thread, {machine}, torch {torch}, pykan {pykan}, jaxkan {jaxkan}, and efficient-kan in its published form; seconds of the processor.
The first layer of jaxkan's model, read by `from_jaxkan`, differs from jaxkan's own by {apart:.0e}.
"""

DESCENTS = """
One step of a descent over {parameters} parameters of a perceptron, {batch} points, in microseconds of the processor: the update alone,
and with the gradient, which every optimiser needs.
"""


def kolmogorov_arnold(record: dict[str, Any]) -> str:
    """Milliseconds and ratios; microseconds of a step and ratios to Adam."""
    splines, steps = record["measurements"]
    lines = [
        [name, show(1e3 * one["median"]), bracket(splines["over"][name]) if name in splines["over"] else ""]
        for name, one in splines["seconds"].items()
    ]
    sizes = {"shape": ", ".join(map(str, splines["shape"])), "batch": splines["batch"], "apart": splines["apart"]}
    text = SPLINES.format(machine=machine(record), **sizes, **splines["peers"]) + "\n" + table(["", "ms", "over certifield"], lines)
    kinds, count = list(steps["seconds"]), steps["steps"]
    rows = [
        [
            f"`{name}`",
            *(
                cell
                for kind in kinds
                for cell in (show(1e6 * steps["seconds"][kind][name]["median"] / count), bracket(steps["over_adam"][kind][name]))
            ),
        ]
        for name in steps["seconds"][kinds[0]]
    ]
    head = ["", *(cell for kind in kinds for cell in (kind, "over Adam"))]
    return text + DESCENTS.format(parameters=steps["parameters"], batch=steps["batch"]) + "\n" + table(head, rows)


def speed(record: dict[str, Any]) -> str:
    """Rates, and ratios to the other programs."""
    rows = record["measurements"]
    rates, ratios = [row["networks_per_second"] for row in rows], [row["certifield_over"] for row in rows]
    head = ["", *(f"N = {row['width']}" for row in rows)]
    lines = [
        ["draw and evaluate, networks/s", *(show(rate["certifield"]["median"]) for rate in rates)],
        *([f"times faster than {name}", *(bracket(ratio[name]) for ratio in ratios)] for name in ("jax", "numpy")),
        *([f"times faster than the {name}", *(bracket(ratio[name]) for ratio in ratios)] for name in ratios[0] if name.startswith("loop")),
        ["four-point functions, networks/s", *(show(rate["certifield, moments"]["median"]) for rate in rates)],
        ["times faster than numpy", *(bracket(ratio["numpy, moments"]) for ratio in ratios)],
    ]
    return SPEED.format(machine=machine(record)) + "\n" + table(head, lines)


def neurons(record: dict[str, Any]) -> str:
    """The gain of the neuron-level estimator."""
    lines = []
    for row in record["measurements"]:
        gain = row["time_to_equal_error_ratio"]
        lines.append(
            [row["system"], str(row["width"]), show(row["fewer_draws"]), f"{show(gain['median'])} ± {100 * gain['relative_error']:.0f} %"]
        )
    return NEURONS + "\n" + table(["net", "N", "fewer draws", "less time"], lines)


def scaling(record: dict[str, Any]) -> str:
    """Times against sizes, and peak memory."""
    *times, memory = record["measurements"]
    lines = [
        [
            f"{case['against']} ({case['rows'][0]['method']})",
            ", ".join(str(row[case["against"]]) for row in case["rows"]),
            ", ".join(show(1e6 * row["seconds_per_draw"]["median"]) for row in case["rows"]),
        ]
        for case in times
    ]
    peaks = {}
    for row in memory["rows"]:
        peaks.setdefault(row["method"], []).append(row)
    lines_of_memory = [
        [method, *(f"{row['peak']:.0f} MiB" for row in rows)] for method, rows in peaks.items()
    ]  # the process as a whole, of which JAX is most
    head = ["peak memory of the process", *(f"{row['draws']} draws" for row in next(iter(peaks.values())))]
    return SCALING + table(["against", "sizes", "microseconds per draw"], lines) + "\n" + table(head, lines_of_memory)
