"""One block of draws as bytes.

    one line of JSON (study digest, quantity, index, count, nonfinite, features), newline,
    sums, absolute, largest: little-endian float64, ``features`` of each,
    32 bytes: sha256 of all that precedes.

The bytes are a function of the content alone (no date, no host), so two files of one block are compared byte by byte.
"""

import hashlib
import json

import numpy as np

from certifield.streams import BlockSums

_CHECKSUM = 32


class DamagedBlock(Exception):
    """The bytes are not those that were written."""


def encode(digest: str, quantity: str, index: int, block: BlockSums) -> bytes:
    """The bytes of block ``index`` of ``quantity`` of the study with this digest."""
    arrays = np.stack([block.sums, block.absolute, block.largest]).astype("<f8")
    header = {
        "study": digest,
        "quantity": quantity,
        "index": index,
        "count": int(block.count),
        "nonfinite": int(block.nonfinite),
        "features": arrays.shape[1],
        "dtype": "<f8",
    }
    body = json.dumps(header, sort_keys=True).encode() + b"\n" + arrays.tobytes()
    return body + hashlib.sha256(body).digest()


def decode(content: bytes) -> tuple[dict[str, object], BlockSums]:
    """The header and the block.  Raises `DamagedBlock` unless the checksum holds."""
    body, checksum = content[:-_CHECKSUM], content[-_CHECKSUM:]
    if hashlib.sha256(body).digest() != checksum:
        raise DamagedBlock("its checksum does not hold: it was truncated or altered")
    line, _, payload = body.partition(b"\n")
    header = json.loads(line)
    sums, absolute, largest = np.frombuffer(payload, dtype="<f8").reshape(3, header["features"]).astype(float)
    return header, BlockSums(header["count"], sums, absolute, largest, header["nonfinite"])
