"""Film strips: a proof as a row of pictures."""

import itertools
from collections.abc import Iterator, Sequence

from certifield.evidence import Certificate

from ...diagrams import Diagram
from ...diagrams._reading import integers, refuse
from .._lines import Lines, lines_of
from .._moves import Replay
from .._picture import Picture, text
from .._render import line_width, rendered
from .._state import PlanarState
from ._braid import Braid, braid_scale, drawn_braid

SIZE = 290.0  # of a frame
CAPTION = 34.0
CAPTION_SIZE, CAPTION_COLOUR = 15.0, "#626262"  # which is still seen on black
GUTTER = 18.0
HEADING = 34.0
COLUMNS = 4
MOST_FRAMES = 400

Shot = tuple[str, Lines | Braid]  # caption, what is shown
CHECKERS = ("ribbon@1", "unknot-moves@1", "unknot-braid@1")


def film_strip(certificate: Certificate, frames: int = 6, *, title: str | None = None, columns: int = COLUMNS) -> Picture:
    """The proof in a certificate of ribbon@1, unknot-moves@1 or unknot-braid@1 as a grid of pictures with captions.

    Shown are the start, every band before its surgery and the link after it, and the end, with states between chosen evenly until
    there are ``frames`` pictures.  The certificate is replayed by its checker first.
    Raises `InputError` for certificates of other checkers, those that are refused, and for ``frames`` that are not 2 to 400,
    and for ``columns`` below 1.
    """
    if not isinstance(certificate, Certificate) or certificate.checker not in CHECKERS:
        raise refuse("certificate", certificate, f"a certificate of {', '.join(CHECKERS)}", "a film is drawn of moves only")
    (frames,) = integers("frames", [frames])
    if not 2 <= frames <= MOST_FRAMES:
        raise refuse("frames", frames, f"2 to {MOST_FRAMES}", "ask for fewer pictures")
    (columns,) = integers("columns", [columns])
    if columns < 1:
        raise refuse("columns", columns, "1 or more", "leave it out for four pictures a row")
    verdict = certificate.replay()
    if not verdict.accepted:
        raise refuse("certificate", verdict.reason, "accepted by its checker", "correct the move that is named")
    document = certificate.document()
    shots = _braid_shots if certificate.checker == "unknot-braid@1" else _planar_shots
    taken = list(shots(document["claim"], document["witness"]["moves"], frames))  # type: ignore[index]
    return _grid(_alike(taken), title or _heading(document, len(taken)), columns)


def _heading(document: dict, taken: int) -> str:
    moves = document["witness"]["moves"]
    bands = sum(move[0] == "band" for move in moves)
    counted = f"{_some(bands, 'band')}, " if bands else ""
    stills = f"; {taken} of {len(moves) + 1} states" if taken <= len(moves) else ""
    return f"{document['claim']['kind']}: {counted}{_some(len(moves) - bands, 'move')}{stills}"


def _some(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


# Which states ----------------------------------------------------------------------------------------------------------------------


def _chosen(moves: Sequence[Sequence], frames: int) -> list[int]:
    """The numbers of moves after which there is a picture: always 0, before and after every band, and the last."""
    bands = [place for place, move in enumerate(moves) if move[0] == "band"]
    kept = {0, len(moves), *bands, *(place + 1 for place in bands)}
    while len(kept) < min(frames, len(moves) + 1):
        known = sorted(kept)
        start, end = max(itertools.pairwise(known), key=lambda pair: pair[1] - pair[0])
        kept.add((start + end) // 2)
    return sorted(kept)


def _planar_shots(claim: dict, moves: list, frames: int) -> Iterator[Shot]:
    chosen = set(_chosen(moves, frames))
    replay = Replay(PlanarState.of(Diagram.from_pd(claim["diagram"])))
    bands = 0
    for done in range(len(moves) + 1):
        band = moves[done] if done < len(moves) and moves[done][0] == "band" else None
        bands += band is not None
        if done in chosen:
            yield _shot(replay, moves, done, band, bands)
        if done < len(moves):
            replay.make(moves[done])


def _shot(replay: Replay, moves: list, done: int, band: list | None, bands: int) -> Shot:
    state = replay.state()
    if band is not None:
        return _band_caption(band, bands), lines_of(state, [band])
    crossings, circles = _some(len(state.across) // 4, "crossing"), _some(state.circles, "circle")
    shown = circles if not state.across else crossings
    if done == len(moves):
        caption = f"end: {shown}"
    elif done and moves[done - 1][0] == "band":
        caption = f"after band {bands}: {shown}"
    else:
        caption = f"after {_some(done, 'move')}: {shown}" if done else f"start: {shown}"
    return caption, lines_of(state)


def _band_caption(band: list, number: int) -> str:
    _, _, over, half_twists = band
    crossed = f"over {over.count(1)}, under {over.count(0)}" if over else "within a face"
    twists = f", {half_twists:+d} half twist{'' if abs(half_twists) == 1 else 's'}" if half_twists else ""
    return f"band {number}: {crossed}{twists}"


def _braid_shots(claim: dict, moves: list, frames: int) -> Iterator[Shot]:
    from ...braids import moved  # which loads JAX

    chosen = set(_chosen(moves, frames))
    word, strands = list(claim["word"]), claim["strands"]
    for done in range(len(moves) + 1):
        if done in chosen:
            when = "start" if not done else "end" if done == len(moves) else f"after {_some(done, 'move')}"
            yield f"{when}: {_some(len(word), 'letter')}, {_some(strands, 'strand')}", (word, strands)
        if done < len(moves):
            after = moved(word, strands, moves[done])
            assert after is not None  # the checker has accepted it
            word, strands = after


# Pictures -------------------------------------------------------------------------------------------------------------------------


def _alike(shots: list[Shot]) -> list[tuple[str, Picture]]:
    """The pictures of a film, with lines of one width."""
    line = min((line_width(shown, SIZE) for _, shown in shots if isinstance(shown, Lines)), default=0.0)
    scale = min((braid_scale(*shown, SIZE) for _, shown in shots if not isinstance(shown, Lines)), default=1.0)
    return [
        (caption, rendered(shown, None, SIZE, line=line) if isinstance(shown, Lines) else drawn_braid(*shown, scale))
        for caption, shown in shots
    ]


# The grid --------------------------------------------------------------------------------------------------------------------------


def _grid(pictures: list[tuple[str, Picture]], title: str, columns: int) -> Picture:
    columns = min(columns, len(pictures))
    rows = [pictures[start : start + columns] for start in range(0, len(pictures), columns)]
    parts, top = [], HEADING
    width = columns * (SIZE + GUTTER) + GUTTER
    for row in rows:
        height = max(picture.height for _, picture in row)
        for column, (caption, picture) in enumerate(row):
            left = GUTTER + column * (SIZE + GUTTER)
            parts.append(picture.at(left + (SIZE - picture.width) / 2, top + (height - picture.height) / 2))
            parts.append(text(caption, left + SIZE / 2, top + height + 20, CAPTION_SIZE, colour=CAPTION_COLOUR))
        top += height + CAPTION + GUTTER / 2
    return Picture(width, top, title, text(title, width / 2, 22.0, 16.0, colour=CAPTION_COLOUR, bold=True) + "".join(parts))
