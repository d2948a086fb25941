"""Cohomology of line bundles in integers: surfaces, toric varieties, generic complete intersections in products of projective spaces."""

from ._curves import (
    CurveCohomology as CurveCohomology,
    curve_cohomology as curve_cohomology,
    hexagon_fan as hexagon_fan,
    intersection_form as intersection_form,
    monomials as monomials,
)
from ._flops import box as box, flop_reflection as flop_reflection, hypersurface_sections as hypersurface_sections
from ._hypersurfaces import (
    LineBundleCohomology as LineBundleCohomology,
    ambient_cohomology as ambient_cohomology,
    hypersurface_cohomology as hypersurface_cohomology,
    index as index,
)
from ._intersections import (
    CohomologyBounds as CohomologyBounds,
    intersection_cohomology as intersection_cohomology,
    intersection_index as intersection_index,
)
from ._surfaces import (
    del_pezzo_cohomology as del_pezzo_cohomology,
    del_pezzo_index as del_pezzo_index,
    exceptional_curves as exceptional_curves,
    hirzebruch_box as hirzebruch_box,
    hirzebruch_cohomology as hirzebruch_cohomology,
    hirzebruch_index as hirzebruch_index,
)
from ._threefolds import BICUBIC as BICUBIC, QUINTIC as QUINTIC, TETRA_QUADRIC as TETRA_QUADRIC, Threefold as Threefold
from ._toric import (
    Fan as Fan,
    hirzebruch_fan as hirzebruch_fan,
    product_fan as product_fan,
    projective_fan as projective_fan,
    toric_cohomology as toric_cohomology,
)
