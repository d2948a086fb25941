"""Polynomials over the integers of a cyclotomic field, as results."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CyclotomicPolynomial:
    """sum_k sum_j coefficients[k][j] z^j t^k, where z is a primitive root of unity of the order ``prime`` and j < prime - 1.

    A polynomial that is only defined up to a factor +-z^a t^k is kept in one form: its lowest power of t is 0, and of the remaining
    multiples that one is taken whose coefficients have the smallest sum of absolute values and, compared from the constant term on,
    are largest.

    >>> print(CyclotomicPolynomial(3, ((1, 0), (0, 0), (-2, 1))).normalised())
    1 + (-2 + z) t^2
    """

    prime: int
    coefficients: tuple[tuple[int, ...], ...]

    @property
    def degree(self) -> int:
        """The highest power of t; -1 for the zero polynomial."""
        return len(self.coefficients) - 1

    def normalised(self) -> "CyclotomicPolynomial":
        """The one multiple by a unit +-z^a t^k that stands for all of them."""
        first = next((k for k, entry in enumerate(self.coefficients) if any(entry)), len(self.coefficients))
        last = next((k for k in range(len(self.coefficients), first, -1) if any(self.coefficients[k - 1])), first)
        kept = self.coefficients[first:last]
        turned = [tuple(_times_power(entry, a, sign) for entry in kept) for a in range(self.prime) for sign in (1, -1)]
        return CyclotomicPolynomial(self.prime, max(turned, key=lambda rows: (-sum(abs(number) for row in rows for number in row), rows)))

    def galois(self, power: int) -> "CyclotomicPolynomial":
        """z^power in place of z."""
        images = []
        for entry in self.coefficients:
            long = [0] * self.prime
            for j, number in enumerate(entry):
                long[j * power % self.prime] += number
            images.append(_reduced(long))
        return CyclotomicPolynomial(self.prime, tuple(images))

    def conjugated(self) -> "CyclotomicPolynomial":
        """1/t in place of t and 1/z in place of z, times a power of t."""
        turned = self.galois(self.prime - 1)
        return CyclotomicPolynomial(self.prime, turned.coefficients[::-1])

    def divided_by_t_minus_1(self) -> "CyclotomicPolynomial | None":
        """The quotient by t - 1, or None where there is a remainder."""
        sums, running = [], [0] * (self.prime - 1)
        for entry in reversed(self.coefficients):
            running = [a + b for a, b in zip(running, entry, strict=True)]
            sums.append(tuple(running))
        if not sums or any(sums[-1]):
            return None
        return CyclotomicPolynomial(self.prime, tuple(sums[-2::-1]))

    def __str__(self) -> str:
        terms = [_term(entry, k) for k, entry in enumerate(self.coefficients) if any(entry)]
        return " + ".join(terms).replace("+ -", "- ") or "0"


def _times_power(entry: tuple[int, ...], power: int, sign: int) -> tuple[int, ...]:
    long = [0, *entry] if len(entry) == 0 else [*entry, 0]
    return _reduced([sign * long[(j - power) % len(long)] for j in range(len(long))])


def _reduced(long: list[int]) -> tuple[int, ...]:
    """Coefficients of 1, ..., z^(prime-2) out of those of 1, ..., z^(prime-1)."""
    return tuple(number - long[-1] for number in long[:-1])


def _sum_of_powers(entry: tuple[int, ...]) -> str:
    words = []
    for j, number in enumerate(entry):
        if number:
            power = "" if j == 0 else "z" if j == 1 else f"z^{j}"
            words.append(str(number) if not power else {1: power, -1: f"-{power}"}.get(number, f"{number} {power}"))
    return " + ".join(words).replace("+ -", "- ")


def _term(entry: tuple[int, ...], k: int) -> str:
    number, power = _sum_of_powers(entry), "" if k == 0 else "t" if k == 1 else f"t^{k}"
    single = sum(map(bool, entry)) == 1
    if not power:
        return number
    if number in ("1", "-1"):
        return number.replace("1", power)
    return f"{number} {power}" if single else f"({number}) {power}"
