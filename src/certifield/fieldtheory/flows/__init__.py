"""Flows that sample lattice fields: laws that are drawn from directly, trained on the action, and made exact by their weights."""

from ._continuous import ContinuousFlow as ContinuousFlow, continuous_flow as continuous_flow
from ._coupling import CouplingFlow as CouplingFlow, coupling_flow as coupling_flow
from ._draws import FlowDraws as FlowDraws, IndependenceChain as IndependenceChain, sample as sample
from ._training import Flow as Flow, Trained as Trained, train as train
