"""How hyperparameters follow the width: parametrisations, the maximal update, and its checks."""

from ._coordinates import CoordinateCheck as CoordinateCheck, coordinate_check as coordinate_check
from ._maximal_update import maximal_update as maximal_update, maximal_update_init as maximal_update_init
from ._parametrisation import Parametrisation as Parametrisation
from ._transfer import WidthTransfer as WidthTransfer, width_transfer as width_transfer
from ._widths import Growth as Growth, WidthMap as WidthMap, width_map as width_map
