"""Whatever a function of varieties, points, metrics and flows is given, it raises `InputError` or answers."""

import inspect
from functools import partial

import numpy as np
import pytest

from certifield import geometry as G
from certifield.evidence import InputError, NotConverged
from certifield.geometry import flows, moduli, networks, spectra
from certifield.geometry.studies.own_metric import own_metric

QUINTIC = G.fermat()
POINTS = G.sample(QUINTIC, 4, seed=1)
METRIC = G.fubini_study(QUINTIC, [1])
BALANCING = G.sample(QUINTIC, 60, seed=1)
QUARTIC = G.sample(G.fermat(2), 4, seed=1)
SURFACE = G.fubini_study(G.fermat(2), [1])
NETWORK = networks.NetworkMetric(SURFACE, ((1,),), tuple(networks.start_layers(16, (2,), 1)), np.zeros(0))
KERNEL = networks.metric_kernel(NETWORK, QUARTIC.local[:1])
NONSENSE = [None, "five", object(), -1, 0.5, float("nan"), [], ["x"], {}, (1, 2, 3), np.zeros((2, 0)), int, 10**400]

# A call that is right, one argument of which is then replaced by each of the above.
CALLS = {
    "Configuration": (G.Configuration, {"ambient": (4,), "degrees": ((5,),)}),
    "chern_numbers": (G.chern_numbers, {"space": QUINTIC.configuration, "order": 2}),
    "volume": (G.volume, {"space": QUINTIC.configuration, "kaehler": [1]}),
    "coordinates": (G.coordinates, {"number": 5}),
    "dwork": (G.dwork, {"psi": 0, "dimension": 3}),
    "polynomial": (G.polynomial, {"text": "z0^3", "variables": 2}),
    "two_cubics": (G.two_cubics, {"psi": 0.5}),
    "named": (G.named, {"name": "quintic", "seed": 1}),
    "generic": (G.generic, {"configuration": ((4,), ((5,),)), "seed": 1}),
    "Variety": (G.Variety, {"ambient": (4,), "polynomials": QUINTIC.polynomials, "symmetry": G.Symmetry()}),
    "Symmetry": (G.Symmetry, {"permutations": ((1, 0, 2, 3, 4),), "phases": ()}),
    "find_singularity": (G.find_singularity, {"variety": G.dwork(1), "z": POINTS.z}),
    "sample": (G.sample, {"variety": QUINTIC, "draws": 2, "seed": 1, "first": 0}),
    "stream": (G.stream, {"variety": QUINTIC, "seed": 1, "blocks": 1}),
    "LocalGeometry": (G.LocalGeometry, {"variety": QUINTIC, "z": POINTS.z}),
    "Points": (G.Points, {"local": POINTS.local, "weights": POINTS.weights, "draws": POINTS.draws}),
    "split": (POINTS.split, {"share": 0.5}),
    "joined": (G.joined, {"parts": [POINTS]}),
    "omega_volume": (G.omega_volume, {"points": POINTS}),
    "measured_intersections": (G.measured_intersections, {"points": POINTS}),
    "exact_omega_volume": (G.exact_omega_volume, {"dimension": 3}),
    "kinds": (G.kinds, {"variety": QUINTIC}),
    "require_apart": (G.require_apart, {"first": POINTS, "second": QUARTIC}),
    "load_points": (G.load_points, {"path": "no such file", "variety": QUINTIC}),
    "Logarithm": (G.Logarithm, {"weight": 1, "degrees": (1,)}),
    "logarithms": (G.logarithms, {"variety": QUINTIC, "kaehler": [1], "degrees": [[2]]}),
    "fubini_study": (G.fubini_study, {"variety": QUINTIC, "terms": [1]}),
    "AlgebraicMetric": (G.AlgebraicMetric, {"variety": QUINTIC, "terms": METRIC.terms, "matrices": METRIC.matrices}),
    "metric": (METRIC.metric, {"local": POINTS.local}),
    "raised": (G.raised, {"metric": METRIC, "terms": G.logarithms(QUINTIC, [1], [[2]])}),
    "invariant_forms": (G.invariant_forms, {"variety": QUINTIC, "degrees": [2]}),
    "certify_kaehler": (G.certify_kaehler, {"metric": METRIC}),
    "curvature": (G.curvature, {"metric": METRIC, "local": POINTS.local}),
    "ricci": (G.ricci, {"metric": METRIC, "local": POINTS.local}),
    "fubini_study_curvature": (G.fubini_study_curvature, {"local": POINTS.local, "kaehler": [1]}),
    "chern_integrals": (G.chern_integrals, {"metric": METRIC, "points": POINTS}),
    "chern_forms": (G.chern_forms, {"metric": METRIC, "local": POINTS.local}),
    "fit": (G.fit, {"start": METRIC, "points": POINTS, "steps": 1, "tolerance": 1e-3, "inner": 1}),
    "balanced": (G.balanced, {"start": METRIC, "points": BALANCING, "tolerance": 1.0, "iterations": 1}),
    "train_network": (
        networks.train_network,
        {"base": METRIC, "points": POINTS, "features": [[1]], "widths": (2,), "steps": 1, "batch": 4, "rate": 0.1, "seed": 0},
    ),
    "ricci_flat": (G.ricci_flat, {"variety": QUINTIC, "kaehler": [1], "ladder": [[[1]]], "draws": 4, "seed": 1}),
    "quality": (G.quality, {"metric": METRIC, "points": POINTS, "ricci": 0}),
    "load_metric": (G.load_metric, {"path": "no such file", "variety": QUINTIC}),
    "space_form_radius": (flows.space_form_radius, {"dimension": 3, "radius": 1, "time": 0.1, "curvature": 1}),
    "extinction_time": (flows.extinction_time, {"dimension": 3, "radius": 1}),
    "su2_ricci": (flows.su2_ricci, {"metric": [1, 1, 1]}),
    "su2_flow": (flows.su2_flow, {"start": [1, 1, 1], "times": [0, 0.01]}),
    "sphere_flow": (partial(flows.sphere_flow, np.sin), {"times": [0, 0.01], "nodes": 8}),
    "cigar": (flows.cigar, {"time": 0, "radius": 1}),
    "kaehler_ricci_flow": (flows.kaehler_ricci_flow, {"start": METRIC, "points": POINTS, "times": [0, 1e-3], "tolerance": 1e-3}),
    "local_rate": (flows.local_rate, {"wave_number": 1, "width": 0.1}),
    "bump_rate": (flows.bump_rate, {"wave_number": 1, "width": 0.1, "bumps": 200, "seed": 1}),
    "NetworkMetric": (networks.NetworkMetric, {"base": SURFACE, "features": ((1,),), "layers": NETWORK.layers, "losses": np.zeros(0)}),
    "metric of a network": (NETWORK.metric, {"local": QUARTIC.local}),
    "start_layers": (networks.start_layers, {"inputs": 16, "widths": (2,), "seed": 1}),
    "metric_kernel": (networks.metric_kernel, {"metric": NETWORK, "local": QUARTIC.local[:1]}),
    "drift": (KERNEL.drift, {"start": KERNEL}),
    "first_step": (networks.first_step, {"metric": NETWORK, "points": QUARTIC, "rate": 0.1}),
    "descend": (networks.descend, {"metric": NETWORK, "points": QUARTIC, "rate": 0.1, "steps": 1}),
    "neighbour": (POINTS.local.neighbour, {"factor": 0}),
    "HermitianNetwork": (
        networks.HermitianNetwork,
        {"base": SURFACE, "ansatz": "matrix", "layers": tuple(networks.start_layers(8, (2,), 1, 4)), "losses": np.zeros(0)},
    ),
    "train_hermitian": (
        networks.train_hermitian,
        {
            "base": SURFACE,
            "points": QUARTIC,
            "ansatz": "free",
            "losses": {"class": 1.0},
            "power": 1,
            "widths": (2,),
            "steps": 1,
            "batch": 4,
        },
    ),
    "defects": (networks.defects, {"metric": SURFACE, "points": QUARTIC, "names": ["monge-ampere"], "power": 1}),
    "deformation": (moduli.deformation, {"local": POINTS.local, "direction": QUINTIC.polynomials}),
    "weil_petersson": (moduli.weil_petersson, {"points": POINTS, "directions": [QUINTIC.polynomials]}),
    "yukawa": (moduli.yukawa, {"points": POINTS, "directions": [QUINTIC.polynomials] * 3}),
    "dwork_volume": (moduli.dwork_volume, {"psi": 0.5, "dimension": 3}),
    "dwork_metric": (moduli.dwork_metric, {"psi": 0.5, "dimension": 3}),
    "dwork_yukawa": (moduli.dwork_yukawa, {"psi": 0.5, "dimension": 3}),
    "Functions": (spectra.Functions, {"variety": QUINTIC, "degrees": (1,), "symmetry": G.Symmetry()}),
    "laplacian_spectrum": (spectra.laplacian_spectrum, {"metric": SURFACE, "points": QUARTIC, "degrees": [1], "levels": 1}),
    "hermitian_yang_mills": (
        spectra.hermitian_yang_mills,
        {"metric": SURFACE, "bundle": [1], "points": QUARTIC, "tested": G.sample(G.fermat(2), 4, seed=2), "degrees": [1]},
    ),
    "bundle_slope": (spectra.bundle_slope, {"space": QUINTIC.configuration, "kaehler": [1], "bundle": [1]}),
    "projective_levels": (spectra.projective_levels, {"dimension": 1, "count": 2}),
    "projective_spectrum": (spectra.projective_spectrum, {"dimension": 1, "degree": 1}),
    "own_metric": (own_metric, {"build": G.fermat, "kaehler": [1], "ladders": {"k=2": [[2]]}, "draws": 10}),
}


@pytest.mark.parametrize("name", CALLS)
def test_nonsense_is_refused_or_answered(name):
    """No argument of any of these brings another exception than `InputError`, and most nonsense is refused."""
    function, right = CALLS[name]
    refused = 0
    for argument in right:
        for given in NONSENSE:
            try:
                function(**right | {argument: given})
            except (InputError, NotConverged) as error:  # the latter for times after an extinction
                refused += 1
                assert str(error)
    assert refused >= 0.5 * len(right) * len(NONSENSE)


def test_every_public_function_is_in_the_table():
    """Functions whose arguments are all of our own kind are called with the wrong kind; none is forgotten."""
    public = {name for name in dir(G) if not name.startswith("_") and callable(getattr(G, name))}
    without = {
        "Polynomial",
        "Quality",
        "ChernIntegrals",
        "KaehlerMetric",
        "InvariantForms",
        "Singularity",
    }  # made by others, or by arithmetic
    elsewhere = {"intersection_numbers": G.intersection_numbers, "euler_number": G.euler_number, "block_draws": G.block_draws,
                 "effective_fraction": G.effective_fraction, "mixed_discriminants": G.mixed_discriminants}  # fmt: skip
    for function in elsewhere.values():
        with pytest.raises(InputError):
            function("five")
    others = {"fermat", "cefalu", "scalar_curvature", "top_power", "integral", "save_points", "save_metric"}
    assert public - without - set(elsewhere) - others <= set(CALLS), public - without - set(elsewhere) - others - set(CALLS)


@pytest.mark.parametrize(
    "call",
    [
        partial(G.fermat, "three"),
        partial(G.top_power, QUINTIC.configuration, [-1]),
        partial(G.scalar_curvature, METRIC, POINTS),
        partial(G.scalar_curvature, METRIC, QUARTIC.local),
        partial(G.save_points, 3, POINTS, QUARTIC),
        partial(G.save_metric, None, METRIC),
        partial(G.save_metric, "file.npz", "metric"),
        partial(G.integral, [], lambda part: part.weights[:, None], lambda means: means, "none"),
        partial(G.integral, POINTS, lambda part: part.weights, lambda means: means, "flat"),
        partial(G.integral, POINTS, lambda part: part.weights[:, None] * np.nan, lambda means: means, "no numbers"),
        partial(G.fit, METRIC, QUARTIC),
        partial(G.quality, METRIC, QUARTIC),
        partial(G.joined, [POINTS, QUARTIC]),
        partial(G.sample, QUINTIC, 2, 1, mixture={(2,): 1}),
        partial(G.sample, QUINTIC, 2, 1, mixture={(3,): 0}),
        lambda: sum(QUINTIC.polynomials) + float("inf"),
        lambda: QUINTIC.polynomials[0](np.ones(3)),
        partial(flows.sphere_flow, 3, [0, 0.01]),
        partial(flows.sphere_flow, lambda x: 1, [0, 0.01]),
    ],
)
def test_what_does_not_fit_together_is_refused(call):
    with pytest.raises(InputError):
        call()


def test_the_table_names_arguments_that_exist():
    """Sabotage twin of the table itself: a misspelt argument would be refused for its name alone."""
    for function, right in CALLS.values():
        assert set(right) <= set(inspect.signature(function).parameters)
