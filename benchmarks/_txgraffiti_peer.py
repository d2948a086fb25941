"""TxGraffiti's own search on its own table, run by a Python that has it: its table and statements as text, seconds of the processor.

The solver is the one that comes with PuLP, since TxGraffiti asks for one on the path.  Its children are counted.
"""

import json
import os
import sys


def clock() -> float:
    """Seconds of the processor, of this process and of the solvers that have ended."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


started = clock()
import pulp  # noqa: E402
import txgraffiti  # noqa: E402
import txgraffiti.generators.optimization as optimization  # noqa: E402
from txgraffiti.example_data import graph_data  # noqa: E402
from txgraffiti.generators import convex_hull, linear_programming, ratios  # noqa: E402
from txgraffiti.heuristics import dalmatian_accept, morgan_accept  # noqa: E402
from txgraffiti.playground import ConjecturePlayground  # noqa: E402

optimization.get_available_solver = lambda: pulp.PULP_CBC_CMD(msg=False)
imported = clock() - started
asked = json.loads(sys.argv[1])
seconds, found = [], []
for _ in range(asked["repeats"] + 1):
    started = clock()
    ground = ConjecturePlayground(graph_data, object_symbol="G", base="connected")
    found = list(
        ground.generate(
            methods=[ratios, convex_hull, linear_programming],
            features=asked["features"],
            target=asked["target"],
            hypothesis=asked["hypotheses"],
            heuristics=[morgan_accept, dalmatian_accept],
            post_processors=["remove_duplicates", "sort_by_touch_count"],
        )
    )
    seconds.append(clock() - started)
version = getattr(txgraffiti, "__version__", "0.4.1")
json.dump({"import": imported, "seconds": seconds, "statements": [one.name for one in found], "table": graph_data.to_csv(index=False),
           "version": version}, sys.stdout)  # fmt: skip
