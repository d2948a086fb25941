"""A name in a Python file of the user's, such as "my_net.py:build", as the value of an option.

The study keeps a copy of the file, and runs the copy; what the copy says is part of the digest.  The file must stand alone: modules
beside it are not copied.
"""

import hashlib
import importlib.util
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import ValidationInfo
from pydantic_core import core_schema

from certifield.evidence import CertifieldError, InputError


@dataclass(frozen=True)
class Own:
    """The object called ``name`` in ``file``, which lies in ``folder``; written "file.py:name".

    Two of them are equal where file name, content and name are: where the file lies does not count.
    """

    file: str
    name: str
    sha256: str
    folder: Path = field(compare=False)

    @staticmethod
    def parse(text: str, folder: Path, *, kept: bool = False) -> "Own":
        """From "file.py:name", the file looked for in ``folder``; where a study ``kept`` a copy there, under the name of the file alone.

        Raises `InputError` where it cannot be read.
        """
        file, _, name = text.rpartition(":")
        if not file.endswith(".py") or not name.isidentifier():
            raise InputError("own file", text, "written file.py:name", 'try "my_file.py:build"')
        beside = kept or not (folder / file).exists()  # what lies beside a moved study file will do
        place = Path(file).name if beside and (folder / Path(file).name).exists() else file
        return Own(place, name, hashlib.sha256(content_of(folder / place)).hexdigest(), folder)

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self.folder / self.file

    def load(self) -> Any:
        """The object.  Raises `InputError` where the file fails or has no such name."""
        module = module_of(self.path, content_of(self.path))
        if not hasattr(module, self.name):
            made_here = (key for key, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__ or key.isupper())
            mine = [key for key in made_here if not key.startswith("_")]
            raise InputError("own file", str(self), f"a name in {self.file}, which has {mine}", "name one of them after the colon")
        return getattr(module, self.name)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls, serialization=core_schema.to_string_ser_schema())

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.name}"


def own_or_name(value: Any, info: ValidationInfo) -> Any:
    """A validator: a text of the form "file.py:name" becomes `Own`, looked for in the folder of the question; all else stays."""
    if isinstance(value, str) and value.endswith(".py"):
        raise InputError("value", value, "file.py:name", f'add the name after a colon: "{value}:build"')
    if isinstance(value, str) and ".py:" in value:
        context = info.context or {}
        return Own.parse(value, Path(context.get("folder", ".")), kept=context.get("kept", False))
    return value


def content_of(path: Path) -> bytes:
    """The bytes of a user's file.  Raises `InputError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        allowed = f"a Python file that can be read ({error.strerror})"
        raise InputError("own file", str(path), allowed, "put it next to the study file, or correct its name there") from error


@lru_cache(maxsize=32)
def module_of(path: Path, content: bytes) -> ModuleType:
    """The module that a user's file is.  Raises `InputError` where running it fails."""
    name = f"certifield_own_{hashlib.sha256(content).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise InputError("own file", str(path), "a Python file", "give it the ending .py")
    module = importlib.util.module_from_spec(spec)
    try:
        # Compiled from the bytes that the digest covers, not from what a bytecode cache remembers.
        exec(compile(content, str(path), "exec"), module.__dict__)
    except CertifieldError:
        raise
    except Exception as error:
        allowed = f"a Python file that runs (it raised {type(error).__name__}: {error})"
        raise InputError("own file", str(path), allowed, f"mend it until it runs alone: python {path}") from error
    return module
