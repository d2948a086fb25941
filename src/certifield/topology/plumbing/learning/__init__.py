"""Graph networks that guess whether two plumbing forests belong to one manifold.  What they say is PREDICTED, never proved."""

from ._batches import Batch as Batch, batches as batches
from ._calibration import Calibration as Calibration, calibration as calibration
from ._classifier import NETWORKS as NETWORKS, Classifier as Classifier, classifier as classifier
from ._layers import GAT as GAT, GCN as GCN, GEN as GEN
from ._predict import Predicted as Predicted, guess as guess, predicted as predicted
from ._train import Trained as Trained, train as train
