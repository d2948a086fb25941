import json


def test_doctor_finds_64_bit_and_the_random_numbers_of_jax(certifield):
    answer = certifield("doctor", "--json")
    checks = {check["name"]: check for check in json.loads(answer.out)}
    assert checks["precision"]["found"].startswith("float64") and checks["precision"]["fine"]
    assert checks["random numbers"]["found"].startswith("threefry2x32") and checks["random numbers"]["fine"]
    assert {"python", "jax", "devices", "compilation cache", "free disk here", "browser", "known clashes", "extra knots"} <= set(checks)
    assert answer.code == (0 if all(check["fine"] for check in checks.values()) else 1)
