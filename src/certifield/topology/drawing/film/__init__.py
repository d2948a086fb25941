"""Proofs as film strips."""

from ._strip import film_strip as film_strip
