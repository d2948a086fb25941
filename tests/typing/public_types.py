"""What a static checker knows about the public names.  This file is checked, not run: `make lint`, and `test_typing.py`."""

from typing import assert_type

import numpy as np

import certifield.correlators as correlators
import certifield.engine as engine
import certifield.ensembles as ensembles
import certifield.evidence as evidence
import certifield.study as study
from certifield.streams import BlockSums, merge

net = ensembles.erf_net(2, 10)
assert_type(net, ensembles.Ensemble)
points = np.zeros((2, 2))

exact = correlators.exact(net, points, connected=True)
assert_type(exact, evidence.Exact)

estimate = correlators.estimate(net, points, connected=True, draws=1000)
assert_type(estimate, evidence.Estimate)
assert_type(estimate + estimate, evidence.Estimate)
assert_type(2 * estimate, evidence.Estimate)
assert_type(estimate.mean, np.ndarray)
assert_type(estimate.agrees_with(exact), evidence.Agreement)

certificate = evidence.certify_positive_definite([[2, 1], [1, 2]])
assert_type(certificate, evidence.Certificate)
assert_type(certificate.replay(), evidence.Verdict)
assert_type(certificate.replay().accepted, bool)

assert_type(evidence.wilson(60, 60), evidence.Share)
assert_type(exact.agrees_with(estimate), evidence.Agreement)
values: list[evidence.Value] = [exact, estimate, evidence.Certified(certificate), evidence.Unknown({"bands": 3})]

opened = engine.open_study("runs/erf-net")
assert_type(opened, engine.Opened)
assert_type(opened.digest, str)
assert_type(opened.read("erf-d1/neuron"), study.Reading)
results = engine.answer("runs/erf-net")
assert_type(results, engine.Results)
assert_type(results.conclusions["erf-d1/slope of G_c4"], study.Found)
assert_type(engine.run("runs/erf-net", study.Budget(draws=1000)), engine.Progress)
assert_type(engine.verify("runs/erf-net").accepted, bool)

parts = [BlockSums(1, np.ones(1), np.ones(1), np.ones(1))]
assert_type(merge(parts), BlockSums)
