"""Quantities, digests and blocks."""

import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from certifield.evidence import InputError, NoClosedForm
from certifield.studies import Draws, Measurable, Precision, Study, parse_question, read_question
from certifield.studies.block_sums._study import default_block_size

# The digest of tests/studies/coin: it changes with the format of studies, and with nothing else.
COIN = "2fd4e19b6eef707a2ea1549278e2524350c3d74b0c8f3883c14ed5ca53af3887"

ERF = """
seed = 3
precision = "{precision}"
[[system]]
name = "erf"
ensemble = "erf_net"
{parameters}
widths = [3]
points = [[-0.5], [1.0]]
orders = [2]
methods = {methods}
[budget]
draws = 4096
block_size = 256
"""


def erf(precision: str = "float64", parameters: str = "", methods: str = '["neuron", "network-wick"]') -> Study:
    return Study(parse_question(ERF.format(precision=precision, parameters=parameters, methods=methods)))


def test_quantities(coin) -> None:
    path = coin()
    study = Study(read_question(path), path.parent)
    assert [(q.name, q.widths, q.block_size) for q in study.quantities] == [
        ("coin/neuron", (1, 2), 32),
        ("coin/network-wick/N=1", (1,), 32),
        ("coin/network-wick/N=2", (2,), 32),
    ]
    assert study.root_seed == 5
    assert study.budget_of(study.quantities[0]) == Draws(2048)
    with pytest.raises(InputError, match="coin/neuron"):
        study.quantity("coin/neurons")


def test_the_digest_of_a_known_study(coin) -> None:
    path = coin()
    assert Study(read_question(path), path.parent).digest() == COIN


@pytest.mark.parametrize(
    "key, value, changes",
    [
        ("title", '"Another title"', False),
        ("draws", "1536", False),  # as long as the blocks stay the same, see below
        ("seed", "6", True),
        ("widths", "[1, 3]", True),
        ("points", "[[0.0], [1.5]]", True),
        ("orders", "[2, 3]", True),
        ("methods", '["neuron"]', True),
        ("parameters", '{ pause = 0.5, fault = "" }', True),
        ("draws", "1000000", True),  # a new study would have larger blocks
    ],
)
def test_what_the_digest_covers(coin, key: str, value: str, changes: bool) -> None:
    path = coin(**{key: value})
    sizes = {name: 32 for name in ("coin/neuron", "coin/network-wick/N=1", "coin/network-wick/N=2")} if value == "1536" else {}
    assert (Study(read_question(path), path.parent, sizes).digest() != COIN) is changes


def test_the_digest_does_not_know_the_folder_but_knows_the_file(coin) -> None:
    path = coin("elsewhere/deep")
    assert Study(read_question(path), path.parent).digest() == COIN
    source = path.parent / "coin.py"
    source.write_text(source.read_text() + "\n")
    assert Study(read_question(path), path.parent).digest() != COIN


def test_a_block_is_a_pure_function(coin) -> None:
    path = coin()
    one, other = (Study(read_question(path), path.parent) for _ in range(2))
    assert one.block("coin/neuron", 3).sums.tobytes() == other.block("coin/neuron", 3).sums.tobytes()
    assert one.block("coin/neuron", 3).sums.tobytes() != one.block("coin/neuron", 4).sums.tobytes()
    assert one.block("coin/neuron", 3).sums.tobytes() != one.block("coin/network-wick/N=1", 3).sums.tobytes()


@pytest.mark.parametrize("name", ["erf/neuron", "erf/network-wick/N=3"])
def test_precision_is_that_of_the_study_and_not_of_the_process(name: str) -> None:
    """A float64 study gives the same bits whatever the user's own switch says; a float32 study gives others."""
    wide = erf().block(name, 2)
    with jax.enable_x64(False):
        assert erf().block(name, 2).sums.tobytes() == wide.sums.tobytes()
        assert jax.numpy.ones(1).dtype == np.float32
    narrow = erf("float32").block(name, 2)
    assert narrow.sums.tobytes() != wide.sums.tobytes()
    assert erf().block(name, 2).sums.tobytes() == wide.sums.tobytes(), "programs compiled for one precision do not serve the other"
    assert jax.numpy.ones(1).dtype == np.float64
    assert narrow.sums.dtype == np.float64
    assert erf().digest() != erf("float32").digest()


def test_dim_comes_from_the_points() -> None:
    assert erf().block("erf/neuron", 0).sums.tobytes() == erf(parameters="parameters = { dim = 1 }").block("erf/neuron", 0).sums.tobytes()


@pytest.mark.parametrize(
    "parameters, argument, remedy",
    [
        ("parameters = { sigma_q = 1.0 }", "system 'erf', parameters.sigma_q", "did you mean 'sigma_"),
        ("parameters = { zzz = 1.0 }", "system 'erf', parameters.zzz", "remove it"),
        ("parameters = { sigma_b = -1.0 }", "system 'erf', sigma_b", ""),
    ],
)
def test_parameters_that_an_ensemble_does_not_take(parameters: str, argument: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        erf(parameters=parameters).digest()
    assert caught.value.argument == argument and remedy in caught.value.remedy
    assert "erf/neuron" in caught.value.__notes__[0]


@pytest.mark.parametrize(
    "ensemble, words",
    [
        ("erf_nett", "did you mean 'erf_net'"),
        ("scalar_field", "parameters.mass"),
        ("Ensemble", "cos_net, erf_net"),
        ("coin.py", "coin.py"),
        ("coin.py:Coins", "Coin"),
        ("coin.py:not_a_function", "a function of coin.py"),
        ("coin.py:not_an_ensemble", "it returned int"),
        ("coin.py:strict", "parameters.gain"),
        ("nowhere.py:build", "can be read"),
        ("coin.txt:build", "file.py:function"),
        ("broken.py:build", "ZeroDivisionError"),
    ],
)
def test_ensembles_that_do_not_exist(coin, ensemble: str, words: str) -> None:
    path = coin(ensemble=f'"{ensemble}"', parameters="{}")
    (path.parent / "broken.py").write_text("1 / 0")
    with pytest.raises(InputError, match=words):
        Study(read_question(path), path.parent).digest()


@pytest.mark.parametrize("method", ["neuron", "network-wick", "network-kstat"])
def test_odd_orders_of_an_even_ensemble_are_told_in_the_words_of_the_file(method: str) -> None:
    content = ERF.format(precision="float64", parameters="", methods=f'["{method}"]')
    with pytest.raises(InputError) as caught:
        Study(parse_question(content.replace("orders = [2]", "orders = [2, 3]"))).digest()
    assert (caught.value.argument, caught.value.given) == ("system 'erf', orders", [2, 3])
    assert "odd correlators vanish" in caught.value.allowed and caught.value.remedy == "set orders = [2]"
    assert Study(parse_question(content)).digest()  # sabotage twin: the same system without the odd order


def test_a_method_that_does_not_apply_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import jax\nfrom certifield.ensembles import single_layer\n"
        "def sharp(width, dim):\n    return single_layer(lambda z: jax.numpy.sign(z), dim, width)\n"
    )
    question = parse_question(
        ERF.format(precision="float64", parameters="", methods='["network-wick"]').replace("erf_net", "mine.py:sharp")
    )
    with pytest.raises(NoClosedForm) as caught:
        Study(question, tmp_path).digest()
    assert "erf/network-wick/N=3" in caught.value.__notes__[0]


OWN = """
import sys
from pathlib import Path
from certifield.studies import Study, parse_question
print(Study(parse_question(Path(sys.argv[1], "study.toml").read_text()), Path(sys.argv[1])).digest())
"""


def test_a_users_own_module_has_one_digest_in_all_processes(tmp_path: Path) -> None:
    """Nothing that differs between processes, such as the address of a function, is part of an identity."""
    (tmp_path / "mine.py").write_text(
        "import equinox as eqx\nimport jax\nfrom certifield.ensembles import Ensemble, student_t\n"
        "def deep(width):\n"
        "    mlp = eqx.nn.MLP(1, 'scalar', width, 2, activation=lambda z: jax.numpy.tanh(z), key=jax.random.key(0))\n"
        "    return Ensemble(mlp, student_t(5.0, 0.3), dim=1)\n"
    )
    content = ERF.format(precision="float64", parameters="", methods='["network-kstat"]').replace("erf_net", "mine.py:deep")
    (tmp_path / "study.toml").write_text(content)
    ran = subprocess.run([sys.executable, "-c", OWN, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == Study(parse_question(content), tmp_path).digest()


def test_default_block_sizes() -> None:
    system = erf().question.system[0]
    assert default_block_size(system, "neuron", 1000, Precision(0.1)) == 1 << 22
    assert default_block_size(system, "network-wick", 1000, Precision(0.1)) == 4096
    assert default_block_size(system, "network-wick", 10**6, Precision(0.1)) == 256
    assert default_block_size(system, "network-wick", 1000, Draws(10**5)) == 1024
    assert default_block_size(system, "network-wick", 1000, Draws(10)) == 1
    assert default_block_size(system, "network-wick", 3, Draws(10**6)) == 8192


def test_the_coin_is_measurable(coin) -> None:
    from certifield.studies.question._user_file import load_function

    assert issubclass(load_function(coin().parent, "coin.py:Coin"), Measurable)
    assert not issubclass(int, Measurable)
