"""What can go wrong between a study and its disk."""

from certifield.evidence import CertifieldError


class StoreError(CertifieldError):
    """A block could not be written or read (disc full, no permission); every block stored before it is untouched."""
