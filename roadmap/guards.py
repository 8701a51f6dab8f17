"""The roadmap's own locks: the adopted baseline, and what a closed period froze."""

from __future__ import annotations

from committee.guards import ALWAYS, Guard

CLOSED_PERIOD = (
    "EXISTS (SELECT 1 FROM roadmap_period p WHERE p.id = {row}.period_id"
    " AND p.closed_on IS NOT NULL)"
)
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
)
