"""One question put to one test after the other."""

from collections import Counter
from collections.abc import Callable, Iterable

from certifield.evidence import Answer, Unknown

Ask = Callable[[], Answer]


def first_answer(tests: Iterable[Ask]) -> Answer:
    """The first answer that is not unknown; else what all of them have spent."""
    spent: Counter[str] = Counter()
    for ask in tests:
        answer = ask()
        if not isinstance(answer, Unknown):
            return answer
        spent.update(answer.spent)
    return Unknown(spent)
