"""Conformal fields from networks: the embedding, homogeneous networks on the null cone, four-point functions, blocks and their sums."""

from ._blocks import block as block, mean_field_coefficient as mean_field_coefficient, mean_field_sum as mean_field_sum
from ._decomposition import coefficients as coefficients, scalar_blocks as scalar_blocks
from ._embedding import continued as continued, cross_ratios as cross_ratios, embed as embed, null_product as null_product
from ._four_point import FourPoint as FourPoint, generalised_free as generalised_free, theta_power as theta_power
from ._laws import ThetaLaw as ThetaLaw, discrete as discrete, gaussian as gaussian, sphere as sphere
from ._log_field import (
    central_charge as central_charge,
    charge_with_cutoff as charge_with_cutoff,
    log_kernel as log_kernel,
    log_window as log_window,
)
from ._sampled import sampled_four_point as sampled_four_point
from ._spectrum import power_law_amplitude as power_law_amplitude
