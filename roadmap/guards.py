"""The roadmap's own locks: adopted baselines, what a closed period froze, what waits for what."""

from __future__ import annotations

from committee.guards import ALWAYS, Guard

CLOSED_PERIOD = (
    "EXISTS (SELECT 1 FROM roadmap_period p WHERE p.id = {row}.period_id"
    " AND p.closed_on IS NOT NULL)"
)
LINKED = ("predecessor_id", "successor_id", "lag_days", "created_on", "created_by_id")
GUARDS = (
    *(
        Guard(table, event, ALWAYS)
        for table in ("roadmap_adoption", "roadmap_baselineitem", "roadmap_periodcorrection")
        for event in ("UPDATE", "DELETE")
    ),
    Guard("roadmap_period", "UPDATE", "{row}.closed_on IS NOT NULL", before_only=True),
    Guard("roadmap_period", "DELETE", "{row}.closed_on IS NOT NULL"),
    *(
        Guard("roadmap_periodreport", event, CLOSED_PERIOD)
        for event in ("INSERT", "UPDATE", "DELETE")
    ),
    # A dependency is history: it can be removed, by somebody on a day, and never rewritten.
    Guard("roadmap_dependency", "DELETE", ALWAYS),
    Guard("roadmap_dependency", "UPDATE", ALWAYS, LINKED),
    Guard(
        "roadmap_dependency",
        "UPDATE",
        "{row}.removed_on IS NOT NULL",
        ("removed_on", "removed_by_id"),
        before_only=True,
        about="removed",
    ),
)
