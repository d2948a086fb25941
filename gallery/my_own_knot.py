# %% [markdown]
# # My own knot
#
# You have a diagram, from a paper or from another program, and want to know what it bounds.  A search proposes, a checker that imports
# nothing of the search decides, and what is not found within the budget is unknown, never no.

# %%
import json
import sys
from pathlib import Path

from certifield.evidence import load, save
from certifield.topology import parse
from certifield.topology.drawing import draw, film_strip
from certifield.topology.plumbing import PlumbingForest, same_manifold
from certifield.topology.questions import is_slice, is_unknot

# %% [markdown]
# A code as people write it: here a planar diagram as KnotInfo prints it, a braid word, a Dowker-Thistlethwaite code, a sum of names.
# `parse` keeps chirality; a code that could be read in two ways is refused.

# %%
MINE = {
    "from KnotInfo": "[[1,7,2,6],[3,10,4,11],[5,3,6,2],[7,1,8,12],[9,4,10,5],[11,9,12,8]]",
    "a braid": "braid: 1 1 1 2 -1 -1 -1 2",
    "Dowker-Thistlethwaite": "dt: 4 8 12 10 2 6",
    "a sum": "3_1 # 3_1",
    "looks knotted": "braid: -3 -1 2 1 2 3 -2 1 3",
}


def told(code: str) -> dict:
    """Both questions about one knot: answers that carry their certificates."""
    knot = parse(code)
    return {"knot": knot, "unknot": is_unknot(knot), "slice": is_slice(knot)}


# %% [markdown]
# A certificate is a file of plain JSON, which someone else replays: `certifield verify slice.json`, or as here.  The film shows the
# proof: the diagram, the band, the circles that are left.


# %%
def published(folder: Path, code: str) -> Path:
    """The certificate of a slice knot and the pictures of its proof in ``folder``."""
    answer = told(code)["slice"]
    folder.mkdir(parents=True, exist_ok=True)
    save(answer.certificate, folder / "slice.json")
    (folder / "diagram.svg").write_text(draw(parse(code)).svg(), encoding="utf-8")
    (folder / "proof.svg").write_text(film_strip(answer.certificate, frames=4).svg(), encoding="utf-8")
    return folder / "slice.json"


# %% [markdown]
# Three-manifolds the same way: two plumbing trees, a vertex and its branches in brackets, are told to be one manifold by moves, or two
# by an invariant.

# %%
if __name__ == "__main__":
    for name, code in MINE.items():
        found = told(code)
        print(f"{name}: {len(found['knot'].crossings)} crossings")
        print("   unknot?", found["unknot"])
        print("   slice? ", found["slice"])
    file = published(Path(sys.argv[1] if len(sys.argv) > 1 else "my_own_knot"), MINE["from KnotInfo"])
    print(file, load(file).replay(), len(json.loads(file.read_text(encoding="utf-8"))["witness"]), "entries of a witness")
    poincare = PlumbingForest.from_text("(-2(-2)(-2(-2))(-2(-2(-2(-2)))))")
    for other in ("(1(2)(3)(5))", "(-1(-2)(-3)(-7))"):
        print("Poincaré's sphere and", other, " ", same_manifold(PlumbingForest.from_text(other), poincare))
