"""How far a census is."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from certifield.cli._console import output, print_json

if TYPE_CHECKING:
    from certifield.studies.census import Answered, Census


def status(directory: Path, json: bool) -> None:
    """Prints every round with the items that it answered, and that it still asks for."""
    from certifield.studies import census as censuses

    census = censuses.open(directory)
    answered = census.answered(censuses.AnswerStore(directory, census.digest()))
    rounds = [_round(answered, budget) for budget in sorted({*census.rounds, *(a.budget for one in answered for a in one.attempts)})]
    counts = censuses.counts(answered)
    left = census.left(answered)
    if json:
        head = {"directory": str(directory), "title": census.question.title, "digest": census.digest(), "items": len(answered)}
        print_json({**head, "counts": counts, "rounds": rounds, "left": left, "complete": left == 0})
    else:
        _print(census, counts, rounds, left)


def _round(answered: "list[Answered]", budget: int) -> dict[str, Any]:
    there = [attempt for one in answered for attempt in one.attempts if attempt.budget == budget]
    proved = sum(attempt.record.status != "unknown" for attempt in there)
    return {"budget": budget, "answers": len(there), "proved": proved, "open": sum(one.is_open(budget) for one in answered)}


def _print(census: "Census", counts: dict[str, int], rounds: list[dict[str, Any]], left: int) -> None:
    console = output()
    console.print(f"{census.question.title}   [seed {census.root_seed}, digest {census.digest()[:12]}]", soft_wrap=True)
    told = ", ".join(f"{number} {status}" for status, number in counts.items())
    console.print(f"{len(census.items)} items: {told}.", soft_wrap=True)
    for one in rounds:
        budget = f"{one['budget']} {census.task.unit}"
        console.print(
            f"  {budget:<24} {one['answers']} answers, {one['proved']} of them with proof; {one['open']} items to go", soft_wrap=True
        )
    console.print("complete" if left == 0 else f"{left} items to go", soft_wrap=True)
