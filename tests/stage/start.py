"""The first hour, and help. Their addresses, forms, budgets, and what may not be stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.roadmap.forms import sent


def make(cast: Any) -> dict[str, Any]:
    """Make what the pages of this area are about."""
    return {}


def arguments(cast: Any) -> dict[str, list[Any]]:
    """Give the arguments of each address, by its name."""
    return {"help-page": ["anggota"]}


def forms(cast: Any) -> dict[str, dict[str, Any]]:
    """Give what the right person would send to each address: it is accepted from them."""
    place, owner = cast.open.workstream, cast.people["owner"]
    return {
        "start-institutions": lines(f"{cast.institution.code}; Sudah ada\nBARU; Baru; New"),
        "start-members": lines("Baru; orang.baru@demo.test; BI; anggota"),
        "start-workstreams": lines(f"BARU; Baru; New; BI; {owner.email}"),
        "start-actions": lines(f"{place.code}; Judul baru; {owner.email}; 31 Desember 2026"),
        "start-meeting": sent(None, number=9_001, date="2018-10-01", place="Kantor Menko"),
    }


def lines(text: str, **more: Any) -> dict[str, Any]:
    """Give the form of a step as it is sent with pasted lines."""
    return {f"lines-{name}": value for name, value in sent(None, text=text, **more).items()}


def one(**fields: Any) -> dict[str, Any]:
    """Give the form of a step as it is sent with one thing."""
    typed = {f"one-{name}": value for name, value in sent(None, **fields).items()}
    return {"form": "one"} | typed


def fill(cast: Any, number: int) -> None:
    """Grow the lists of this area by so many rows."""


# Queries of each page for whoever sees most; pages that answer GET with no page.
BUDGETS: dict[str, int] = {
    "roadmap:start": 12,
    "roadmap:start-institutions": 8,
    "roadmap:start-members": 10,
    "roadmap:start-workstreams": 13,
    "roadmap:start-actions": 14,
    "roadmap:start-meeting": 7,
    "roadmap:help": 6,
    "roadmap:help-page": 6,
}
NO_PAGE: set[str] = set()
# What each constraint refuses, by its name.
BREAKS: dict[str, list[Callable[[], Any]]] = {}
