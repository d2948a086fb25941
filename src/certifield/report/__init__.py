"""The report of a study: one page that needs nothing from anywhere else, and its numbers as files beside it."""

from ._write import REPORT as REPORT, write as write, write_results as write_results
