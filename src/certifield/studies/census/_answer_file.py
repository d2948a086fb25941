"""One answer as bytes: a line of JSON that holds its own checksum.

    {"answer": {census, item, budget, status, category, certificate (its sha256), figures, spent}, "sha256": of that}

The bytes are a function of the content alone (no time, no host), so two files of one answer are compared byte by byte.
"""

import hashlib
import json
from typing import Any

from certifield.evidence import Certificate

from ..question._identity import canonical, digest
from ..store._block_file import DamagedBlock
from .protocol._record import Record


class DamagedAnswer(DamagedBlock):
    """The bytes are not those that were written."""


def certificate_id(certificate: Certificate) -> str:
    """sha256 of the one text of a certificate, in hexadecimal."""
    return hashlib.sha256(certificate.canonical().encode()).hexdigest()


def encode(census: str, item: str, budget: int, record: Record) -> bytes:
    """The bytes of the answer to ``item`` in the round of ``budget``, of the census with this digest."""
    answer = {
        "census": census,
        "item": item,
        "budget": budget,
        "status": record.status,
        "category": record.category,
        "certificate": None if record.certificate is None else certificate_id(record.certificate),
        "figures": record.figures,
        "spent": record.spent,
    }
    return canonical({"answer": answer, "sha256": digest(answer)}).encode() + b"\n"


def decode(content: bytes) -> dict[str, Any]:
    """The answer as a table.  Raises `DamagedAnswer` unless the checksum holds."""
    try:
        document = json.loads(content)
        answer, checksum = document["answer"], document["sha256"]
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedAnswer(f"it does not read ({error}): it was truncated or altered") from error
    if canonical({"answer": answer, "sha256": checksum}).encode() + b"\n" != content or digest(answer) != checksum:
        raise DamagedAnswer("its checksum does not hold: it was truncated or altered")
    return answer
