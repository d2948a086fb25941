"""A user's own ensemble: ``"file.py:function"``, next to the study file.

The study keeps a copy of the file, and runs the copy; what the copy says is part of the digest.  The file must stand alone: modules
beside it are not copied.
"""

import hashlib
import importlib.util
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from certifield.evidence import InputError

from ._files import replace
from ._question import Question


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
    path = folder / file
    module = _module(path, _content(path))
    function = getattr(module, name, None)
    if not callable(function):
        offered = [key for key, value in vars(module).items() if callable(value) and getattr(value, "__module__", "") == module.__name__]
        raise InputError("ensemble", ensemble, f"a function of {file}, which has {offered}", "name one of them after the colon")
    return function


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
    """Copies every user file of ``question``, which lie in ``folder``, into the directory of the study.

    Raises `InputError` where two different files would have one name.
    """
    for ensemble in (system.ensemble for system in question.system if is_user_file(system.ensemble)):
        source = folder / split(ensemble)[0]
        target, content = directory / source.name, _content(source)
        if not target.exists():
            replace(target, content)
        elif _content(target) != content:
            raise InputError("ensemble", ensemble, f"the only file called {source.name} in {directory}", "rename your file")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError("ensemble", str(path), "a Python file that can be read", str(error)) from error


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
        raise InputError("ensemble", str(path), "a Python file that can be run", f"it raised {type(error).__name__}: {error}") from error
    return module
