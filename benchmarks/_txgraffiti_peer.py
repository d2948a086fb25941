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


def answer(question: dict) -> dict:
    """What the search finds, the first and the further times."""
    started = clock()
    import pulp
    import txgraffiti.generators.optimization as optimization
    from txgraffiti.example_data import graph_data
    from txgraffiti.generators import convex_hull, linear_programming, ratios
    from txgraffiti.heuristics import dalmatian_accept, morgan_accept
    from txgraffiti.playground import ConjecturePlayground

    optimization.get_available_solver = lambda: pulp.PULP_CBC_CMD(msg=False)
    imported = clock() - started
    seconds, found = [], []
    for _ in range(question["repeats"] + 1):
        started = clock()
        ground = ConjecturePlayground(graph_data, object_symbol="G", base="connected")
        found = list(
            ground.generate(
                methods=[ratios, convex_hull, linear_programming],
                features=question["features"],
                target=question["target"],
                hypothesis=question["hypotheses"],
                heuristics=[morgan_accept, dalmatian_accept],
                post_processors=["remove_duplicates", "sort_by_touch_count"],
            )
        )
        seconds.append(clock() - started)
    statements, table = [one.name for one in found], graph_data.to_csv(index=False)
    return {"import": imported, "seconds": seconds, "statements": statements, "table": table}


if __name__ == "__main__" and sys.argv[-1].startswith("{"):  # no option of `make bench`
    from importlib.metadata import version

    json.dump(answer(json.loads(sys.argv[1])) | {"version": version("txgraffiti")}, sys.stdout)
