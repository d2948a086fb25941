"""A user's own ensemble: ``"file.py:function"``, next to the study file.

The study keeps a copy of the file, and runs the copy; what the copy says is part of the digest.  The file must stand alone: modules
beside it are not copied.
"""

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from certifield.evidence import InputError

from ..store._files import replace
from ._question import Question

ORIGINALS = "originals.json"  # where the user's files were copied from, which is no part of the identity of a study


def is_user_file(ensemble: str) -> bool:
    """Whether ``ensemble`` names a function in a file, rather than a network of the library."""
    return ":" in ensemble


def split(ensemble: str) -> tuple[str, str]:
    """``"net.py:build"`` as ("net.py", "build")."""
    file, _, function = ensemble.rpartition(":")
    if not file.endswith(".py") or not function.isidentifier():
        raise InputError("ensemble", ensemble, "a network by name, or file.py:function", 'try "my_net.py:build"')
    return file, function


def source_digest(folder: Path, ensemble: str) -> str:
    """sha256 of the file that ``ensemble`` names, in hexadecimal."""
    return hashlib.sha256(_content(folder / split(ensemble)[0])).hexdigest()


def load_function(folder: Path, ensemble: str) -> Callable[..., Any]:
    """The function that ``ensemble`` names.  Raises `InputError` where the file fails or has no such function."""
    file, name = split(ensemble)
    module = _module(folder / file, _content(folder / file))
    function = getattr(module, name, None)
    if not callable(function):
        offered = [key for key, value in vars(module).items() if callable(value) and getattr(value, "__module__", "") == module.__name__]
        raise InputError("ensemble", ensemble, f"a function of {file}, which has {offered}", "name one of them after the colon")
    return function


def load_named(folder: Path, census: str) -> Any:
    """The object that ``census`` names.  Raises `InputError` where the file fails or has no such name."""
    file, name = split(census)
    module = _module(folder / file, _content(folder / file))
    if not hasattr(module, name):
        raise InputError("census", census, f"a name in {file}", "name the task after the colon")
    return getattr(module, name)


def own_name(ensemble: str) -> str:
    """``ensemble`` as it is called in the directory of a study, where every user file lies beside study.toml."""
    if not is_user_file(ensemble):
        return ensemble
    file, function = split(ensemble)
    return f"{Path(file).name}:{function}"


def with_own_names(question: Question) -> Question:
    """The question as it stands in the directory of a study."""
    systems = (system.model_copy(update={"ensemble": own_name(system.ensemble)}) for system in question.system)
    return question.model_copy(update={"system": tuple(systems)})


def copy_own_files(question: Question, folder: Path, directory: Path) -> None:
    """Copies every user file of ``question``, which lie in ``folder``, into the directory of the study (see `copy_user_files`)."""
    copy_user_files([system.ensemble for system in question.system], folder, directory)


def copy_user_files(names: Iterable[str], folder: Path, directory: Path) -> None:
    """Copies the user files among ``names``, which lie in ``folder``, into the directory of a study.

    Notes down where each came from.  Raises `InputError` where two different files would have one name.
    """
    originals = {}
    for ensemble in filter(is_user_file, names):
        source = folder / split(ensemble)[0]
        target, content = directory / source.name, _content(source)
        if not target.exists():
            replace(target, content)
        elif _content(target) != content:
            raise InputError("ensemble", ensemble, f"the only file called {source.name} in {directory}", "rename your file")
        if source.resolve() != target.resolve():
            originals[source.name] = str(source.resolve())
    if originals:
        replace(directory / ORIGINALS, json.dumps(_originals(directory) | originals, indent=1).encode())


def changed_originals(directory: Path | str) -> list[str]:
    """A sentence about every user file whose original is still there and is no longer what the study in ``directory`` keeps of it."""
    directory = Path(directory)
    pairs = [(directory / name, Path(original)) for name, original in _originals(directory).items()]
    return [
        f"{kept} is used, the copy made when the study was created; {original} has changed since."
        for kept, original in pairs
        if kept.is_file() and original.is_file() and _content(kept) != _content(original)
    ]


def _originals(directory: Path) -> dict[str, str]:
    try:
        return json.loads((directory / ORIGINALS).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a courtesy, without which a study works all the same
        return {}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        allowed = f"a Python file that can be read ({error.strerror})"
        raise InputError("ensemble", str(path), allowed, "put it next to the study file, or correct its name there") from error


@lru_cache(maxsize=32)
def _module(path: Path, content: bytes) -> ModuleType:
    name = f"certifield_study_{hashlib.sha256(content).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise InputError("ensemble", str(path), "a Python file", "give it the ending .py")
    module = importlib.util.module_from_spec(spec)
    try:
        # Compiled from the bytes that the digest covers, not from what a bytecode cache remembers.
        exec(compile(content, str(path), "exec"), module.__dict__)
    except Exception as error:
        allowed = f"a Python file that runs (it raised {type(error).__name__}: {error})"
        raise InputError("ensemble", str(path), allowed, f"mend it until it runs alone: python {path}") from error
    return module
