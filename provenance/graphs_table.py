"""Writes gallery/graphs.csv: all connected graphs of up to 6 vertices, with numbers that are decided by trying every set of vertices.

    .venv/bin/python provenance/graphs_table.py

The graphs are those of the atlas of Read and Wilson, as networkx ships it; each is called by its graph6.
"""

from itertools import combinations
from pathlib import Path

import networkx

TABLE = Path(__file__).resolve().parents[1] / "gallery" / "graphs.csv"
NAMES = ("graph", "order", "size", "independence", "clique", "matching", "domination", "diameter", "radius", "least degree",
         "greatest degree", "triangles", "girth", "tree", "bipartite", "planar")  # fmt: skip


def row(graph: networkx.Graph) -> list[object]:
    """The numbers of a connected graph, the girth of a tree being empty."""
    vertices = list(graph)
    sets = [set(chosen) for size in range(len(vertices) + 1) for chosen in combinations(vertices, size)]
    edges = list(graph.edges)
    independence = max(len(one) for one in sets if not any(a in one and b in one for a, b in edges))
    clique = max(len(one) for one in sets if all(graph.has_edge(a, b) for a, b in combinations(one, 2)))
    domination = min(len(one) for one in sets if all(v in one or one & set(graph[v]) for v in vertices))
    degrees = [degree for _, degree in graph.degree]
    tree = len(edges) == len(vertices) - 1
    return [
        networkx.to_graph6_bytes(graph, header=False).decode().strip(),
        len(vertices),
        len(edges),
        independence,
        clique,
        len(networkx.max_weight_matching(graph, maxcardinality=True)),
        domination,
        networkx.diameter(graph),
        networkx.radius(graph),
        min(degrees),
        max(degrees),
        sum(networkx.triangles(graph).values()) // 3,
        "" if tree else networkx.girth(graph),
        str(tree).lower(),
        str(networkx.is_bipartite(graph)).lower(),
        str(networkx.is_planar(graph)).lower(),
    ]


def text() -> str:
    """The file."""
    graphs = [graph for graph in networkx.graph_atlas_g() if 1 <= len(graph) <= 6 and networkx.is_connected(graph)]
    return "".join(",".join(map(str, line)) + "\n" for line in (NAMES, *map(row, graphs)))


if __name__ == "__main__":
    TABLE.write_text(text(), encoding="utf-8")
    print(TABLE)
