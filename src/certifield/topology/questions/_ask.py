"""One question put to one test after the other."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from certifield.evidence import Answer, Unknown

Ask = Callable[[], Answer]


def answers(tests: Iterable[Ask]) -> Iterator[Answer]:
    """After every test the answer so far, with what all that were asked have spent; the last one is the first that is not unknown."""
    spent: Counter[str] = Counter()
    for ask in tests:
        answer = ask()
        spent.update(answer.spent)
        yield replace(answer, spent=spent)
        if not isinstance(answer, Unknown):
            return


def first_answer(tests: Iterable[Ask]) -> Answer:
    """The first answer that is not unknown, or Unknown; with what all that were asked have spent."""
    return [Unknown({}), *answers(tests)][-1]
