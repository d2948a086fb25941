"""A small study of each kind of steps, as a user would write them (see own/), to be run, killed and damaged."""

from pathlib import Path

import numpy as np

from certifield import engine
from certifield.evidence import Estimate
from certifield.study import Budget

OWN = Path(__file__).parent / "own"
BUDGETS = {
    "primes": Budget(),
    "braids": Budget(rounds=(3, 6, 40)),
    "walk": Budget(steps=6),
    "coin": Budget(draws=20_000),
}
KINDS = tuple(BUDGETS)


def created(kind: str, directory: Path, **options: object) -> Path:
    """The study of a kind, with some options, in a directory."""
    engine.create(engine.ask(OWN / f"{kind}.py", options=options), directory)
    return directory


def left_alone(kind: str, directory: Path, budget: Budget | None = None, **options: object) -> Path:
    """The study of a kind, run in this process without any disturbance."""
    engine.run(created(kind, directory, **options), budget or BUDGETS[kind], workers=0)
    return directory


def digits(directory: Path) -> list[str]:
    """All numbers that were found, to the last bit."""
    found = [one.value for _, one in engine.answer(directory).findings()]
    numbers = [np.concatenate([value.mean.ravel(), value.stderr.ravel()]) for value in found if isinstance(value, Estimate)]
    return [number.hex() for array in numbers for number in array.tolist()] + [str(value) for value in found]


def contents(directory: Path) -> dict[str, bytes]:
    """All pieces, certificates and results, to the last byte, by name."""
    engine.answer(directory)
    files = [directory / "results.json", *(directory / "pieces").rglob("*"), *(directory / "certificates").rglob("*")]
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(files) if path.is_file()}


def pieces(directory: Path) -> list[Path]:
    """The files of all pieces that are there."""
    return sorted((directory / "pieces").rglob("*.piece"))
