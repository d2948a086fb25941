# %% [markdown]
# # My own Calabi-Yau manifold
#
# You have a polynomial, and want its Ricci-flat metric with an error that can be trusted.  Here it is a quintic in P^4 that mixes the
# coordinates in a cycle; any polynomial of the right degrees will do, as text too: "z0^5 + z1^5 + ..." or an expression of SymPy.

# %%
import certifield as cf

G = cf.geometry


def mine() -> "cf.geometry.Variety":
    """z_0^5 + ... + z_4^5 + z_0^3 z_1 z_2 + ... + z_4^3 z_0 z_1: real coefficients, and the same after a cycle of the coordinates."""
    z = G.coordinates(5)
    cycle = sum(z[i] ** 3 * z[(i + 1) % 5] * z[(i + 2) % 5] for i in range(5))
    symmetry = G.Symmetry(permutations=((1, 2, 3, 4, 0),), conjugation=True)  # checked, and optional
    return G.Variety((4,), (sum(one**5 for one in z) + cycle,), "my quintic", symmetry)


# %% [markdown]
# `certifield run gallery/my_own_calabi_yau.py DIR` makes the study below into a report with tables, figures and certificates.  The
# fitted metric is in DIR: `G.studies.metric_of(cf.engine.open_study("DIR").read("k=3"))` has it without another fit.

# %%
STUDY = cf.geometry.studies.own_metric(mine, [1], {"k=2": [[2]], "k=3": [[3]]}, draws=1500)

# %% [markdown]
# The same by hand: is it smooth, what is its topology, how good is the metric, and is it one everywhere?  The file that is written
# holds points, charts, metric and weights as named arrays, and the potential with its formula in the documentation of `save_metric`.

# %%
if __name__ == "__main__":
    import tempfile
    from pathlib import Path

    import numpy as np

    variety = mine()
    points = G.sample(variety, draws=1500, seed=1)
    print("Euler number", G.euler_number(variety.configuration), " variety:", G.find_singularity(variety, points.z))
    metric, train = G.ricci_flat(variety, [1], [[[2]], [[3]]], draws=1500, seed=1)
    found = G.quality(metric, G.sample(variety, 1000, seed=2), train)
    print(found)
    print(found.certificate)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my_metric.npz"
        G.save_metric(path, metric, train)
        with np.load(path) as arrays:  # your own code needs NumPy alone
            print({name: arrays[name].shape for name in ("z", "metric", "weights", "omega")})
            ratio = np.linalg.det(arrays["metric"]).real / arrays["omega"]
            eta = ratio / np.average(ratio, weights=arrays["weights"])
            print("sigma on the fitted points, from the file alone:", np.average(np.abs(1 - eta), weights=arrays["weights"]))
