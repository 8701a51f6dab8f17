"""Where a fact comes from, taken apart so that a page can say it in words."""

from __future__ import annotations

from dataclasses import dataclass

UNVERIFIED = "unverified:"


@dataclass(frozen=True, slots=True)
class SourcePart:
    """One part of a source; an unverified one was never checked, and the page says so."""

    text: str
    is_unverified: bool


def parts(source: str) -> list[SourcePart]:
    """Split `title: a | due: unverified: b` into its parts."""
    found = [part.strip() for part in source.split(" | ")]
    return [_part(part) for part in found if part]


def _part(text: str) -> SourcePart:
    plain = text.replace(f"{UNVERIFIED} ", "").replace(UNVERIFIED, "")
    return SourcePart(plain, UNVERIFIED in text)
