"""Actions and milestones as they were: two views of the database over the one history.

They wear the field names of the rows they look back at, so every question asked of an action
(querysets.py) is asked of its past in the same words. A view holds all of the history at once;
`on` narrows it to what was in force at the end of a day. Titles, links and people's names are
today's. The views are made after every migrate, and taken away before one: no database changes
a column that a view reads.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.apps import AppConfig
from django.db import connections, models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.signals import post_migrate, pre_migrate

from committee.models import Advice, Decision, Titled, Workstream
from committee.rules.days import PastDay, night_after
from roadmap.enums import MilestoneClosing, Precision
from roadmap.models.actions import STATE_FIELDS, ActionItem, ActionState
from roadmap.models.milestones import DueDateChange, Milestone
from roadmap.models.querysets import ActionQuerySet, MilestoneQuerySet


class ActionThen(Titled, ActionState):
    """An action in the state one update left it in, until the next."""

    code = models.CharField(max_length=16)
    workstream = models.ForeignKey(Workstream, models.DO_NOTHING, related_name="+")
    number = models.PositiveSmallIntegerField()
    output = models.TextField()
    output_en = models.TextField()
    first_due_date = models.DateField(null=True)
    created_on = models.DateField()
    decision = models.ForeignKey(Decision, models.DO_NOTHING, null=True, related_name="+")
    advice = models.ForeignKey(Advice, models.DO_NOTHING, null=True, related_name="+")
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "roadmap_actionthen"
        default_permissions: ClassVar = ()

    get_absolute_url = ActionItem.get_absolute_url
    days_moved = ActionItem.days_moved
    is_open = ActionItem.is_open


class MilestoneThen(Titled):
    """A milestone between one change of its date or its end and the next."""

    workstream = models.ForeignKey(Workstream, models.DO_NOTHING, null=True, related_name="+")
    due_date = models.DateField(null=True)
    due_precision = models.CharField(max_length=8, choices=Precision)
    first_due_date = models.DateField(null=True)
    decision = models.ForeignKey(Decision, models.DO_NOTHING, null=True, related_name="+")
    achieved_date = models.DateField(null=True)
    achieved_precision = models.CharField(max_length=8, choices=Precision)
    achieved_recorded_on = models.DateField(null=True)
    closing = models.CharField(max_length=10, choices=MilestoneClosing)
    closed_on = models.DateField(null=True)
    closing_reason = models.TextField()
    known_from = models.DateField()
    times_moved = models.IntegerField()
    from_day = models.DateField()
    until_day = models.DateField(null=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "roadmap_milestonethen"
        default_permissions: ClassVar = ()

    get_absolute_url = Milestone.get_absolute_url
    days_moved = Milestone.days_moved
    is_open = Milestone.is_open


def actions_on(day: date) -> Any:
    """Give the actions in force at the end of a day, each in its state of then.

    `times_moved` is counted from the slip ledger, which is exact to the day.
    """
    night = night_after(day)
    in_force = Q(superseded_at=None) | Q(superseded_at__gte=night)
    found = ActionThen.objects.filter(in_force, at__lt=night, created_on__lte=day)
    return found.annotate(times_moved=_moves(day))


def _moves(day: date) -> Coalesce:
    slips = DueDateChange.objects.filter(action=OuterRef("pk"), on__lte=day, is_applied=True)
    counted = slips.order_by().values("action").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def wear(action: ActionItem, then: Any) -> ActionItem:
    """Show an action in its state of then; such a one is read, never saved."""
    _copy(action, then, (*STATE_FIELDS, "times_moved"))
    action.owner, action.lead_institution = then.owner, then.lead_institution
    return action


def item_on(item: ActionItem | Milestone, day: date) -> ActionItem | Milestone:
    """Show what a row names in its state of a day looked back at; today's is as it is."""
    if not isinstance(day, PastDay):
        return item
    if isinstance(item, ActionItem):
        found = actions_on(day).select_related("owner", "lead_institution").filter(pk=item.pk)
        return wear(item, found[0]) if found else item
    milestone = Milestone.objects.known_on(day).filter(pk=item.pk)
    return wear_milestone(item, milestone[0]) if milestone else item


def wear_milestone(milestone: Milestone, then: Any) -> Milestone:
    """Show a milestone in its state of then; such a one is read, never saved."""
    return _copy(milestone, then, MILESTONE_STATE)


def _copy(row: Any, then: Any, names: Iterable[str]) -> Any:
    for name in names:
        setattr(row, name, getattr(then, name))
    return row


MILESTONE_STATE = (
    *("due_date", "due_precision", "achieved_date", "achieved_recorded_on"),
    *("closing", "closed_on", "closing_reason", "times_moved"),
)


STATE_COLUMNS = ", ".join(f"u.{name}" for name in STATE_FIELDS)
ACTION_VIEW = f"""
SELECT a.id, a.code, a.title, a.title_en, a.workstream_id, a.number, a.output, a.output_en,
       CASE WHEN u.due_date IS NOT NULL THEN a.first_due_date END AS first_due_date,
       a.created_on, a.decision_id, a.advice_id, u.at, u.superseded_at, {STATE_COLUMNS}
FROM roadmap_statusupdate u JOIN roadmap_actionitem a ON a.id = u.action_id
"""  # noqa: S608 - names of our own columns
# A milestone changes on the days named here, and on no other.
MILESTONE_VIEW = """
WITH changed AS (
    SELECT id, known_from AS day FROM roadmap_milestone
    UNION SELECT milestone_id, "on" FROM roadmap_duedatechange
          WHERE is_applied AND milestone_id IS NOT NULL
    UNION SELECT id, achieved_recorded_on FROM roadmap_milestone
          WHERE achieved_recorded_on IS NOT NULL
    UNION SELECT id, closed_on FROM roadmap_milestone WHERE closed_on IS NOT NULL
), spans AS (
    SELECT id, day, LEAD(day) OVER (PARTITION BY id ORDER BY day) AS until_day FROM changed
), dated AS (
    SELECT s.id, s.day, s.until_day,
           (SELECT c.id FROM roadmap_duedatechange c
            WHERE c.milestone_id = s.id AND c.is_applied AND c."on" <= s.day
            ORDER BY c."on" DESC, c.id DESC LIMIT 1) AS before_id,
           (SELECT c.id FROM roadmap_duedatechange c
            WHERE c.milestone_id = s.id AND c.is_applied AND c."on" > s.day
            ORDER BY c."on", c.id LIMIT 1) AS after_id,
           (SELECT COUNT(*) FROM roadmap_duedatechange c
            WHERE c.milestone_id = s.id AND c.is_applied AND c."on" <= s.day) AS times_moved
    FROM spans s
)
SELECT m.id, m.title, m.title_en, m.workstream_id, m.decision_id, m.known_from, m.first_due_date,
       COALESCE(b.new_date, f.old_date, m.due_date) AS due_date,
       COALESCE(b.new_precision, f.old_precision, m.due_precision) AS due_precision,
       CASE WHEN m.achieved_recorded_on <= d.day THEN m.achieved_date END AS achieved_date,
       m.achieved_precision,
       CASE WHEN m.achieved_recorded_on <= d.day THEN m.achieved_recorded_on END
           AS achieved_recorded_on,
       CASE WHEN m.closed_on <= d.day THEN m.closing ELSE '' END AS closing,
       CASE WHEN m.closed_on <= d.day THEN m.closed_on END AS closed_on,
       CASE WHEN m.closed_on <= d.day THEN m.closing_reason ELSE '' END AS closing_reason,
       d.times_moved, d.day AS from_day, d.until_day
FROM dated d
JOIN roadmap_milestone m ON m.id = d.id
LEFT JOIN roadmap_duedatechange b ON b.id = d.before_id
LEFT JOIN roadmap_duedatechange f ON f.id = d.after_id
"""
VIEWS = {"roadmap_actionthen": ACTION_VIEW, "roadmap_milestonethen": MILESTONE_VIEW}


def make(using: str, **_others: Any) -> None:
    """Make the views, where the tables they read are there."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    # They read columns of several migrations; this table came with the last of them.
    if "roadmap_dependency" not in tables:
        return
    drop(using, plan=True)
    with connection.cursor() as cursor:
        for name, query in VIEWS.items():
            cursor.execute(f"CREATE VIEW {name} AS {query}")


def drop(using: str, plan: Any = (), **_others: Any) -> None:
    """Take the views away before a migration changes what they read."""
    if plan:
        with connections[using].cursor() as cursor:
            for name in VIEWS:
                cursor.execute(f"DROP VIEW IF EXISTS {name}")


def watch(app: AppConfig) -> None:
    """Make the views after every migrate, and take them away before one."""
    pre_migrate.connect(drop, sender=app, dispatch_uid="roadmap_views")
    post_migrate.connect(make, sender=app, dispatch_uid="roadmap_views")
