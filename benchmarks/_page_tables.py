"""Numbers and tables of the page about benchmarks."""

from typing import Any


def show(value: float) -> str:
    """Three digits."""
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}".replace(",", " ") if value < 1e5 else f"{value:.2e}"


def bracket(value: dict[str, float]) -> str:
    """Median (smallest to largest)."""
    return f"{show(value['median'])} ({show(value['min'])} to {show(value['max'])})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]) + "\n"


def machine(record: dict[str, Any]) -> str:
    """Where and when."""
    versions = record["versions"]
    return (
        f"one core of {record['machine']['cores']} ({record['machine']['processor']}), jax {versions['jax']}, "
        f"numpy {versions['numpy']}, {record['date'][:10]}"
    )
