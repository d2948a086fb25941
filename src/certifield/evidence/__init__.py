"""A result is a value with its evidence."""

from ._agreement import Agreement as Agreement
from ._answer import Answer as Answer, Category as Category, Certified as Certified, Obstructed as Obstructed, Unknown as Unknown
from ._certificate import Certificate as Certificate, replay as replay
from ._certify_cumulant import certify_coincident_cumulant as certify_coincident_cumulant
from ._certify_definite import certify_positive_definite as certify_positive_definite
from ._certify_moves import certificate_of_braid_moves as certificate_of_braid_moves, certificate_of_moves as certificate_of_moves
from ._certify_negative import certify_negative_direction as certify_negative_direction
from ._errors import (
    CertificateRejected as CertificateRejected,
    CertifieldError as CertifieldError,
    Contradiction as Contradiction,
    InputError as InputError,
    MissingExtra as MissingExtra,
    NoClosedForm as NoClosedForm,
    NondeterministicBlock as NondeterministicBlock,
    NotConverged as NotConverged,
    PrecisionError as PrecisionError,
    StoreMismatch as StoreMismatch,
)
from ._estimate import Estimate as Estimate
from ._exact import Exact as Exact
from ._files import load as load, save as save
from ._functions import exp as exp, log as log, sqrt as sqrt
from ._json import Value as Value, from_json as from_json, to_json as to_json
from ._printing import format_with_error as format_with_error
from ._propagation import propagate as propagate
from ._replay import CHECKERS as CHECKERS, Verdict as Verdict, checker_path as checker_path
from ._share import Share as Share, wilson as wilson
