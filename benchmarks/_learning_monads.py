"""How long a learner needs on (6, 2) until nine games of ten end at a candidate, from fresh networks and fresh games."""

import time
from collections import deque
from typing import Any

import numpy as np
from _timing import race, spread

from certifield.bundles import BICUBIC
from certifield.bundles.monads import Box, Conditions, MonadGame, canonical_rows
from certifield.bundles.studies.bicubic_monads import LEARNERS, REWARD, WEIGHTS
from certifield.search._keys import key_of

FRACTION, EPISODES = 0.9, 1000  # of the last that ended
MOST = 600.0  # processor seconds, then it has failed


def taught(name: str, seed: int, fraction: float) -> dict[str, float]:
    """The processor seconds, choices, and classes of candidates met, when the fraction of the last thousand episodes is passed."""
    learner, box = LEARNERS[name], Box(BICUBIC, (6, 2), 9)
    game = MonadGame(Conditions(box, weights=WEIGHTS), REWARD, seed=seed)
    state, started = learner.init(game, key_of(seed, "monads")), time.process_time()
    recent, choices, met, share = deque[tuple[float, float]](), 0, set[bytes](), -1.0
    while share <= fraction and time.process_time() - started < MOST:
        state, report = learner.step(game, state)
        choices += learner.batch
        recent.append((float(report.won), float(report.ended)))
        while sum(ended for _, ended in recent) - recent[0][1] >= EPISODES:
            recent.popleft()
        won, ended = (sum(part) for part in zip(*recent, strict=True))
        share = won / max(ended, 1.0) if ended >= EPISODES or fraction < 0 else 0.0
        rows = np.asarray(report.experience.won)
        reached = game.reached(np.asarray(report.experience.observations)[rows], np.asarray(report.experience.actions)[rows])
        met |= {row.astype(np.int8).tobytes() for row in canonical_rows(box.manifold, reached, box.shape[0])}
    return {"choices": choices, "classes": len(met), "fraction": share}


def learning(small: bool, repeats: int) -> list[dict[str, Any]]:
    """One row for each learner: the first by several seeds, one a round, the others by one; the first call is one step, which compiles."""
    rows = []
    for number, name in enumerate(LEARNERS):
        found: list[dict[str, float]] = []

        def program(turn: int, name: str = name, found: list[dict[str, float]] = found) -> None:
            told = taught(name, turn, FRACTION if turn and not small else -1.0)
            if turn:
                found.append(told)

        times = race({name: program}, repeats if number == 0 else 1, time.process_time)[name]
        extra = {key: spread([one[key] for one in found]) for key in ("choices", "classes", "fraction")}
        print(f"{'learning (6, 2)':24s}{name:14s}{times['median']:14.4g} processor seconds, {extra}", flush=True)
        seconds = times if number == 0 else {key: times[key] for key in ("median", "min", "max")}
        rows.append({"task": "terminal fraction above 0.9 on (6, 2)", "learner": name, "seeds": len(found), "seconds": seconds, **extra})
    return rows
