"""Questions asked in processes of their own, all at once, for a time that holds whatever the programs inside do.

Programs and not a pool of `multiprocessing`: that would run the caller's script again in the children.
"""

import contextlib
import ctypes
import importlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

_COMMAND = [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"]


PATIENCE = 5.0  # seconds until the first word on children that are getting ready, and from each to the next twice as long


class Heard(NamedTuple):
    """What a generator has yielded, and whether it came to its end."""

    findings: list[Any]
    ended: bool


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while children that were ready had something to say; ``found`` is what was found before."""

    def __init__(self, found: Any) -> None:
        super().__init__()
        self.found = found


class _End(NamedTuple):
    """The last word of a child."""

    failure: BaseException | None


def heard(
    functions: Sequence[str], argument: Any, seconds: float, tell: Callable[[str], None] | None = None, doing: str = "getting ready"
) -> list[Heard]:
    """What the generator functions, written "module:name", yield for ``argument`` until they end or ``seconds`` are over.

    The first thing that each of them yields says that it is ready, and the time begins when all are.  What they yield must survive a
    pickle.  ``tell`` hears what they are ``doing`` while they get ready, less and less often, and when they are.
    Raises what one of them raises, `RuntimeError` where a child ends without a word, and `Interrupted` at Ctrl-C once all are ready.
    """
    told: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    findings: list[list[Any]] = [[] for _ in functions]
    waiting, deadline, start, patience = set(range(len(functions))), float("inf"), time.perf_counter(), PATIENCE
    with contextlib.ExitStack() as stack:
        for place, function in enumerate(functions):
            stack.enter_context(_child(place, function, argument, told))
        while waiting:
            ready = deadline < float("inf")
            try:
                until = deadline if ready else start + patience
                place, finding = told.get(timeout=max(0.0, until - time.perf_counter()))
            except queue.Empty:
                if ready:
                    break
                if tell is not None:
                    tell(f"{doing}, {time.perf_counter() - start:.0f} s ...")
                patience *= 2
                continue
            except KeyboardInterrupt:
                if not ready:
                    raise
                raise Interrupted(_heard(findings, waiting)) from None
            if isinstance(finding, _End):
                if finding.failure is not None:
                    raise finding.failure
                waiting.discard(place)
            else:
                findings[place].append(finding)
            if deadline == float("inf") and all(findings[one] or one not in waiting for one in range(len(functions))):
                deadline = time.perf_counter() + seconds
                if tell is not None:
                    tell(f"ready; at most {seconds:g} s")
    return _heard(findings, waiting)


def _heard(findings: list[list[Any]], waiting: set[int]) -> list[Heard]:
    return [Heard(found[1:], place not in waiting) for place, found in enumerate(findings)]


@contextlib.contextmanager
def _child(place: int, function: str, argument: Any, told: "queue.SimpleQueue[tuple[int, Any]]") -> Iterator[None]:
    """A process at work, whose findings go into ``told`` under its ``place``; it is killed at the end."""
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
        assert child.stdin is not None and child.stdout is not None  # they are pipes
        reader = threading.Thread(target=_listen, args=(place, child, errors, told), daemon=True)
        reader.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # the reader tells why
                child.stdin.write(pickle.dumps((function, argument)))
                child.stdin.flush()
            yield
        finally:
            child.kill()
            reader.join()
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            child.stdout.close()
            child.wait()


def _listen(place: int, child: "subprocess.Popen[bytes]", errors: Any, told: "queue.SimpleQueue[tuple[int, Any]]") -> None:
    try:
        while True:
            finding = pickle.load(child.stdout)  # type: ignore[arg-type]
            told.put((place, finding))
            if isinstance(finding, _End):
                return
    except (EOFError, pickle.UnpicklingError):  # killed, or dead without a word
        code = child.wait()
        errors.seek(0)
        said = errors.read()[-500:].decode(errors="replace")
        told.put((place, _End(RuntimeError(f"a process that searched ended with status {code}: {said}"))))


def serve() -> None:
    """The life of a child: a question from standard input, findings to what was its standard output, and an end with its parent."""
    _die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent takes what was found and ends its children
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no finding
    function, argument = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def tell(finding: Any) -> None:
        pickle.dump(finding, answers)
        answers.flush()

    try:
        module, name = function.split(":")
        for finding in getattr(importlib.import_module(module), name)(argument):
            tell(finding)
    except Exception as failure:
        tell(_End(failure))
    else:
        tell(_End(None))


def _die_with_parent() -> None:
    """On Linux by the kernel: a thread would wait for a library that computes for long and lets no other thread run."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
