"""Nouns of the roadmap: what, by when, and is it on track."""

from roadmap.models.actions import (
    STATE_FIELDS,
    ActionItem,
    ActionState,
    Evidence,
    Obstacle,
    StatusUpdate,
)
from roadmap.models.milestones import DueDateChange, Milestone, News
from roadmap.models.reminders import Reminder, ReminderRule

__all__ = [
    "STATE_FIELDS",
    "ActionItem",
    "ActionState",
    "DueDateChange",
    "Evidence",
    "Milestone",
    "News",
    "Obstacle",
    "Reminder",
    "ReminderRule",
    "StatusUpdate",
]
