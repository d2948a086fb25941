"""Film strips of a few certificates, for the reports of censuses."""

from collections.abc import Sequence

from ..census import Answered, Picture, Record, Section

FRAMES = 6
LONGEST = 4000  # moves that a film may replay


def films(answered: Sequence[Answered], most: int = 3) -> list[Section]:
    """A section with the films of at most so many proofs: the first one, and of the others those with most bands."""
    from certifield.topology.drawing import film_strip

    records = [(str(one.item.data.get("knot", one.item.name)), one.best.record) for one in answered if one.best]
    proofs = [(name, record, record.certificate) for name, record in records if record.status == "certified" and _length(record) <= LONGEST]
    chosen = proofs[:1] + sorted(proofs[1:], key=lambda proof: -int(proof[1].figures.get("bands", 0)))[: most - 1]
    pictures = []
    for name, _, certificate in chosen:
        assert certificate is not None  # every proof has one
        strip = film_strip(certificate, FRAMES, title=name)
        pictures.append(Picture(strip.svg(), name, f"The proof for {name}, step by step"))
    if not pictures:
        return []
    text = (
        f"{len(pictures)} of {len(proofs)} proofs: the first, and those with most bands. Each film shows states of one certificate; "
        "bands are coloured before their surgery. The command certifield knot makes the film of any knot."
    )
    return [Section("films", "Proofs as films", text, pictures)]


def _length(record: Record) -> int:
    return int(record.figures.get("moves", 0))
