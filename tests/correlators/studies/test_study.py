"""Cases, pieces and findings of the studies of ensembles."""

import json
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from certifield.correlators.studies import n_point_functions as studies
from certifield.correlators.studies._conclusions import law_of
from certifield.correlators.studies._measuring import Measurable, known, made
from certifield.correlators.studies._rows import rows_of
from certifield.correlators.studies._sample_functions import Drawn, _reading
from certifield.correlators.studies._system import Systems
from certifield.engine import ask, entry_called
from certifield.ensembles import laplace, normal
from certifield.evidence import Estimate, Exact, InputError, NoClosedForm
from certifield.study import SUBSUMS, Missing, Reading, Task

ERF = {"name": "erf", "ensemble": "erf_net", "widths": [3], "points": [[-0.5], [1.0]], "orders": [2], "methods": ["neuron", "network-wick"]}


def options(folder: Path = Path(), **changed) -> Systems:
    system = {key: value for key, value in {**ERF, **changed}.items() if value is not None}
    return Systems.model_validate({"system": [system]}, context={"folder": folder})


def drawn(case, chosen: Systems, steps=(0,), root: int = 3) -> dict:
    return {step: studies.piece(Task(root, case, step), chosen) for step in steps}


def readings(chosen: Systems, steps=(0,)) -> dict[str, Reading]:
    found = {}
    for case in studies.cases(chosen):
        pieces = drawn(case, chosen, steps)
        found[case.name] = Reading(case, dict(studies.read(case, pieces, chosen)), pieces)
    return found


def test_cases() -> None:
    cases = list(studies.cases(options(widths=[3, 20])))
    assert [case.name for case in cases] == ["erf/neuron", "erf/network-wick/N=3", "erf/network-wick/N=20"]
    assert [case.data["widths"] for case in cases] == [[3, 20], [3], [20]]
    # Five operations an activation (2 points, 1 input, 2 more parameters), and the products of three pairs.
    assert [case.data["work"] for case in cases] == [5 * 5 + 6, 5 * 15 + 6, 5 * 100 + 6]
    assert {case.group for case in cases} == {"erf"}


def test_what_a_case_is_made_of() -> None:
    """Its data change with whatever its numbers depend on."""
    (first, *_), *others = (
        list(studies.cases(options(**changed)))
        for changed in ({}, {}, {"parameters": {"sigma_b": 0.5}}, {"points": [[-0.5], [1.1]]}, {"connected": False})
    )
    digests = [cases[0].data["measurement"] for cases in others]
    assert digests[0] == first.data["measurement"] and len(set(digests)) == len(digests)


def test_a_piece_is_a_pure_function() -> None:
    chosen = options()
    case, network = studies.cases(chosen)
    one, again, later = (drawn(case, chosen, (step,))[step] for step in (3, 3, 4))
    assert one["sums"].tobytes() == again["sums"].tobytes() != later["sums"].tobytes()
    assert len(one["count"]) == SUBSUMS and one["count"].sum() == studies.BLOCKS.size(case, 3)
    assert drawn(network, chosen)[0]["sums"].tobytes() != drawn(case, chosen)[0]["sums"].tobytes()
    assert drawn(case, chosen, (3,), root=4)[3]["sums"].tobytes() != one["sums"].tobytes()


@pytest.mark.parametrize("method", ["neuron", "network-wick", "network-kstat"])
def test_blocks_of_all_sizes_share_a_program(method: str) -> None:
    """A block of twice the unit is drawn by two calls; its first half is the block of one unit."""
    chosen = options(methods=[method])
    (case,) = studies.cases(chosen)
    measurement = studies._measured(case, chosen.system[0])
    unit = studies.BLOCKS.unit(case)
    small, large = measurement.sub_sums(3, 1, unit, 8), measurement.sub_sums(3, 1, 2 * unit, 16)
    for one, other in zip(small, large, strict=False):
        assert one.sums.tobytes() == other.sums.tobytes() and one.count == other.count == unit // 8
    np.testing.assert_allclose(measurement.block(3, 1).sums, np.sum([part.sums for part in small], axis=0), rtol=1e-12)
    assert large[8].sums.tobytes() != small[0].sums.tobytes()  # sabotage twin: the second half is other draws
    with pytest.raises(InputError, match="powers of two"):
        measurement.sub_sums(3, 1, unit + 1, 1)


def test_precision_is_that_of_the_process() -> None:
    chosen = options()
    case, _ = studies.cases(chosen)
    wide = drawn(case, chosen)[0]["sums"]
    with jax.enable_x64(False):
        narrow = drawn(case, chosen)[0]["sums"]
    assert narrow.tobytes() != wide.tobytes() and narrow.dtype == wide.dtype == np.float64
    assert drawn(case, chosen)[0]["sums"].tobytes() == wide.tobytes(), "programs compiled for one precision do not serve the other"


def test_findings_agree_with_the_closed_forms() -> None:
    """Every entry, by both methods, within 4.89 standard errors; a theory off by a tenth is found out."""
    found = readings(options(widths=[3, 20], orders=[2, 4]))
    assert list(found["erf/neuron"].found) == ["N=3/G2", "N=3/G_c4", "N=20/G2", "N=20/G_c4"]
    assert list(found["erf/network-wick/N=20"].found) == ["G2", "G_c4"]
    assert found["erf/neuron"].found["N=3/G2"].entries == ("00", "01", "11") and found["erf/neuron"].found["N=3/G2"].shown == 1
    told = {name: one.repeats for reading in found.values() for name, one in reading.found.items() if one.repeats}
    assert told == dict.fromkeys(("N=20/G2", "N=20/G_c4"), "the same draws as N=3, rescaled")
    np.testing.assert_allclose(*(found["erf/neuron"].found[f"N={width}/G_c4"].value.mean * width for width in (3, 20)))
    off = []
    for reading in found.values():
        for one in reading.found.values():
            assert isinstance(one.value, Estimate) and isinstance(one.expected, Exact) and one.value.blocks == SUBSUMS
            record = one.value.agrees_with(one.expected)
            assert np.all(record.agrees | ~record.decisive)
            off.append(not np.all(one.value.agrees_with(1.1 * one.expected).agrees))
    assert any(off)


def test_exact_values_are_those_of_the_correlators() -> None:
    from certifield.correlators import exact
    from certifield.ensembles import erf_net

    system = options(orders=[4]).system[0]
    expected = exact(erf_net(1, 3), system.points, indices=system.entries(4), connected=True)
    np.testing.assert_array_equal(known(system, 4, 3).value, expected.value)
    assert known(system, 4, 3) is known(system, 4, 3), "the methods of a system share them"


def test_what_is_missing() -> None:
    chosen = options()
    case, _ = studies.cases(chosen)
    waiting = dict(studies.read(case, {}, chosen))["N=3/G2"].value
    assert isinstance(waiting, Missing) and waiting.waiting
    piece = drawn(case, chosen)[0]
    lost = {**piece, "nonfinite": np.array([3, *[0] * 15]), "count": piece["count"] - np.array([3, *[0] * 15])}
    refused = dict(studies.read(case, {0: lost}, chosen))["N=3/G2"].value
    assert isinstance(refused, Missing) and not refused.waiting and "3 of 16384 draws are not finite" in refused.reason


@pytest.mark.parametrize(
    "parameters, argument, remedy",
    [
        ({"sigma_q": 1.0}, "system 'erf', parameters.sigma_q", "did you mean 'sigma_"),
        ({"zzz": 1.0}, "system 'erf', parameters.zzz", "remove it"),
        ({"sigma_b": -1.0}, "system 'erf', sigma_b", ""),
    ],
)
def test_parameters_that_an_ensemble_does_not_take(parameters: dict, argument: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        list(studies.cases(options(parameters=parameters)))
    assert caught.value.argument == argument and remedy in caught.value.remedy
    assert "erf/neuron" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"ensemble": "erf_nett"}, "did you mean 'erf_net'"),
        ({"ensemble": "scalar_field"}, "parameters.mass"),
        ({"ensemble": "Ensemble"}, "cos_net, erf_net"),
        ({"ensemble": "linear_field"}, "remove the key widths"),
        ({"widths": None}, "widths"),
        ({"ensemble": "single_layer", "parameters": {"activation": "tanhh"}}, "did you mean 'tanh'"),
        ({"ensemble": "single_layer"}, "add activation to parameters"),
        ({"ensemble": "mine.py:number"}, "it returned int"),
        ({"ensemble": "mine.py:three"}, "a function that returns an Ensemble"),
        ({"ensemble": "mine.py:strict"}, "parameters.gain"),
        ({"ensemble": "mine.py:nothing"}, "number"),
        ({"ensemble": "broken.py:build"}, "ZeroDivisionError"),
        ({"ensemble": "nowhere.py:build"}, "can be read"),
        ({"ensemble": "mine.py"}, "mine.py:build"),
    ],
)
def test_ensembles_that_do_not_exist(tmp_path: Path, changed: dict, words: str) -> None:
    (tmp_path / "mine.py").write_text("def number(width):\n    return width\ndef strict(width, gain):\n    return width\nthree = 3\n")
    (tmp_path / "broken.py").write_text("1 / 0")
    with pytest.raises((InputError, ValueError), match=words):
        list(studies.cases(options(tmp_path, **changed)))


def test_activations_and_laws_by_name() -> None:
    net = options(ensemble="single_layer", parameters={"activation": "tanh", "weights": {"family": "laplace", "scale": 0.7}})
    assert made(net.system[0], 3).neurons.weights == laplace(0.7) and made(net.system[0], 3).neurons.biases == normal(1.0)
    assert made(net.system[0], 3).draw(jax.random.key(0))(np.array([[0.5]])).shape == (1, 1)
    field = options(ensemble="linear_field", parameters={"law": "uniform"}, widths=None, methods=["network-kstat"], orders=[2, 4])
    (case,) = studies.cases(field)
    assert case.name == "erf/network-kstat" and case.data["widths"] == []
    np.testing.assert_allclose(known(field.system[0], 4, None).value[-1], -2 / 15)


@pytest.mark.parametrize("method", ["neuron", "network-wick", "network-kstat"])
def test_odd_orders_of_an_even_ensemble_are_told_in_the_words_of_the_file(method: str) -> None:
    with pytest.raises(InputError) as caught:
        list(studies.cases(options(methods=[method], orders=[2, 3])))
    assert (caught.value.argument, caught.value.given) == ("system 'erf', orders", [2, 3])
    assert "odd correlators vanish" in caught.value.allowed and caught.value.remedy == "set orders = [2]"
    assert list(studies.cases(options(methods=[method])))  # sabotage twin: the same system without the odd order


OWN = """
import equinox as eqx
import jax
from certifield.ensembles import Ensemble, normal, single_layer

def sharp(width, dim):
    return single_layer(lambda z: jax.numpy.sign(z), dim, width)

def deep(width):
    mlp = eqx.nn.MLP(1, "scalar", width, 2, activation=lambda z: jax.numpy.tanh(z), key=jax.random.key(0))
    return Ensemble(mlp, normal(0.3), even=True, dim=1)
"""
ELSEWHERE = """
import sys, jax, json
jax.config.update("jax_enable_x64", True)
from pathlib import Path
from certifield.correlators.studies.n_point_functions import Systems, cases
options = Systems.model_validate(json.loads(sys.argv[1]), context={"folder": Path(sys.argv[2])})
print(json.dumps([case.document() for case in cases(options)]))
"""


def test_a_method_that_does_not_apply_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN)
    with pytest.raises(NoClosedForm) as caught:
        list(studies.cases(options(tmp_path, ensemble="mine.py:sharp", methods=["network-wick"])))
    assert "erf/network-wick/N=3" in caught.value.__notes__[0]


def test_a_users_own_module(tmp_path: Path) -> None:
    """It has no closed form and no law of the width, and its cases are the same in all processes."""
    (tmp_path / "mine.py").write_text(OWN)
    chosen = options(tmp_path, ensemble="mine.py:deep", methods=["network-kstat"], widths=[2, 4])
    nothing = {case.name: Reading(case, dict(studies.read(case, {}, chosen)), {}) for case in studies.cases(chosen)}
    assert all(isinstance(one.expected, Missing) for reading in nothing.values() for one in reading.found.values())
    assert law_of(rows_of(nothing.values(), chosen)) is None, "a deep network has no exact law to be held against"
    layer = options(widths=[2, 4])
    cases = studies.cases(layer)
    found = [Reading(case, dict(studies.read(case, {}, layer)), {}) for case in cases]
    assert law_of(rows_of(found, layer)).value == 0  # sabotage twin: one layer has
    system = {**ERF, "ensemble": "mine.py:deep", "methods": ["network-kstat"], "widths": [2, 4]}
    command = [sys.executable, "-c", ELSEWHERE, json.dumps({"system": [system]}), str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [case.document() for case in studies.cases(chosen)]


MEASURABLE = """
import numpy as np
from certifield.evidence import Estimate, Exact, NoClosedForm
from certifield.streams import BlockSums, jackknife

class Tosses:
    def __init__(self, orders, name):
        self.orders, self.name = orders, name
    def fingerprint(self):
        return {"law": "normal", "orders": [int(order) for order in self.orders]}
    def sub_sums(self, seed, index, draws, number):
        rng = np.random.default_rng([seed, index, len(self.name)])
        rows = [np.stack([rng.normal(size=draws // number) ** order for order in self.orders]) for _ in range(number)]
        return [BlockSums(draws // number, row.sum(axis=1), abs(row).sum(axis=1), abs(row).max(axis=1)) for row in rows]
    def estimate(self, groups, *, seed, order, width=None):
        place, entries = list(self.orders).index(order), len(self.orders[order])
        mean, deviations = jackknife(groups, lambda sums, count: np.repeat(sums[:, [place]] / count[:, None], entries, axis=1))
        return Estimate(mean, {self.name: deviations}, sum(part.count for part in groups), len(groups), seed, "tosses", "float64")

class Coin:
    def __init__(self, width, dim=1):
        self.width = width
    def measurement(self, points, *, orders, connected, method, block_size, name):
        return Tosses(orders, name)
    def exact(self, points, *, indices, connected):
        entries, order = indices.shape
        if order > 2:
            raise NoClosedForm("a coin knows its variance only; toss it")
        return Exact(np.ones(entries), "a standard normal number", "none")
"""


def test_a_system_that_measures_itself(tmp_path: Path) -> None:
    (tmp_path / "coin.py").write_text(MEASURABLE)
    chosen = options(tmp_path, ensemble="coin.py:Coin", widths=[1, 2], orders=[2, 4])
    found = readings(chosen)
    assert isinstance(made(chosen.system[0], 1), Measurable) and not isinstance(3, Measurable)
    two, four = found["erf/network-wick/N=2"].found["G2"], found["erf/neuron"].found["N=1/G_c4"]
    assert np.all(two.value.agrees_with(two.expected).agrees) and "toss it" in four.expected.reason
    assert dict(studies.conclude(found, chosen)) and list(studies.page(found, chosen))


def test_conclusions_and_sections() -> None:
    chosen = options(widths=[2, 4, 8], orders=[2, 4], points=[[-0.5], [0.5], [1.0]])
    found = readings(chosen, steps=range(4))
    concluded = dict(studies.conclude(found, chosen))
    assert {"erf/slope of G2", "erf/slope of G_c4", "slopes over their law", "sampled over exact G2"} <= concluded.keys()
    for name, one in concluded.items():
        assert one.value.agrees_with(one.expected).agrees, name
    assert not concluded["sampled over exact G2"].value.agrees_with(1.1).agrees  # sabotage twin: it could disagree
    assert concluded["erf/slope of G_c4"].expected.value == -1
    assert concluded["slopes over their law"].repeats and concluded["erf/slope of G_c4"].entries == ("0022",)
    sections = {section.key: section for section in studies.page(found, chosen)}
    assert list(sections) == ["width-law", "free-limit", "sample-functions", "entries", "systems"]
    assert len(sections["sample-functions"].plots) == 3 and len(sections["width-law"].plots) == 1
    rows = rows_of(found.values(), chosen)
    assert len(sections["entries"].rows) == sum(len(row.entries) for row in rows) == 6 * (6 + 15)
    assert all(len(record) == len(section.columns) for section in sections.values() for record in section.rows)
    # Sample functions follow from the seed alone.
    again = {section.key: section for section in studies.page(found, chosen)}["sample-functions"]
    assert again.rows == sections["sample-functions"].rows


def test_only_a_single_layer_is_said_to_keep_its_spread() -> None:
    """The kernel of a deeper network depends on its width."""
    line = np.zeros(3)
    layer, deep = (
        [Drawn("net", width, single, line, np.zeros((2, 3)), line, line if single else None) for width in (2, 8)]
        for single in (True, False)
    )
    assert "same at every N" in _reading(layer) and "inside the band" in _reading(layer)
    assert "same at every N" not in _reading(deep) and "sum of few" not in _reading(deep) and "band" not in _reading(deep)
    assert "may change with the width" in _reading(deep) and "(net)" in _reading([*layer, *deep])


def test_an_empty_study_has_a_page() -> None:
    chosen = options(widths=[2, 4], orders=[2, 4])
    nothing = {case.name: Reading(case, dict(studies.read(case, {}, chosen)), {}) for case in studies.cases(chosen)}
    assert dict(studies.conclude(nothing, chosen)) == {}
    assert "systems" in [section.key for section in studies.page(nothing, chosen)]


def test_shipped_studies() -> None:
    """They answer S1, S2 and S4, and their claims are those of the ledger."""
    assert [entry_called(system).name for system in ("S1", "S2", "S4")] == ["erf-net", "exact-correlators", "three-nets"]
    names = ("erf-net", "three-nets", "exact-correlators", "correlators")
    claims = {name: [claim.key for claim in ask(name).study.claims] for name in names}
    assert claims == {
        "erf-net": ["ST-01", "ST-30"],
        "three-nets": ["ST-02", "ST-19", "ST-20"],
        "exact-correlators": ["ST-03", "ST-04"],
        "correlators": [],
    }
    assert all(len({case.name for case in ask(name, quick=True).study.cases(ask(name, quick=True).options)}) > 3 for name in names)


def test_the_claim_of_linear_fields_is_held_against_its_finding() -> None:
    uniform = ask("exact-correlators").options.named("theta-uniform").model_dump(mode="json", exclude_none=True)
    asked = ask("exact-correlators", options={"system": [uniform]})
    (case,) = asked.study.cases(asked.options)
    found = dict(studies.read(case, drawn(case, asked.options, range(8)), asked.options))
    claim = next(claim for claim in asked.study.claims if claim.key == "ST-04")
    assert claim.ours == f"{case.name}/G_c4"
    assert claim.verdict(found["G_c4"]) == "reproduced"
    np.testing.assert_allclose(claim.printed.value, found["G_c4"].expected.value, rtol=1e-12)
