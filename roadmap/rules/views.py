"""What of an address a saved view keeps: the filters its page knows, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import parse_qsl, urlencode

from roadmap.enums import Refusal, ViewPage
from roadmap.rules.refusals import Refused

MOST = 50
LONGEST = 1000
DAY = "as_of"
# In the order of each page's form. A page number is never kept; a day only where it is asked for.
KEPT: Mapping[str, tuple[str, ...]] = {
    ViewPage.ACTIONS: (
        *("q", "workstream", "signal", "status", "institution", "part", "owner"),
        *("due_from", "due_to", "sort", "challenge", "initiative"),
    ),
    ViewPage.MILESTONES: ("workstream", "stage"),
    ViewPage.TIMELINE: (
        *("q", "workstream", "signal", "status", "institution", "part", "owner"),
        *("due_from", "due_to", "zoom", "from", "to", "open", "since", "slip", "days", "milestone"),
        *("challenge", "initiative"),
    ),
    ViewPage.OBSTACLES: ("show", "watch", "who", "workstream"),
    ViewPage.SLIPS: (
        *("q", "workstream", "institution", "kind", "way", "item", "since", "meeting", "show"),
    ),
    ViewPage.CHANGES: ("since", "section"),
}


def kept(page: str, query: str, day: date | None = None) -> str:
    """Give the part of a query string that is kept, and the day if the view is to stay there.

    :raises Refused: when it is longer than can be kept.
    """
    asked = dict(parse_qsl(query.lstrip("?")))
    filters = [(name, asked[name].strip()) for name in KEPT[page] if asked.get(name, "").strip()]
    if day is not None:
        filters.append((DAY, day.isoformat()))
    written = urlencode(filters)
    if len(written) > LONGEST:
        raise Refused(Refusal.VIEW_TOO_LONG)
    return written
