"""Film strips of a few certificates, for the reports of censuses."""

from collections.abc import Sequence

from ..census import Answered, Picture, Section

FRAMES = 6


def films(answered: Sequence[Answered], most: int = 3) -> list[Section]:
    """A section with the films of at most so many proofs: the first one, and those with most bands."""
    from certifield.topology.drawing import film_strip

    proofs = [one for one in answered if one.best and one.best.record.status == "certified"]
    proofs = [one for one in proofs if int(one.best.record.figures.get("moves", 0)) <= 4000]  # type: ignore[union-attr]
    chosen = proofs[:1] + sorted(proofs[1:], key=lambda one: -int(one.best.record.figures.get("bands", 0)))[: most - 1]  # type: ignore[union-attr]
    pictures = []
    for one in chosen:
        certificate = one.best.record.certificate  # type: ignore[union-attr]
        strip = film_strip(certificate, FRAMES, title=one.item.name)
        pictures.append(Picture(strip.svg(), one.item.name, f"The proof for {one.item.name}, step by step"))
    if not pictures:
        return []
    return [
        Section("films", "Proofs as films", "Each film shows states of one certificate; bands are coloured before their surgery.", pictures)
    ]
