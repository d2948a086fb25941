"""Metrics with a network: corrections of algebraic metrics that are defined everywhere, and components in charts; losses and kernels."""

from ._hermitian import ANSATZE as ANSATZE, HermitianNetwork as HermitianNetwork, train_hermitian as train_hermitian
from ._kernel import MetricKernel as MetricKernel, descend as descend, first_step as first_step, metric_kernel as metric_kernel
from ._levi import start_layers as start_layers
from ._losses import LOSSES as LOSSES, defects as defects
from ._phi import NetworkMetric as NetworkMetric, train_network as train_network
