"""Trees that differ from a given one in a single field, for tests of checkers."""

from collections.abc import Iterator


def _leaf_mutations(leaf: object) -> Iterator[object]:
    yield from (None, [], {}, True, 0.5, "", "text", "1e999999999", "nan", [leaf])
    if isinstance(leaf, str):
        yield from (leaf + "0", leaf + " ", "-" + leaf, leaf.upper() + "x", leaf[:-1], f"+{leaf}", f"{leaf}/1", "0x1.8p+0", "7/3")
        for position, character in enumerate(leaf):
            if character.isdigit():
                yield leaf[:position] + str((int(character) + 1) % 10) + leaf[position + 1 :]
    if isinstance(leaf, int) and not isinstance(leaf, bool):
        yield from (leaf + 1, leaf - 1, leaf + 2, leaf - 2, -leaf, float(leaf), str(leaf), 10**9)


def mutations(tree: object) -> Iterator[object]:
    """Every tree that differs from ``tree`` in a single field: changed, removed, added, duplicated or moved."""
    if isinstance(tree, dict):
        for name, entry in tree.items():
            yield {other: value for other, value in tree.items() if other != name}
            yield {("x" + other if other == name else other): value for other, value in tree.items()}
            yield from (tree | {name: mutated} for mutated in mutations(entry))
        yield tree | {"extra": "1"}
        yield from ([tree], None, "text", 3)
    elif isinstance(tree, list):
        for position, entry in enumerate(tree):
            yield tree[:position] + tree[position + 1 :]
            yield [*tree[:position], entry, *tree[position:]]
            yield from ([*tree[:position], mutated, *tree[position + 1 :]] for mutated in mutations(entry))
        yield from ([*tree, "1"], {}, None, "text", 3)
    else:
        yield from (mutated for mutated in _leaf_mutations(tree) if mutated != tree or type(mutated) is not type(tree))
