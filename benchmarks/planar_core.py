"""The planar map in two compilers: faces counted, kinks and bigons removed, by numba and by jitted JAX.

The moves of diagrams follow pointers, one after the other, and stop early.  The same loops over the array of darts are written for
both compilers, and a plain Python one for scale; the library uses the faster.

``faces``    numbers the faces of a diagram of 100 crossings
``kinks``    removes 100 kinks one by one
"""

import jax
import jax.numpy as jnp
import numpy as np
from _timing import options, race, spread, write

from certifield.topology import Diagram
from certifield.topology.moves._elementary import add_kink
from certifield.topology.moves._map import CIRCLES, map_of
from certifield.topology.moves._passes import number_faces
from certifield.topology.moves._reduce import reduce
from certifield.topology.ribbon._attach import load

jax.config.update("jax_enable_x64", True)


def turned(dart, quarters):
    return (dart & ~3) | ((dart + quarters) & 3)


def faces_in_python(across: list[int]) -> int:
    face, faces = [-1] * len(across), 0
    for dart in range(len(across)):
        if face[dart] < 0:
            current = dart
            while face[current] < 0:
                face[current] = faces
                current = turned(across[current], -1)
            faces += 1
    return faces


@jax.jit
def faces_in_jax(across: jax.Array) -> jax.Array:
    def along(carried):
        face, current, number = carried
        return face.at[current].set(number), turned(across[current], -1), number

    def start(dart, carried):
        face, faces = carried
        new = face[dart] < 0
        face, _, _ = jax.lax.while_loop(lambda c: c[0][c[1]] < 0, along, (face, dart, faces))
        return face, faces + new

    return jax.lax.fori_loop(0, across.shape[0], start, (jnp.full_like(across, -1), jnp.int64(0)))[1]


@jax.jit
def kinks_in_jax(across: jax.Array) -> jax.Array:
    """The number of kinks removed, in the order of the darts, until a whole turn finds none."""
    darts = across.shape[0]

    def visit(carried):
        across, dart, quiet, removed = carried
        kink = (across[dart] >= 0) & (across[dart] == turned(dart, 1))
        back, onward = across[turned(dart, 2)], across[turned(dart, 3)]
        after = across.at[back].set(onward).at[onward].set(back)
        base = dart & ~3
        after = after.at[base + jnp.arange(4)].set(-1)
        return jnp.where(kink, after, across), (dart + 1) % darts, jnp.where(kink, 0, quiet + 1), removed + kink

    return jax.lax.while_loop(lambda c: c[2] < darts, visit, (across, jnp.int64(0), jnp.int64(0), jnp.int64(0)))[3]


def kinked(kinks: int):
    """The trefoil with kinks on its edges."""
    planar = map_of(Diagram.from_braid([1, 1, 1]), room=kinks)
    for number in range(kinks):
        add_kink(planar, number % 12, number % 2)
    return planar


def main() -> None:
    chosen = options(__doc__ or "", __file__)
    repeats, calls = (3, 3) if chosen.small else (9, 50)
    large = map_of(Diagram.from_braid([1, -2, 3, -4] * 25), room=0)
    twisted, bench = kinked(100), kinked(100)
    plain, device = large.across.tolist(), jnp.asarray(large.across)
    kinks_device = jnp.asarray(twisted.across)

    def remove_in_numba() -> None:
        load(twisted, bench)
        reduce(bench)

    programs = {
        "faces, numba": lambda: number_faces(large),
        "faces, jax": lambda: faces_in_jax(device).block_until_ready(),
        "faces, python": lambda: faces_in_python(plain),
        "kinks, numba": remove_in_numba,
        "kinks, jax": lambda: kinks_in_jax(kinks_device).block_until_ready(),
    }
    assert number_faces(large) == int(faces_in_jax(device)) == faces_in_python(plain) == len(large.name) + 2
    remove_in_numba()
    assert int(kinks_in_jax(kinks_device)) >= 90 and bench.counters[CIRCLES] == 0
    timed = race({name: lambda turn, program=program: [program() for _ in range(calls)] for name, program in programs.items()}, repeats)
    measurements = [
        {"program": name, "crossings": 100, "seconds": result, "microseconds": spread(1e6 * np.array(result["rounds"]) / calls)}
        for name, result in timed.items()
    ]
    for row in measurements:
        print(f"{row['program']:<15} {row['microseconds']['median']:>9.1f} us")
    write(chosen, "The planar map is faster in numba than in JAX on one core", measurements)


if __name__ == "__main__":
    main()
