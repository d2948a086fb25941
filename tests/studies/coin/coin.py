"""A system that measures itself, cheap enough to be killed twenty times: moments of standard normal numbers, without JAX.

``fault`` makes it misbehave: "nonfinite" (one draw of block 3), "raises" (block 5), "dies" (every block ends its process),
"drifts" (blocks differ from call to call), "heavy" (refuses its error bars).  ``pause`` makes a block last that many seconds.
"""

import hashlib
import os
import time

import numpy as np

from certifield.evidence import Estimate, Exact, InputError, NoClosedForm
from certifield.streams import BlockSums, jackknife


class Tosses:
    def __init__(self, coin, orders, block_size, name):
        self.coin, self.orders, self.block_size, self.name = coin, orders, block_size, name

    def fingerprint(self):
        return {"law": "normal", "orders": [int(order) for order in self.orders]}

    def block(self, seed, index):
        fault = self.coin.fault
        time.sleep(self.coin.pause)
        if fault == "dies":
            os._exit(9)
        if fault == "raises" and index == 5:
            raise InputError("toss", index, "heads or tails", "catch the coin")
        salt = os.urandom(4).hex() if fault == "drifts" else ""
        address = hashlib.sha256(f"{seed}/{self.name}/{index}{salt}".encode()).digest()
        numbers = np.random.default_rng(list(address)).normal(size=self.block_size)
        powers = np.stack([numbers**order for order in self.orders])
        lost = int(fault == "nonfinite" and index == 3)
        sizes = abs(powers)
        return BlockSums(self.block_size - lost, powers.sum(axis=1), sizes.sum(axis=1), sizes.max(axis=1), lost)

    def estimate(self, groups, *, seed, order, width=None):
        feature, entries = list(self.orders).index(order), len(self.orders[order])
        mean, deviations = jackknife(groups, lambda sums, count: np.repeat(sums[:, [feature]] / count[:, None], entries, axis=1))
        refused = np.full(entries, self.coin.fault == "heavy")
        draws = sum(group.count for group in groups)
        return Estimate(mean, {self.name: deviations}, draws, len(groups), seed, "tosses", "float64", refused=refused)


class Coin:
    def __init__(self, width, dim=1, pause=0.0, fault=""):
        self.width, self.pause, self.fault = width, pause, fault

    def measurement(self, points, *, orders, connected, method, block_size, name):
        return Tosses(self, orders, block_size, name)

    def exact(self, points, *, indices, connected):
        entries, order = indices.shape
        if order > 2:
            raise NoClosedForm("a coin knows its variance only; toss it")
        return Exact(np.ones(entries), "a standard normal number", "none")


def not_an_ensemble(width):
    return width


def strict(width, gain):
    return Coin(width)


not_a_function = 3
