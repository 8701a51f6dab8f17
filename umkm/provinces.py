"""The 38 provinces, by the codes of BPS (Statistics Indonesia) in force since 2022.

They are not the Interior Ministry's codes, which number the six provinces of Papua otherwise.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "provinces.csv"


@dataclass(frozen=True, slots=True)
class Province:
    """A province; its code also orders it from west to east."""

    code: str
    title: str
    title_en: str

    @property
    def local_title(self) -> str:
        """Give the name in the reader's language."""
        return self.title_en if get_language() == "en" else self.title


def _read() -> dict[str, Province]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Province(*row.values()) for row in csv.DictReader(file)}


PROVINCES = _read()
