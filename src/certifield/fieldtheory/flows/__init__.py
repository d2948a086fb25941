"""Flows that sample lattice fields: laws that are drawn from directly, trained on the action, and made exact by their weights."""

from ._class_functions import (
    ClassFlow as ClassFlow,
    class_action as class_action,
    class_efficiency as class_efficiency,
    class_flow as class_flow,
    class_quadrature as class_quadrature,
    class_trace as class_trace,
    eigenangles as eigenangles,
)
from ._continuous import ContinuousFlow as ContinuousFlow, continuous_flow as continuous_flow
from ._coupling import CouplingFlow as CouplingFlow, coupling_flow as coupling_flow
from ._draws import FlowDraws as FlowDraws, IndependenceChain as IndependenceChain, sample as sample
from ._gauge import GaugeFlow as GaugeFlow, gauge_flow as gauge_flow
from ._training import Flow as Flow, Trained as Trained, train as train
