"""What was found, as a function of the set of pieces: without times, so that every run gives the same bytes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from certifield.evidence import Agreement, Certified, Estimate, Exact, Obstructed, Unknown, to_json
from certifield.files import replace
from certifield.study import Claim, Found, Missing, Options, Reading, Verdict

from ._arithmetic import arithmetic
from ._directory import RESULTS, Opened, by_name, open_study
from ._failures import code_of_the_study
from ._piece import certificate_id
from ._store import spans

LEVEL = 1e-4  # of honest studies, how many may be called contradicted: there are many of them


@dataclass(frozen=True, eq=False)
class Judged:
    """A claim with our finding, which may be None, and its verdict."""

    claim: Claim
    found: Found | None
    verdict: Verdict

    def data(self) -> dict[str, Any]:
        """The claim as JSON data, with our finding in words."""
        claim = self.claim
        stated = {name: None if (value := getattr(claim, name)) is None else str(value) for name in ("printed", "correction")}
        head = {"key": claim.key, "source": claim.source, "says": claim.says, "ours": claim.ours or None, "relation": claim.relation}
        return {**head, **stated, "found": self.told, "verdict": self.verdict, "note": claim.note or claim.open}

    @property
    def told(self) -> str | None:
        """Our finding in words; of a claim that is not open by itself, that there is no finding of that name."""
        if self.found is None:
            return None if self.claim.open else f"no finding is called {self.claim.ours!r}"
        return str(self.found.value)


@dataclass(frozen=True)
class Joint:
    """All comparisons of a study at once: how many numbers were ``compared``, the least ``p_value`` among them and its place.

    ``p_joint``: Bonferroni's bound, n times the least p-value, which holds whatever the correlations; ``contradicted``: below 1 in 10,000.
    """

    compared: int
    place: str
    pull: float
    p_value: float

    @property
    def p_joint(self) -> float:
        """A bound on the probability that chance alone makes any of the comparisons as bad as the worst."""
        return min(1.0, self.compared * self.p_value)

    @property
    def contradicted(self) -> bool:
        """Whether chance does not explain the worst comparison."""
        return self.p_joint < LEVEL


@dataclass(frozen=True, eq=False)
class Results:
    """All readings of a study with its digest, what follows across cases, and its claims."""

    title: str
    name: str
    digest: str
    seed: int
    precision: str
    unit: str
    complete: bool
    packages: tuple[str, ...]
    readings: Mapping[str, Reading]
    conclusions: Mapping[str, Found]
    claims: tuple[Judged, ...]

    def findings(self) -> Iterator[tuple[str, Found]]:
        """All findings by place: "case/name", then the conclusions by name."""
        for case, reading in self.readings.items():
            yield from ((f"{case}/{name}", found) for name, found in reading.items())
        yield from self.conclusions.items()

    @cached_property
    def agreements(self) -> dict[str, Agreement]:
        """Every finding that is held against something, compared, by place."""
        return {place: record for place, found in self.findings() if (record := agreement(found)) is not None}

    @cached_property
    def joint(self) -> Joint | None:
        """The verdict over all comparisons; None where nothing could be compared."""
        return joint(self.counted)

    @cached_property
    def counted(self) -> dict[str, Agreement]:
        """The comparisons without those of findings that repeat another one."""
        repeated = {place for place, found in self.findings() if found.repeats}
        return {place: record for place, record in self.agreements.items() if place not in repeated}

    def data(self) -> dict[str, Any]:
        """The results as JSON data."""
        head = {"title": self.title, "study": self.name, "digest": self.digest, "seed": self.seed, "precision": self.precision}
        return {
            **head,
            "steps": {case: spans(reading.pieces) for case, reading in self.readings.items()},
            "cases": [
                {"case": case, "group": reading.case.group, "found": {name: data_of(found) for name, found in reading.items()}}
                for case, reading in self.readings.items()
            ],
            "conclusions": {name: data_of(found) for name, found in self.conclusions.items()},
            "claims": [judged.data() for judged in self.claims],
        }

    def text(self) -> str:
        """The content of results.json."""
        return json.dumps(self.data(), indent=1, allow_nan=False) + "\n"


def results(opened: Opened, only: Mapping[str, list[int]] | None = None) -> Results:
    """What the pieces that are there say, or ``only`` those of these steps, by case."""
    study, options = opened.asked.study, opened.asked.options
    readings = {name: opened.read(name, None if only is None else set(only.get(name, ()))) for name in opened.cases}
    with arithmetic(opened.asked.precision), code_of_the_study(f"conclude, of the study in {opened.directory}"):
        conclusions = by_name("conclude", study.conclude(readings, options))
    found = {f"{case}/{name}": one for case, reading in readings.items() for name, one in reading.items()} | conclusions
    pairs = [(claim, held(claim, found.get(claim.ours), options)) for claim in study.claims]
    claims = tuple(Judged(claim, one, claim.verdict(one)) for claim, one in pairs)
    return Results(
        title=opened.title,
        name=opened.asked.question.study,
        digest=opened.digest,
        seed=opened.seed,
        precision=opened.asked.precision,
        unit=study.unit,
        complete=study.complete,
        packages=tuple(study.packages),
        readings=readings,
        conclusions=conclusions,
        claims=claims,
    )


def answer(directory: Path | str) -> Results:
    """What the pieces in ``directory`` say, which is also written to results.json."""
    found = results(open_study(directory))
    replace(Path(directory) / RESULTS, found.text().encode())
    return found


def held(claim: Claim, found: Found | None, options: Options) -> Found | None:
    """The finding that a claim is held against; none where the source speaks of other options."""
    others = [f"{name} = {value}" for name, value in claim.asked.items() if getattr(options, name) != value]
    return found if found is None or not others else Found(Missing(f"the source speaks of {', '.join(others)}"))


def agreement(found: Found) -> Agreement | None:
    """The comparison of a finding with what it is held against; None where there is nothing to compare."""
    value, expected = found.value, found.expected
    if not isinstance(expected, Exact | Estimate):
        return None
    if isinstance(value, Estimate):
        return value.agrees_with(expected, independent=found.independent)
    if isinstance(value, Exact):
        return expected.agrees_with(value) if isinstance(expected, Estimate) else value.agrees_with(expected)
    return None


def joint(agreements: Mapping[str, Agreement]) -> Joint | None:
    """The worst of many comparisons."""
    import numpy as np

    compared, worst = 0, None
    for place, record in agreements.items():
        decisive = np.ravel(record.decisive)
        p_values, pulls = np.ravel(record.p_value)[decisive], np.ravel(record.pull)[decisive]
        compared += p_values.size
        if p_values.size and (worst is None or p_values.min() < worst[0]):
            at = int(np.argmin(p_values))
            worst = (float(p_values[at]), float(pulls[at]), place)
    return None if worst is None else Joint(compared, worst[2], worst[1], worst[0])


def data_of(found: Found) -> dict[str, Any]:
    """A finding as JSON data."""
    expected = None if found.expected is None else value_data(found.expected)
    record = agreement(found)
    return {"value": value_data(found.value), "expected": expected, "agreement": None if record is None else to_json(record)}


def value_data(value: Any) -> Any:
    """A value as JSON data; certificates by their sha256."""
    if isinstance(value, Missing):
        return {"missing": value.reason, "waiting": value.waiting}
    if isinstance(value, Unknown):
        return {"answer": "unknown", "spent": dict(value.spent)}
    if isinstance(value, Certified):
        return {"answer": "certified", "certificate": certificate_id(value.certificate), "spent": dict(value.spent)}
    if isinstance(value, Obstructed):
        sha = certificate_id(value.certificate)
        return {"answer": "obstructed", "category": value.category, "certificate": sha, "spent": dict(value.spent)}
    return to_json(value)
