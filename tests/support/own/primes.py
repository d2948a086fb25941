"""Which of the numbers are prime?"""

import os
import time

import numpy as np

from certifield.evidence import Exact
from certifield.study import Case, Found, Missing, Options, Study


class Numbers(Options):
    first: int = 2
    count: int = 12


def cases(options):
    for number in range(options.first, options.first + options.count):
        yield Case(f"n-{number:03}", {"number": number}, "even" if number % 2 == 0 else "odd")


def piece(task, options):
    time.sleep(float(os.environ.get("PAUSE", 0)))  # to be killed in its midst
    number = task.case.data["number"]
    divisors = [divisor for divisor in range(1, number + 1) if number % divisor == 0]
    return {"divisors": divisors, "roots": np.sqrt(np.array(divisors))}


def read(case, pieces, options):
    divisors = pieces[0]["divisors"] if 0 in pieces else None
    yield "divisors", Found(Missing("not counted yet", waiting=True) if divisors is None else Exact(len(divisors), "counted"))


def conclude(readings, options):
    primes = [case for case, reading in readings.items() if getattr(reading["divisors"].value, "value", 0) == 2]
    yield "primes", Found(Exact(len(primes), "counted"))


STUDY = Study(options=Numbers, cases=cases, piece=piece, read=read, conclude=conclude)
