"""Pictures of an examination, which may fail or take too long without any harm."""

from collections.abc import Iterator

from certifield.evidence import Certificate

from ..diagrams import Diagram
from ..drawing import draw, film_strip
from ._apart import heard

FRAMES = 6
SMALL = 60  # crossings, up to which pictures are made at once in this process
FEW = 24  # stills, likewise
Asked = tuple[Diagram, str, Certificate | None, int]


def pictures(diagram: Diagram, title: str, proof: Certificate | None, seconds: float, frames: int = FRAMES) -> dict[str, str]:
    """ "diagram.svg" and, of a proof by moves, "proof.svg" with ``frames`` stills: the text of each that is made within ``seconds``."""
    asked = (diagram, title, proof, frames)
    if len(diagram.crossings) <= SMALL and frames <= FEW:
        return dict(made for made in tell_pictures(asked) if made is not None)
    (told,) = heard([f"{__name__}:tell_pictures"], asked, seconds)
    return dict(told.findings)


def tell_pictures(asked: Asked) -> Iterator[tuple[str, str] | None]:
    """The pictures, one by one; one that fails is left out, whatever it fails of."""
    diagram, title, proof, frames = asked
    yield None
    makers = {"diagram.svg": lambda: draw(diagram, title=title)}
    if proof is not None:
        makers["proof.svg"] = lambda: film_strip(proof, frames)
    for name, make in makers.items():
        try:
            picture = make().svg()
        except Exception:
            continue
        yield name, picture
