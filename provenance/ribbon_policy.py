"""Trains the network that ranks bands, and writes the weights that the library ships; about four minutes of one core.

The same arguments give the same weights: seed 0, 700 knots, 2500 steps made the file that is shipped.
"""

import argparse
from pathlib import Path

from certifield.topology.ribbon.learning import save, train


def main() -> None:
    """Trains, prints the progress, writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path, help="where the weights are written, such as src/certifield/topology/ribbon/learning/policy.npz")
    parser.add_argument("--knots", type=int, default=700)
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    training = train(knots=chosen.knots, steps=chosen.steps, seed=chosen.seed)
    print(f"{training.examples} links;  per hundred steps: share of links whose first band leads on, loss of bands, loss of values")
    for told in training.progress:
        print("  " + "  ".join(f"{value:.3f}" for value in told))
    save(training.policy, chosen.path, seed=chosen.seed)


if __name__ == "__main__":
    main()
