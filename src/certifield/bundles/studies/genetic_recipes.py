"""What genetic search promises: chances of parents in exact fractions, planted optima with and without each part (ledger M2)."""

from collections.abc import Iterator
from fractions import Fraction

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, UInt8
from pydantic import Field

from certifield.evidence import Estimate, Exact, wilson
from certifield.search._keys import key_of
from certifield.search.genetic import Genetic, evolve, weights
from certifield.study import COLOURS, Case, Claim, Curve, Found, Options, Piece, Pieces, Plot, Readings, Section, Study, Task

PRESSURE = Fraction(3)
RECIPES = {
    "talk": Genetic(),
    "authors": Genetic(selection="authors"),
    "rank": Genetic(selection="rank"),
    "no-crossover": Genetic(cuts=0),
    "no-mutation": Genetic(mutation=0.0),
    "no-selection": Genetic(pressure=1.0, selection="rank"),
}


class Planted(eqx.Module):
    """A hidden string.  ``sloping``: fitness counts the bits that are right; else it is 0 everywhere but there, a needle in a haystack."""

    hidden: UInt8[Array, " bits"]
    sloping: bool = eqx.field(static=True)

    @property
    def bits(self) -> int:
        """The length of the string."""
        return len(self.hidden)

    def judge(self, bits: UInt8[Array, " bits"]) -> tuple[Float[Array, ""], Bool[Array, ""]]:
        """Fitness, and whether the string is the hidden one."""
        right = jnp.sum(bits == self.hidden, dtype=jnp.int32)
        solved = right == self.bits
        return jnp.where(solved | self.sloping, right, 0).astype(jnp.float64), solved


class Question(Options):
    """The length of hidden strings, the evolutions of each recipe, and random populations whose chances are added up."""

    bits: int = Field(24, ge=2, le=64)
    evolutions: int = Field(200, ge=2)
    populations: int = Field(200, ge=1)


def cases(options: Question) -> Iterator[Case]:
    """Chances; each recipe on a slope, the whole one on a needle, too."""
    yield Case("chances", {"populations": options.populations}, "chances")
    for recipe in RECIPES:
        yield Case(f"slope/{recipe}", {"recipe": recipe, "sloping": True}, "slope")
    yield Case("needle/talk", {"recipe": "talk", "sloping": False}, "needle")


def piece(task: Task, options: Question) -> Piece:
    """Exceptions to the statements about chances, or the generation in which each evolution found the string, -1 for never."""
    data = task.case.data
    if "populations" in data:
        rng = np.random.default_rng(task.seed)
        return _chances([list(map(int, rng.integers(0, 1000, 50))) for _ in range(data["populations"])])
    hidden = jax.random.bernoulli(key_of(task.seed % 2**31, "hidden"), shape=(options.bits,)).astype(jnp.uint8)
    seen = evolve(Planted(hidden, data["sloping"]), RECIPES[data["recipe"]], seed=task.seed % 2**31, count=options.evolutions)
    solved = np.asarray(seen.terminal) > 0
    return {
        "when": np.where(solved.any(axis=1), solved.argmax(axis=1), -1),
        "best": np.asarray(seen.fitness)[..., -1].mean(axis=0),
        "evaluations": seen.method.evaluations,
    }


def _chances(populations: list[list[int]]) -> Piece:
    """The formula in fractions, population by population, beside the weights that the search draws from."""
    sums = fittest = negative = differing = 0
    for fitness in populations:
        found = _formula([Fraction(one) for one in fitness])
        sums += sum(found) != 1
        fittest += max(found) != PRESSURE / len(fitness)
        negative += sum(one < 0 for one in found)
        differing += _differs(fitness, found)
    even = _formula([Fraction(one) for one in range(50)])
    return {
        "sums": sums, "fittest": fittest, "negative": negative, "differing": differing, "individuals": sum(map(len, populations)),
        "even": sum(one < 0 for one in even),
    }  # fmt: skip


def _formula(fitness: list[Fraction]) -> list[Fraction]:
    r"""$p_k = \frac1n \frac{(\alpha - 1)(f - \bar f) + f_{max} - \bar f}{f_{max} - \bar f}$."""
    mean, top, n = sum(fitness) / Fraction(len(fitness)), max(fitness), len(fitness)
    return [((PRESSURE - 1) * (one - mean) + top - mean) / (top - mean) / n for one in fitness]


def _differs(fitness: list[int], found: list[Fraction]) -> bool:
    """Whether the weights of the search are other than the formula's, clipped, by more than the grid on which fitness is put."""
    with jax.enable_x64(True):
        whole, _ = weights(jnp.asarray(fitness, jnp.float64), "talk", PRESSURE)
    clipped = [max(one, Fraction(0)) for one in found]
    total, given = sum(clipped), sum(map(int, whole))
    return any(abs(Fraction(int(one), given) - other / total) > Fraction(1, 10**6) for one, other in zip(whole, clipped, strict=True))


def read(case: Case, pieces: Pieces, options: Question) -> Iterator[tuple[str, Found]]:
    """Counts of exceptions; the share of evolutions that found the string."""
    if 0 not in pieces:
        return
    held = pieces[0]
    if case.group == "chances":
        about = f"random populations of 50, of {case.data['populations']}"
        for key, name in (("sums", "sums other than 1"), ("fittest", "fittest without alpha/n"), ("differing", "search draws otherwise")):
            yield name, Found(Exact(int(held[key]), about), Exact(0))
        yield "negative chances, fitness 0 to 49", Found(Exact(int(held["even"]), "of 50 individuals, alpha = 3"), Exact(13, "f < 49/4"))
        yield "negative chances", Found(_share(int(held["negative"]), int(held["individuals"]), "individuals of random populations"))
        return
    when = np.asarray(held["when"])
    yield "share that found it", Found(_share(int((when >= 0).sum()), len(when), case.name))
    if (when >= 0).any():
        yield "median generation", Found(Exact(float(np.median(when[when >= 0])), "of those that found it"))


def _share(successes: int, trials: int, source: str) -> Estimate:
    """With half of Wilson's interval of one standard deviation as its error, which is not 0 where all succeed."""
    told = wilson(successes, trials, sigmas=1.0)
    error = max(told.high - told.value, told.value - told.low)
    return Estimate.from_stderr(told.value, error, source=source, draws=trials, method="share with Wilson's interval")


def conclude(readings: Readings, options: Question) -> Iterator[tuple[str, Found]]:
    """What a random search would find with as many strings."""
    judged = RECIPES["talk"].evaluations
    chance = float(Fraction(judged, 2**options.bits))
    yield "chance of random search", Found(Exact(chance, f"at most {judged} strings of 2^{options.bits}", radius=1e-15 * chance))


def page(readings: Readings, options: Question) -> Iterator[Section]:
    """The fittest by generation, and what each part of the recipe is for."""
    lines, rows = [], []
    for one in readings.values():
        if one.case.group == "chances" or 0 not in one.pieces:
            continue
        when, best = np.asarray(one.pieces[0]["when"]), np.asarray(one.pieces[0]["best"])
        if one.case.group == "slope":
            number = len(lines)
            lines.append(Curve(np.arange(len(best)), best, COLOURS[number % len(COLOURS)], "solid", label=one.case.data["recipe"]))
        rows.append((one.case.name, len(when), int((when >= 0).sum()), float(np.median(when[when >= 0])) if (when >= 0).any() else ""))
    text = (
        "Strings are hidden; fitness is the number of bits that are right.  A recipe without a part shows what that part is for.  "
        "On the needle fitness says nothing, and evolution is a random search."
    )
    plots = [Plot("The fittest of 50", "generation", "bits that are right, mean over evolutions", lines)] if lines else []
    columns = ("problem / recipe", "evolutions", "found the string", "median generation")
    yield Section(
        "recipes",
        "Planted optima",
        text,
        columns=columns,
        rows=rows,
        plots=plots,
        caption="On a slope. Recipes: that of the talk; with the selection of the authors' program; by rank; and that of the talk "
        "without one of its parts.",
    )


CLAIMS = (
    Claim("MO-01", "ML in particle and string theory (talk), genetic algorithms", "The chances p_k of parents are a distribution.",
          ours="chances/negative chances, fitness 0 to 49", printed=Exact(0), correction=Exact(13, "f < 49/4"),
          note="They add up to 1 and the fittest has alpha/n, in all populations, but those far below the mean have negative ones: with "
               "alpha = 3 and fitness 0, ..., 49 the last 13. The search puts 0 there, so that the fittest gets less than alpha/n."),
    Claim("MO-02", "ML in particle and string theory (talk), genetic algorithms",
          "Selection, crossover and 1 % mutation reach a fitness that is asked for.", ours="slope/talk/share that found it",
          printed=Exact(0.5), relation=">",
          note="On a slope; on a needle, where fitness says nothing, they do not."),
)  # fmt: skip

STUDY = Study(Question, cases, piece, read, conclude=conclude, claims=CLAIMS, page=page, unit="evolutions", packages=("jax",))
