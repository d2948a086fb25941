"""Kernels as pictures: one square for each pair of inputs."""

import numpy as np

_CELL, _TOP = 26, 22


def heat_maps(kernels: dict[str, np.ndarray], name: str) -> str:
    """Symmetric matrices [n, n] side by side under their titles, as an SVG element.

    The darker a square the larger |Theta| beside the largest of all; its number is in units of that, and so the sign is seen.
    """
    largest = max(float(np.max(np.abs(matrix))) for matrix in kernels.values())
    parts, left = [], 0
    for title, matrix in kernels.items():
        size = len(matrix) * _CELL
        parts.append(f'<text x="{left + size / 2:g}" y="14" font-size="12" text-anchor="middle" fill="currentColor">{title}</text>')
        for (row, column), value in np.ndenumerate(matrix / largest):
            x, y, dark = left + column * _CELL, _TOP + row * _CELL, abs(value) > 0.55
            parts.append(f'<rect x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" fill="#0b559f" fill-opacity="{abs(value):.3f}"/>')
            colour, middle = "white" if dark else "currentColor", f'x="{x + _CELL / 2:g}" y="{y + _CELL / 2 + 3:g}"'
            parts.append(f'<text {middle} font-size="8.5" text-anchor="middle" fill="{colour}">{value:.2f}</text>')
        left += size + _CELL
    height = _TOP + max(len(matrix) for matrix in kernels.values()) * _CELL
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left - _CELL} {height}" width="{left - _CELL}" height="{height}" '
        f'role="img"><title>{name}</title>{"".join(parts)}</svg>'
    )
