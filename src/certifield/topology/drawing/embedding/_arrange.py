"""Boxes in rows."""

from collections.abc import Sequence

ASPECT = 1.4  # of the whole, width by height


def arranged(boxes: Sequence[tuple[float, float]], margin: float) -> list[complex]:
    """The lower left corners of boxes (width, height) in rows from the top, the highest first, each row centred in height."""
    order = sorted(range(len(boxes)), key=lambda one: -boxes[one][1])
    area = sum((width + margin) * (height + margin) for width, height in boxes)
    widest = max([(ASPECT * area) ** 0.5, *(width for width, _ in boxes)], default=0.0)
    corners = [0j] * len(boxes)
    left, top, height = 0.0, 0.0, 0.0
    for one in order:
        if left and left + boxes[one][0] > 1.05 * widest:
            left, top, height = 0.0, top - height - margin, 0.0
        height = max(height, boxes[one][1])
        corners[one] = complex(left, top - (height + boxes[one][1]) / 2)
        left += boxes[one][0] + margin
    return corners
