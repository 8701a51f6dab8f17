"""What the database itself locks of the figures: nothing that was stated is ever rewritten."""

from __future__ import annotations

from committee.guards import ALWAYS, Guard

STATED = (
    *("series_id", "year", "part", "region", "value", "kind", "known_from", "source_id"),
    *("confidence", "import_key", "entered_by_id", "entered_at", "batch_id", "replaces_id"),
)
SUPERSEDED = ("superseded_on", "superseded_by_id", "superseded_why")
GUARDS = (
    Guard("umkm_observation", "DELETE", ALWAYS),
    Guard("umkm_observation", "UPDATE", ALWAYS, STATED),
    Guard(
        "umkm_observation",
        "UPDATE",
        "{row}.superseded_on IS NOT NULL",
        SUPERSEDED,
        before_only=True,
        about="superseded",
    ),
)
