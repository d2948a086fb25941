"""Fields of two by two sites, which several files look at."""

import pytest

from certifield.fieldtheory.oracles import LatticeScalar, lattice_fields


@pytest.fixture(scope="session")
def two():
    lattice = LatticeScalar((2, 2), -4.0, 8.0, "unhalved")
    return lattice_fields(lattice, chains=512, kept=4, apart=10, warmup=60, steps=10, step=0.07, seed=1)
