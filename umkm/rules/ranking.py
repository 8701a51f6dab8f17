"""Places in a ranking: equal values share one, and the next is left out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from umkm.enums import Direction

Key = TypeVar("Key")


def places(values: Mapping[Key, Decimal], direction: Direction) -> dict[Key, int]:
    """Give each its place, the best first; where neither end is better, the largest first."""
    ordered = sorted(values.values(), reverse=direction != Direction.LOWER)
    first = {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
    return {key: first[value] for key, value in values.items()}
