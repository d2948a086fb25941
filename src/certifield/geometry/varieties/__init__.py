"""Complete intersections in products of projective spaces: polynomials, topology, families, symmetries, singular points."""

from ._configuration import (
    Configuration as Configuration,
    chern_numbers as chern_numbers,
    euler_number as euler_number,
    intersection_numbers as intersection_numbers,
    kaehler_parameters as kaehler_parameters,
    top_power as top_power,
    volume as volume,
)
from ._families import (
    CONFIGURATIONS as CONFIGURATIONS,
    cefalu as cefalu,
    dwork as dwork,
    fermat as fermat,
    generic as generic,
    multidegree_monomials as multidegree_monomials,
    named as named,
    two_cubics as two_cubics,
)
from ._polynomial import Polynomial as Polynomial, coordinates as coordinates, monomial_values as monomial_values, monomials as monomials
from ._reading import polynomial as polynomial
from ._singular import Singularity as Singularity, dependence as dependence, find_singularity as find_singularity, smoothness as smoothness
from ._symmetry import Symmetry as Symmetry
from ._variety import Variety as Variety
