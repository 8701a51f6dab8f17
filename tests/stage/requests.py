"""Requests to move a due date. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def make(cast: Any) -> dict[str, Any]:
    """Make what the pages of this area are about."""
    return {}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    return {}


def fill(cast: Any, number: int) -> None:
    """Grow the lists of this area by so many rows."""


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {}
NO_PAGE: set[str] = set()
# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {}
