"""What the last night found of evidence: the line that says so, and how it is read back."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAME = "evidence"
NOTE = re.compile(r"stray (\d+), broken (\d+)\Z")


@dataclass(frozen=True, slots=True)
class Night:
    """How many files without a row were removed, and how many rows lack the file they name."""

    stray: int
    broken: int

    def __str__(self) -> str:
        return f"stray {self.stray}, broken {self.broken}"


def read(note: str) -> Night | None:
    """Read a night's line back; None where there is none yet."""
    found = NOTE.match(note)
    return Night(int(found[1]), int(found[2])) if found else None
