"""How alive the reporting is: owners who reported lately, and how old a status is.

Only open actions count, and only what their owners said of them: a status that nobody has
given yet has no age.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from committee.models.prepared import as_day, ask
from roadmap.selectors.actions import known

WHOLE = 0  # stands for the whole roadmap where a workstream's id would stand
# Neither database has a median that the other has, but both add up over windows: the middle of
# the reports is the day, or the two days, up to which half of them were given.
VITALITY = """
WITH told AS ({}),
each_owner AS (
    SELECT workstream_id AS place, owner_id, MAX(reported_on) AS last
    FROM told WHERE owner_id IS NOT NULL GROUP BY workstream_id, owner_id
), all_owners AS (
    SELECT place, owner_id, last FROM each_owner
    UNION ALL SELECT 0, owner_id, MAX(last) FROM each_owner GROUP BY owner_id
), each_day AS (
    SELECT workstream_id AS place, reported_on, COUNT(*) AS reports
    FROM told WHERE reported_on IS NOT NULL GROUP BY workstream_id, reported_on
), all_days AS (
    SELECT place, reported_on, reports FROM each_day
    UNION ALL SELECT 0, reported_on, SUM(reports) FROM each_day GROUP BY reported_on
), ranked AS (
    SELECT place, reported_on, reports,
           SUM(reports) OVER (PARTITION BY place ORDER BY reported_on) AS up_to,
           SUM(reports) OVER (PARTITION BY place) AS total
    FROM all_days
)
SELECT place, NULL AS owners, NULL AS fresh, MIN(reported_on) AS low, MAX(reported_on) AS high
FROM ranked WHERE 2 * up_to >= total AND 2 * (up_to - reports) <= total GROUP BY place
UNION ALL
SELECT place, COUNT(*), COUNT(CASE WHEN last > %s THEN 1 END), NULL, NULL
FROM all_owners GROUP BY place
"""


@dataclass(slots=True)
class Vitality:
    """The owners of open actions, those who reported lately, and the median age of a status."""

    fresh: int = 0
    owners: int = 0
    age: float | None = None


def vitalities(today: date) -> dict[int, Vitality]:
    """Give each workstream's vitality by its id, and the whole roadmap's: one query."""
    found: dict[int, Vitality] = defaultdict(Vitality)
    for row in ask(_told, today, frame=VITALITY, beside=[_limit(today)]):
        one = found[row["place"]]
        if row["owners"] is not None:
            one.owners, one.fresh = row["owners"], row["fresh"]
        else:
            one.age = _mean_age([as_day(row["low"]), as_day(row["high"])], today)
    return found


def _told(today: date) -> QuerySet[Any, Any]:
    return known(today).open().order_by().values("workstream_id", "owner_id", "reported_on")


def _mean_age(days: list[Any], today: date) -> float:
    ages = [today.toordinal() - day.toordinal() for day in days]
    return sum(ages) / len(ages)


def _limit(today: date) -> date:
    return today - timedelta(days=settings.SILENT_AFTER_DAYS)
