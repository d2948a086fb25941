"""One question put to one test after the other."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from certifield.evidence import Answer, Unknown

Ask = Callable[[], Answer]


def first_answer(tests: Iterable[Ask]) -> Answer:
    """The first answer that is not unknown, or Unknown; with what all that were asked have spent."""
    spent: Counter[str] = Counter()
    for ask in tests:
        answer = ask()
        spent.update(answer.spent)
        if not isinstance(answer, Unknown):
            return replace(answer, spent=spent)
    return Unknown(spent)
