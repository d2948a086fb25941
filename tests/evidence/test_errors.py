"""Errors cross process borders, and never fail while they explain."""

import pickle

import pytest

from certifield.evidence import CertifieldError, InputError


def test_an_input_error_survives_pickling():
    error = pickle.loads(pickle.dumps(InputError("width", 0, "1 or more", "try width=20")))
    assert str(error) == "width = 0 cannot be used: it must be 1 or more. Mend: try width=20"
    assert (error.argument, error.given) == ("width", 0) and isinstance(error, CertifieldError | ValueError)


@pytest.mark.parametrize("digits", [100, 300, 5000])
def test_long_values_are_shortened(digits):
    assert len(str(InputError("width", 10**digits, "less", "try less"))) < 300
