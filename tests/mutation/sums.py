"""Changed by the runner's own test; nothing else needs it."""

from __future__ import annotations

FEWEST = 3


def is_enough(count: int) -> bool:
    """Say whether a count reaches the least that is asked."""
    return count >= FEWEST


def at_least_zero(count: int) -> int:
    """Return a count, or 0 below it; at 0 itself both ways are the same."""
    if count > 0:
        return count
    return 0


def unasked(count: int) -> int:
    """Return a double that no test asks for."""
    return count * 2
