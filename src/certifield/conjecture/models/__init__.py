"""Models of tables: scores beside baselines, and attribution to features.  What a model says is PREDICTED, and decides nothing."""

from ._attribution import Attribution as Attribution, attribute as attribute, clusters as clusters
from ._components import Components as Components, Lattice as Lattice, components as components, lattice as lattice
from ._data import Data as Data, data as data
from ._formula import Formula as Formula, formula as formula
from ._graphs import (
    GraphNetwork as GraphNetwork,
    Graphs as Graphs,
    graph_data as graph_data,
    graphs as graphs,
    train_graphs as train_graphs,
)
from ._network import Network as Network, train as train
from ._scores import FURTHER as FURTHER, MODELS as MODELS, fit as fit, score as score, scores as scores
