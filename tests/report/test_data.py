"""The data beside the figures are the numbers of the rows, to the last digit."""

import csv
import io
import re
import urllib.parse

import numpy as np


def _entries(path) -> dict[tuple[str, int, str, int, str], tuple[float, float, float]]:
    with open(path, encoding="utf-8", newline="") as file:
        return {
            (line["system"], int(line["order"]), line["method"], int(line["width"]), line["entry"]):
            (float(line["estimate"]), float(line["stderr"]), float(line["exact"])) for line in csv.DictReader(file)
        }  # fmt: skip


def _agree(results, entries) -> bool:
    """Whether every number of every row is there, equal to the last bit."""
    found = True
    for row in results.rows:
        for place, index in enumerate(row.indices):
            key = (row.system, row.order, row.method, row.width, "".join(map(str, index)))
            numbers = (float(row.estimate.mean[place]), float(row.estimate.stderr[place]), float(row.exact.value[place]))
            found = found and entries.get(key) == numbers
    return found


def test_all_entries_are_in_the_table_of_entries(results, folder):
    entries = _entries(folder / "data" / "entries.csv")
    assert len(entries) == sum(len(row.indices) for row in results.rows)
    assert _agree(results, entries)


def test_another_digit_is_noticed(results, folder):
    entries = _entries(folder / "data" / "entries.csv")
    key, (mean, stderr, exact) = next(iter(entries.items()))
    assert not _agree(results, {**entries, key: (float(np.nextafter(mean, np.inf)), stderr, exact)})


def test_the_data_of_the_width_law_are_those_of_the_rows(results, folder):
    entries = _entries(folder / "data" / "entries.csv")
    shown = _entries(folder / "data" / "width-law.csv")
    assert len(shown) == len(results.rows)
    assert all(entries[key] == numbers for key, numbers in shown.items())


def test_the_copy_inside_the_page_is_the_file_beside_it(results, folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    copies = dict(re.findall(r'download="([^"]*)" href="data:text/csv;charset=utf-8,([^"]*)"', text))
    assert len(copies) == 3
    for name, data in copies.items():
        assert urllib.parse.unquote(data) == (folder / "data" / name).read_text(encoding="utf-8")


def test_histogram_counts_add_up_to_the_comparisons(results, folder):
    lines = list(csv.DictReader(io.StringIO((folder / "data" / "pulls.csv").read_text(encoding="utf-8"))))
    counted = sum(int(line["count"]) for line in lines if line["panel"] == "histogram" and line["method"] == "network")
    assert counted == sum(len(row.indices) for row in results.rows if row.method == "network-wick")
    neurons = sum(int(line["count"]) for line in lines if line["panel"] == "histogram" and line["method"] == "neuron")
    assert neurons == sum(len(row.indices) for row in results.rows if row.method == "neuron" and row.width == 2)  # all widths share draws
