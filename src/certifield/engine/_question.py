"""The question of a study, as a file asks it.

A TOML file:

    title, seed, precision          of the study
    study                           a shipped study, "file.py:NAME" of one's own, or "package.module:NAME"
    [options]                       those of the study; what is left out is as the shipped study has it
    [budget]                        draws, work, stderr, rounds, steps, seconds (see `certifield.study.Budget`)

or a Python file that holds a `Study`, called STUDY unless ``file.py:NAME`` names another; or the name of a shipped study, or the id of a
system of the ledger, whose main study is meant.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from certifield.evidence import InputError, MissingExtra
from certifield.study import Budget, Options, Own, Study
from certifield.study._own import content_of
from certifield.study._steps import Whole

from ._catalogue import Entry, entry_called, studies, systems, unknown
from ._explained import explained

QUESTION = "study.toml"  # the file of the question in the directory of a study
DEFAULT_NAME = "STUDY"


class Question(BaseModel):
    """A whole study file."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    study: str = Field(min_length=1, examples=["erf-net"])
    title: str = Field("", examples=["My study"])
    seed: Whole = Field(0, ge=0, examples=[1])
    precision: Literal["float64", "float32"] | None = Field(None, examples=["float64"])
    references: tuple[str, ...] = ()
    options: dict[str, Any] = {}
    budget: Budget = Budget()

    def text(self) -> str:
        """The TOML text that reads back as this question."""
        return tomli_w.dumps(_without_none(self.model_dump(mode="json", exclude_defaults=True, exclude_none=True)))


@dataclass(frozen=True, eq=False)
class Asked:
    """A question that was read: the study that it names, its checked options, and where files of the user's were looked for.

    ``text``: the question as it was written; ``name``: what to call the study's directory.
    """

    question: Question
    study: Study[Any]
    options: Options
    folder: Path
    text: str
    name: str
    kept: bool = False  # whether the folder is the directory of a study, which keeps copies of the files
    source: str = ""  # the file that asks, "" for a shipped study by its name

    @property
    def precision(self) -> str:
        """That of the question, or else of the study."""
        return self.question.precision or self.study.precision

    @property
    def own_files(self) -> tuple[Own, ...]:
        """The user's own files: that of the study, and those among its options."""
        named = (self._own_study,) if self._own_study else ()
        return (*named, *_owns(self.options))

    @property
    def _own_study(self) -> Own | None:
        return Own.parse(self.question.study, self.folder, kept=self.kept) if ".py:" in self.question.study else None

    @property
    def define(self) -> str:
        """The study as the digest knows it: "package.module:NAME", or "file.py:NAME" whose content counts beside it."""
        own = self._own_study
        if own:
            return str(own)
        return self.question.study if ":" in self.question.study else entry_called(self.question.study).define


def ask(question: Path | str, *, options: Mapping[str, Any] | None = None, seed: int | None = None, quick: bool = False) -> Asked:
    """The question in a file, or a shipped one; ``options`` and ``seed`` replace its own, ``quick`` takes the shipped quick setting.

    Raises `InputError` naming file, table, key, value, what is allowed and a remedy; `MissingExtra` where the study needs a package that is
    not installed.
    """
    path = Path(question)
    text = str(question)
    given = _Given(options or {}, seed, quick)
    if path.is_dir() and text.lower() not in (*systems(), *studies()):
        raise InputError("study", text, "a file, or a shipped study", f"to go on with a study in its directory: certifield resume {text}")
    if path.suffix == ".toml" or (path.is_file() and path.suffix != ".py"):
        return _from_toml(read_text(path), path.parent, str(path), path.stem, given)
    if path.suffix == ".py" or ".py:" in text:
        return _from_python(text, given)
    known = [*studies(), *systems()]
    if text.lower() in map(str.lower, known):
        entry = entry_called(text)
        return _asked({"study": entry.name}, Path(), "", entry.name, None, given)
    raise unknown("study", text, known, "a TOML or Python file, a shipped study, or a system of the ledger")


def question_of(entry: Entry) -> Question:
    """The whole question of a shipped study, read from its catalogue alone."""
    head = {"title": entry.title, "seed": entry.seed, "references": entry.references}
    return Question(study=entry.name, options=dict(entry.options), budget=Budget(**entry.budget), **head)


def ask_in(directory: Path, text: str) -> Asked:
    """The question whose text lies in the directory of a study."""
    return _from_toml(text, directory, str(directory / QUESTION), directory.name, _Given(), kept=True)


def read_text(path: Path) -> str:
    """The text of a study file.  Raises `InputError` where it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise InputError("study file", str(path), "a text in UTF-8", "save it as UTF-8 in your editor") from error
    except OSError as error:
        allowed = f"a file that can be read ({error.strerror})"
        raise InputError("study file", str(path), allowed, "check the path, and the permissions of the file") from error


@dataclass(frozen=True)
class _Given:
    """What was said beside the question."""

    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    quick: bool = False


def _from_toml(text: str, folder: Path, source: str, name: str, given: _Given, *, kept: bool = False) -> Asked:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        remedy = "look there, and in the line above, for a missing quote, bracket or ="
        raise InputError("study file", source, f"valid TOML ({error})", remedy) from error
    return _asked(data, folder, source, name, text, given, kept=kept)


def _from_python(text: str, given: _Given) -> Asked:
    file, _, name = text.partition(".py:") if ".py:" in text else (text.removesuffix(".py"), "", "")
    path = Path(f"{file}.py")
    documented = _first_line(content_of(path).decode("utf-8", errors="replace"))
    data = {"study": f"{path.name}:{name or DEFAULT_NAME}", **({"title": documented} if documented else {})}
    return _asked(data, path.parent, str(path), path.stem, None, given)


def _first_line(source: str) -> str:
    """The first line of the docstring of a Python file, "" where there is none."""
    import ast

    try:
        return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0].rstrip(".")
    except (SyntaxError, ValueError):  # running the file says it better
        return ""


def _asked(data: dict[str, Any], folder: Path, source: str, name: str, text: str | None, given: _Given, *,
           kept: bool = False) -> Asked:  # fmt: skip
    if isinstance(data.get("study"), str) and data["study"].endswith(".py"):
        data = {**data, "study": f"{data['study']}:{DEFAULT_NAME}"}
    entry = _entry_of(data.get("study"))
    completed = data if entry is None else _completed(data, entry, given.quick)
    if given.options or given.seed is not None or given.quick:
        completed = {**completed, "options": {**_table(completed, "options"), **given.options}}
        completed |= {} if given.seed is None else {"seed": given.seed}
        text = None  # what was written is no longer what is asked
    try:
        question = Question.model_validate(completed)
    except ValidationError as error:
        raise explained(error, Question, completed, source) from error
    study = _study_of(question.study, folder, kept)
    try:
        checked = study.options.model_validate(question.options, context={"folder": folder, "kept": kept})
    except ValidationError as error:
        raise explained(error, study.options, question.options, source, "options") from error
    question = question.model_copy(update={"options": checked.model_dump(mode="json", exclude_unset=True)})
    return Asked(question, study, checked, folder, question.text() if text is None else text, name, kept, source)


def _entry_of(study: Any) -> Entry | None:
    return entry_called(study) if isinstance(study, str) and study and ":" not in study else None


def _completed(data: dict[str, Any], entry: Entry, quick: bool) -> dict[str, Any]:
    """What the file leaves out, as the shipped study has it; its quick setting lies between the two."""
    fast = entry.quick if quick else {}
    options = {**entry.options, **fast.get("options", {}), **_table(data, "options")}
    budget = data.get("budget") or fast.get("budget") or entry.budget
    head = {"title": entry.title, "seed": entry.seed, "references": entry.references}
    return {**head, **data, "study": entry.name, "options": options, "budget": budget}


def _table(data: dict[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, Mapping):
        raise InputError(name, table, "a table", f"write [{name}] on a line of its own, and its keys below")
    return table


def _study_of(study: str, folder: Path, kept: bool) -> Study[Any]:
    """The study that a question names.  Raises `InputError` where there is none."""
    if ".py:" in study:
        found = _own_study(Own.parse(study, folder, kept=kept))
    elif ":" in study:
        found = _imported(study, "")
    else:
        found = _imported(entry_called(study).define, study)
    if not isinstance(found, Study):
        raise InputError("study", study, "a Study of certifield.study", f"make it one; it is a {type(found).__name__}")
    return found


def _own_study(own: Own) -> Any:
    """The study in a file of the user's.  Raises `InputError` that says how to ask about what is there instead, such as an ensemble."""
    try:
        found = own.load()
    except InputError as error:
        if error.argument != "own file" or not error.allowed.startswith("a name in "):
            raise
        found, allowed = None, f"a Study, {error.allowed}"
    else:
        if isinstance(found, Study):
            return found
        allowed = "a Study of certifield.study"
    file, other = own.path.name, own.name if callable(found) else "build"
    first = "name a Study of it after the colon" if found is None else f"make it one; it is a {type(found).__name__}"
    remedy = (
        f'{first}; for an ensemble write a TOML file: study = "correlators", and in a table [[options.system]] '
        f'ensemble = "{file}:{other}", as certifield show correlators prints it'
    )
    raise InputError("own file" if found is None else "study", str(own), allowed, remedy)


def _imported(define: str, name: str) -> Any:
    module, _, attribute = define.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing and missing != module.partition(".")[0]:
            raise MissingExtra(f"The study {name or define} needs the package {missing}, which is not installed.") from error
        raise InputError("study", define, "a module that can be imported", "check its name, and that its package is installed") from error
    except AttributeError as error:
        raise InputError("study", define, f"a name in {module}", "check what comes after the colon") from error


def _owns(value: Any) -> list[Own]:
    """All files of the user's among the options, in the order in which they appear."""
    if isinstance(value, Own):
        return [value]
    if isinstance(value, BaseModel):
        return [own for name in type(value).model_fields for own in _owns(getattr(value, name))]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [own for part in parts for own in _owns(part)]


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(entry) for name, entry in value.items() if entry is not None}
    return [_without_none(entry) for entry in value] if isinstance(value, list) else value
