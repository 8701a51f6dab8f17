"""The seven pillars of the bundled roadmap, as lines a new secretariat may start from."""

from __future__ import annotations

import csv

from roadmap.seed.files import BUNDLED


def pillars(known: set[str]) -> str:
    """Give them as lines to edit; a lead institution is named only where it is known already."""
    with (BUNDLED / "workstreams.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["order"]))
    return "\n".join(_line(row, known) for row in rows)


def _line(row: dict[str, str], known: set[str]) -> str:
    lead = row["lead_institution"] if row["lead_institution"] in known else ""
    parts = [row["code"], row["name_id"], row["name_en"], lead]
    return "; ".join(parts).rstrip("; ")
