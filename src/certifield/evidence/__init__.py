"""A result is a value with its evidence."""

from ._errors import (
    CertificateRejected as CertificateRejected,
    CertifieldError as CertifieldError,
    InputError as InputError,
    MissingExtra as MissingExtra,
    NoClosedForm as NoClosedForm,
    NondeterministicBlock as NondeterministicBlock,
    NotConverged as NotConverged,
    PrecisionError as PrecisionError,
    StoreMismatch as StoreMismatch,
)
