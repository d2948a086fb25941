"""The explainable mistakes.  A message says what, where and what to do."""


class CertifieldError(Exception):
    """Every error that Certifield raises on purpose is one of these."""


class InputError(CertifieldError, ValueError):
    """An argument cannot be used: names it, shows its value, says what is allowed and how to mend it.

    >>> raise InputError("width", 0, "a whole number of neurons, 1 or more", "try width=20")
    Traceback (most recent call last):
    ...
    certifield.evidence._errors.InputError: width = 0 cannot be used: it must be a whole number of neurons, 1 or more. Mend: try width=20
    """

    def __init__(self, argument: str, given: object, allowed: str, remedy: str) -> None:
        self.argument, self.given, self.allowed, self.remedy = argument, given, allowed, remedy
        try:
            shown = repr(given)
        except ValueError:  # Python declines to write out integers of more than 4300 digits
            shown = f"a {type(given).__name__} too long to show"
        shown = shown if len(shown) <= 200 else shown[:197] + "..."
        super().__init__(f"{argument} = {shown} cannot be used: it must be {allowed}. Mend: {remedy}")

    def __reduce__(self):  # exceptions cross process borders in the pool runner
        return (type(self), (self.argument, self.given, self.allowed, self.remedy))


class NoClosedForm(CertifieldError):
    """No closed form is known for this question; the message names the route that exists instead."""


class NotConverged(CertifieldError):
    """A numerical method missed its tolerance; carries the diagnostic and the remedy."""


class PrecisionError(CertifieldError):
    """The requested precision cannot be had in the arithmetic in use."""


class NondeterministicBlock(CertifieldError):
    """The same block of the same study was computed twice with different content."""


class StoreMismatch(CertifieldError):
    """A store belongs to a different study; the message names the digest fields that differ."""


class CertificateRejected(CertifieldError):
    """A replay refused a certificate; the message names the first failing step."""


class Contradiction(CertifieldError):
    """Two computations that must agree do not, such as another program's answer and an exact invariant; neither is believed."""


class MissingExtra(CertifieldError):
    """An optional dependency is not installed; the message names the extra that brings it."""
