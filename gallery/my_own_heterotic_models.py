# %% [markdown]
# # My own heterotic models
#
# You have a Calabi-Yau threefold as a configuration matrix, and want bundles on it with three families: all of a box, ranked by what is
# proved of them.  A row of the matrix is a projective space, a column an equation; here it is one of bidegree (2, 4) in P^1 x P^3.

# %%
from certifield.bundles import Threefold
from certifield.bundles.line_bundle_sums import LineBundleSum, SumBox, common_zero, scan_sums
from certifield.bundles.monads import Box, Monad, Stage, certificate_of_topology, scan, stages

MINE = Threefold((1, 3), ((2,), (4,)))
ORDER = 4  # of a group that acts freely: you have to know that it does


def ranked(manifold: Threefold, order: int, box: Box) -> list[tuple[Monad, tuple[Stage, ...]]]:
    """All monads of the box with three families: those first that pass the most stages, and of these the ones with most of them proved."""
    funnel, r_b = scan(box), box.shape[0]
    found = []
    for state in funnel.classes(funnel.models).tolist():
        model = Monad(manifold, tuple(map(tuple, state[:r_b])), tuple(map(tuple, state[r_b:])))
        found.append((model, stages(model, order)))
    return sorted(found, key=lambda one: (_passed(one[1], "failed"), _passed(one[1], "failed", "open", "necessary only")), reverse=True)


def _passed(told: tuple[Stage, ...], *bad: str) -> int:
    return sum(stage.status not in bad for stage in told)


# %% [markdown]
# The certificate of a model is of its topology; further stages say what ranks of random maps prove, make likely, or exclude.
# A group of this order has to act freely, which is not tested; an order that does not divide the Euler number is refused.
# Sums of line bundles with a trivial line meet all conditions and are no SU(5) models: they leave SO(10), and are passed over here.
# Cohomology, and with it monads, is offered for one equation; sums of line bundles need topology alone, and any configuration will do.

# %%
if __name__ == "__main__":
    print("Euler number", MINE.euler, " c2", MINE.second_chern.tolist())
    models = ranked(MINE, ORDER, Box(MINE, (5, 1), ORDER, b=(-2, 2), c=(0, 4)))
    whole = [model for model, told in models if told[-1].name == "equivariance"]
    print(len(models), "models in all;", len(whole), "pass every stage")
    for model, told in models[:5]:
        print("B", model.b, " C", model.c)
        for stage in told:
            print(f"   {stage.name:18s} {stage.status:15s} {stage.found}")
    certificate = certificate_of_topology(models[0][0], ORDER)
    print(certificate, certificate.replay())

    other = Threefold((1, 1, 1, 1), ((2,), (2,), (2,), (2,)))
    sums = scan_sums(SumBox(other, order=4, low=-2, high=2))
    print(sums)
    order = {"zero": 0, "open": 1, "none": 2}
    told = []
    for lines in sums.classes[sums.trivial == 0].tolist():
        one = LineBundleSum(other, tuple(map(tuple, lines)))
        told.append((common_zero(one.slope_forms()).status, one))
    told.sort(key=lambda one: order[one[0]])
    zero = sum(status == "zero" for status, _ in told)
    print(f"Without a trivial line: {len(told)} sums of line bundles; {zero} with slopes that vanish together, proved")
    for status, one in told[:3]:
        print("  ", status, one.lines, " c2", one.c2, " index", one.index, " misses", sum(one.misses(4).values()))
