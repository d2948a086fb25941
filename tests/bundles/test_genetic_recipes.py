"""The study of what the recipe of genetic search promises."""

from fractions import Fraction

from study_answers import answered, disagreeing

from certifield.bundles.studies import genetic_recipes


def test_the_recipe_keeps_what_it_promises_on_a_slope_alone():
    readings, verdicts, (section,) = answered("genetic-recipes", bits=16, evolutions=20, populations=20)
    assert verdicts == {"MO-01": "corrected", "MO-02": "reproduced"} and not disagreeing(readings)
    found = {name: float(one["share that found it"].value.mean) for name, one in readings.items() if "share that found it" in one}
    assert found["slope/talk"] == 1 and found["slope/no-selection"] < 0.5 and found["needle/talk"] < 0.5
    assert len(section.rows) == 7 and len(section.plots[0].marks) == 6


def test_another_pressure_would_be_noticed(monkeypatch):
    """The search draws with alpha = 3; the formula with alpha = 4 gives other chances, and more that are negative."""
    fitness = list(range(50))
    right = genetic_recipes._formula([Fraction(one) for one in fitness])
    assert not genetic_recipes._differs(fitness, right) and sum(right) == 1 and max(right) == Fraction(3, 50)
    monkeypatch.setattr(genetic_recipes, "PRESSURE", Fraction(4))
    wrong = genetic_recipes._formula([Fraction(one) for one in fitness])
    monkeypatch.undo()
    assert genetic_recipes._differs(fitness, wrong) and sum(one < 0 for one in wrong) > sum(one < 0 for one in right) == 13
