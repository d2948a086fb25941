"""Constants of 64-bit arithmetic."""

EPSILON = 2.0**-52
