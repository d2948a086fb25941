"""Claims with a witness that a short, independent program checks again."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from ._checked import plain
from ._errors import CertificateRejected, InputError
from ._exact import Exact
from ._replay import Verdict, canonical, verdict_on

_CHECKER = re.compile(r"[a-z][a-z0-9-]*@[1-9][0-9]*")


@dataclass(frozen=True, eq=False, repr=False)
class Certificate:
    """A claim, the value it is about, and the witness that convinces the checker "name@version".

    ``claim``: a JSON object; ``value``: a fraction as text, such as "-315/128"; ``witness``: JSON.  All three are kept as frozen
    private copies.  A certificate proves nothing before it is replayed.
    Raises `InputError` for parts that are not JSON, or a checker that is not written name@version.
    """

    claim: Mapping[str, object]
    value: object
    witness: object
    checker: str

    def __post_init__(self) -> None:
        if not isinstance(self.claim, Mapping):
            raise InputError("claim", self.claim, "a JSON object", "pass a dictionary")
        if not isinstance(self.checker, str) or not _CHECKER.fullmatch(self.checker):
            raise InputError("checker", self.checker, "written name@version", 'such as "positive-definite@1"')
        for name in ("claim", "value", "witness"):
            try:
                copy = _frozen(plain(name, _thawed(getattr(self, name)), finite=True))
            except RecursionError:
                raise InputError(name, "an endless nesting", "JSON of reasonable depth", "flatten it") from None
            object.__setattr__(self, name, copy)

    def document(self) -> dict[str, object]:
        """Claim, value, witness and checker as plain JSON data, which is what a checker reads."""
        return {name: _thawed(getattr(self, name)) for name in ("claim", "value", "witness", "checker")}

    def canonical(self) -> str:
        """The one text of this certificate: equal certificates have equal texts."""
        return canonical(self.document())

    def replay(self, *, isolated: bool = False, timeout: float | None = None) -> Verdict:
        """The verdict of the checker; ``isolated`` runs it in a process of its own without site packages, for ``timeout`` seconds at most.

        Raises `InputError` for a checker that is not registered.
        """
        return verdict_on(self.document(), isolated=isolated, timeout=timeout)

    def checked(self) -> "Certificate":
        """Itself, after a replay that accepts.  Raises `CertificateRejected` after one that does not."""
        verdict = self.replay()
        if not verdict.accepted:
            raise CertificateRejected(f"{self.checker} rejects this certificate: {verdict.reason}")
        return self

    def demote(self) -> Exact:
        """The value as an `Exact`, after a replay that accepts.  Raises `CertificateRejected` after one that does not."""
        digest = hashlib.sha256(self.checked().canonical().encode()).hexdigest()[:16]
        return Exact(Fraction(str(self.value)), f"{self.claim.get('kind', 'claim')}, certificate {digest}", f"accepted by {self.checker}")

    def __reduce__(self):  # a frozen mapping cannot be pickled
        return (Certificate, tuple(self.document().values()))

    def __str__(self) -> str:
        kind = self.claim.get("kind", "claim")
        return f"{_shortened(str(self.value))}  [cert, {kind}, {self.checker}]"

    __repr__ = __str__  # the witness is too long for a prompt


def replay(certificate: Certificate, *, isolated: bool = False, timeout: float | None = None) -> Verdict:
    """The verdict of the checker that ``certificate`` names; whatever goes wrong inside the checker is a rejection."""
    return certificate.replay(isolated=isolated, timeout=timeout)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:28]}...{text[-28:]}"


_PLAIN = {int, str, bool, float, type(None)}  # most of what a witness holds, for which no abstract class need be asked


def _frozen(value: object) -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return MappingProxyType({name: _frozen(entry) for name, entry in value.items()})
    return tuple([entry if type(entry) in _PLAIN else _frozen(entry) for entry in value]) if isinstance(value, list) else value


def _thawed(value: object) -> object:
    if type(value) in _PLAIN:
        return value
    if type(value) is tuple:
        return [entry if type(entry) in _PLAIN else _thawed(entry) for entry in value]
    if isinstance(value, Mapping):
        return {name: _thawed(entry) for name, entry in value.items()}
    return [_thawed(entry) for entry in value] if isinstance(value, list | tuple) else value
