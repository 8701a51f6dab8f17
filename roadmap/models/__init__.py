"""Nouns of the roadmap: what, by when, and is it on track."""

from roadmap.models.actions import (
    STATE_FIELDS,
    ActionItem,
    ActionState,
    Evidence,
    Obstacle,
    StatusUpdate,
)
from roadmap.models.adoption import Adoption, BaselineItem
from roadmap.models.comments import Comment
from roadmap.models.dependencies import Dependency
from roadmap.models.jobs import Job
from roadmap.models.milestones import DueDateChange, Milestone, News
from roadmap.models.periods import Period, PeriodCorrection, PeriodReport, PeriodRule
from roadmap.models.reminders import Reminder, ReminderRule
from roadmap.models.requests import DateRequest
from roadmap.models.then import ActionThen, MilestoneThen
from roadmap.models.views import SavedView

__all__ = [
    "STATE_FIELDS",
    "ActionItem",
    "ActionState",
    "ActionThen",
    "Adoption",
    "BaselineItem",
    "Comment",
    "DateRequest",
    "Dependency",
    "DueDateChange",
    "Evidence",
    "Job",
    "Milestone",
    "MilestoneThen",
    "News",
    "Obstacle",
    "Period",
    "PeriodCorrection",
    "PeriodReport",
    "PeriodRule",
    "Reminder",
    "ReminderRule",
    "SavedView",
    "StatusUpdate",
]
