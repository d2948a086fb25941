"""Kolmogorov-Arnold networks: forward and backward beside pykan, efficient-kan and jaxkan; what a step of descent costs beside Adam.

One mean square and its gradient in all parameters, of [16, 64, 64, 1] with five intervals of cubic splines, a batch of 1024, in single
precision.  Descents: one update of a perceptron's parameters by our transformations and by Optax's Adam, alone and with the gradient.
Seconds of the processor, one thread.

The peers need torch, pykan and jaxkan, in an environment of their own that has Certifield, too; efficient-kan is not on the package index:
give its file ``src/efficient_kan/kan.py`` with ``--efficient-kan``.  Without it only our own programs are timed.
"""

import argparse
import importlib.metadata
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from _timing import options, race, spread, write

import certifield as cf


def ours(network: Any, x: np.ndarray) -> Callable[[int], Any]:
    """Value and gradient of the mean square."""
    params, rest = cf.expressivity.kolmogorov_arnold.trained_part(network)
    program = jax.jit(jax.value_and_grad(lambda params, x: jnp.mean(eqx.combine(params, rest)(x) ** 2)))
    at = jnp.asarray(x)
    return lambda turn: jax.block_until_ready(program(params, at + 1e-7 * turn))


def jaxkan(model: Any, x: np.ndarray) -> Callable[[int], Any]:
    """The same by a model of jaxkan, compiled."""
    from flax import nnx

    graph, params, rest = nnx.split(model, nnx.Param, ...)
    program = jax.jit(jax.value_and_grad(lambda params, x: jnp.mean(nnx.merge(graph, params, rest)(x) ** 2)))
    at = jnp.asarray(x)
    return lambda turn: jax.block_until_ready(program(params, at + 1e-7 * turn))


def torch_model(model: Any, x: np.ndarray) -> Callable[[int], Any]:
    """The same by a module of torch."""
    import torch

    at = torch.from_numpy(x)

    def step(turn: int) -> Any:
        model.zero_grad()
        loss = (model(at + 1e-7 * turn) ** 2).mean()
        loss.backward()
        return loss

    return step


def networks(shape: list[int], batch: int, repeats: int, file: Path | None) -> dict[str, Any]:
    """The race, and ours over each peer; the first layers of jaxkan's model and of ours made from it, compared."""
    ka = cf.expressivity.kolmogorov_arnold
    x = np.random.default_rng(0).uniform(-1, 1, (batch, shape[0])).astype(np.float32)
    programs = {"certifield": ours(ka.kan(shape, intervals=5, key=jax.random.key(0)), x)}
    apart, versions = None, {}
    if file is not None:
        import torch
        from jaxkan.models.KAN import KAN as JaxKAN
        from kan import KAN

        torch.set_num_threads(1)
        spec = importlib.util.spec_from_file_location("efficient_kan", file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        model = JaxKAN(shape, "base", {"k": 3, "G": 5}, seed=0)
        first, at = ka.from_jaxkan(model).layers[0], jnp.asarray(0.99 * x)  # jaxkan's splines are 0 at the end of the grid
        apart = float(jnp.max(jnp.abs(first(at) - model.layers[0](at))))
        folder = tempfile.mkdtemp()
        # pykan rewrites the list that it is given.
        pykan = lambda: KAN(width=list(shape), grid=5, k=3, seed=0, ckpt_path=folder, device="cpu")  # noqa: E731
        programs |= {
            "pykan": torch_model(pykan(), x),
            "pykan, speed()": torch_model(pykan().speed(), x),
            "efficient-kan": torch_model(module.KAN(shape, grid_size=5, spline_order=3), x),
            "jaxkan, base": jaxkan(model, x),
            "jaxkan, spline": jaxkan(JaxKAN(shape, "spline", {"k": 3, "G": 5}, seed=0), x),
        }
        versions = {name: importlib.metadata.version(name) for name in ("torch", "pykan", "jaxkan")}
    raced = race(programs, repeats, time.process_time)
    own = np.array(raced["certifield"]["rounds"])
    over = {name: spread(np.array(one["rounds"]) / own) for name, one in raced.items() if name != "certifield"}
    print(f"{shape}, batch {batch}: " + ", ".join(f"{name} {1e3 * one['median']:.3g} ms" for name, one in raced.items()))
    print("over certifield: " + (", ".join(f"{name} {one['median']:.3g}" for name, one in over.items()) or "no peers"))
    return {"name": "networks", "shape": shape, "batch": batch, "seconds": raced, "over": over, "apart": apart, "peers": versions}


def descents(width: int, batch: int, steps: int, repeats: int) -> dict[str, Any]:
    """``steps`` updates in one program: given the gradients, and with those of a perceptron 16 - width - width - 1."""
    model = eqx.nn.MLP(16, 1, width, 2, activation=jnp.tanh, key=jax.random.key(0))
    params, static = eqx.partition(model, eqx.is_inexact_array)
    x = jax.random.normal(jax.random.key(1), (batch, 16))
    loss = lambda params: jnp.mean((jax.vmap(eqx.combine(params, static))(x) - jnp.sin(x[:, :1])) ** 2)  # noqa: E731
    value, grads = jax.value_and_grad(loss)(params)
    training = cf.training
    rules = {
        "optax adam": optax.with_extra_args_support(optax.adam(1e-3)),
        "ecd_sep": training.ecd_sep(0.1, eta=2.0, F0=-1.0),
        "ecd_q1": training.ecd_q1(0.1, eta=2.0),
        "bbi": training.bbi(1e-2, F0=-1.0, deltaEn=1.0),
    }

    def program(rule: Any, whole: bool) -> Callable[[int], Any]:
        @jax.jit
        def run(params: Any) -> Any:
            def step(carry: Any, _: None) -> tuple[Any, None]:
                params, state = carry
                # Given gradients move with the parameters, so that no step can be taken out of the loop.
                known = (value, jax.tree.map(lambda g, p: g + 1e-6 * p, grads, params))
                now, slopes = jax.value_and_grad(loss)(params) if whole else known
                updates, state = rule.update(slopes, state, params, value=now)
                return (optax.apply_updates(params, updates), state), None

            return jax.lax.scan(step, (params, rule.init(params)), None, length=steps)[0][0]

        return lambda turn: jax.block_until_ready(run(params))

    raced = {
        kind: race({name: program(rule, whole) for name, rule in rules.items()}, repeats, time.process_time)
        for kind, whole in (("update alone", False), ("with the gradient", True))
    }
    over = {
        kind: {name: spread(np.array(one["rounds"]) / np.array(rows["optax adam"]["rounds"])) for name, one in rows.items()}
        for kind, rows in raced.items()
    }
    size = optax.tree.size(params)
    for kind, rows in raced.items():
        print(f"{kind}, {size} parameters: " + ", ".join(f"{name} {1e6 * one['median'] / steps:.3g} us" for name, one in rows.items()))
    return {"name": "descents", "parameters": size, "batch": batch, "steps": steps, "seconds": raced, "over_adam": over}


def main() -> None:
    """Both."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--efficient-kan", type=Path)
    own, rest = parser.parse_known_args()
    sys.argv[1:] = rest
    os.environ["OMP_NUM_THREADS"] = "1"
    chosen = options(__doc__, __file__, repeats=9)
    if chosen.small:
        found = [networks([2, 3, 1], 16, 2, own.efficient_kan), descents(4, 8, 3, 2)]
    else:
        found = [networks([16, 64, 64, 1], 1024, chosen.repeats, own.efficient_kan), descents(256, 128, 100, chosen.repeats)]
    write(chosen, "Kolmogorov-Arnold networks are at least 50 times as fast as pykan's default and 5 times as fast as its speed().", found)


if __name__ == "__main__":
    main()
