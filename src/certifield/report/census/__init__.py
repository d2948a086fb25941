"""The report of a census."""

from ._write import write_census as write_census
