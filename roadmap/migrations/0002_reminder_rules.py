"""The rules every roadmap starts with; the secretariat edits or switches off its own copy."""

from __future__ import annotations

from typing import Any

from django.db import migrations

DAY, WORKING_DAY = "day", "working_day"
# slug, subject, amount, unit, repeat, audience, is_active
RULES = [
    ("action-7-days-before", "action", -7, DAY, None, "owner", True),
    ("action-3-working-days-before", "action", -3, WORKING_DAY, None, "owner", True),
    ("action-1-working-day-before", "action", -1, WORKING_DAY, None, "owner", True),
    ("action-due", "action", 0, DAY, None, "owner", True),
    ("action-1-day-late", "action", 1, DAY, None, "owner", True),
    ("action-4-working-days-late", "action", 4, WORKING_DAY, None, "owner", True),
    ("action-7-working-days-late", "action", 7, WORKING_DAY, None, "owner", True),
    ("action-10-working-days-late", "action", 10, WORKING_DAY, None, "owner", True),
    ("action-weekly-late", "action", 21, DAY, 7, "owner", True),
    ("milestone-30-days-before", "milestone", -30, DAY, None, "owner", True),
    ("milestone-14-days-before", "milestone", -14, DAY, None, "owner", True),
    ("milestone-7-days-before", "milestone", -7, DAY, None, "owner", True),
    ("milestone-1-day-before", "milestone", -1, DAY, None, "owner", True),
    ("milestone-due", "milestone", 0, DAY, None, "owner", True),
    ("milestone-1-day-late", "milestone", 1, DAY, None, "owner", True),
    ("milestone-weekly-late", "milestone", 7, DAY, 7, "owner", True),
    ("escalation-lead", "action", 3, WORKING_DAY, None, "lead", True),
    ("escalation-secretariat", "action", 10, WORKING_DAY, None, "secretariat", True),
    ("escalation-chair", "action", 20, WORKING_DAY, None, "chair", False),
    ("update-owed", "update", 30, DAY, 7, "owner", True),
    ("verification-owed", "verification", 0, WORKING_DAY, 3, "secretariat", True),
]
NAMES = ("slug", "subject", "amount", "unit", "repeat", "audience", "is_active")


def add(apps: Any, schema_editor: Any) -> None:
    rules = apps.get_model("roadmap", "ReminderRule").objects.using(schema_editor.connection.alias)
    for row in RULES:
        values = dict(zip(NAMES, row, strict=True))
        rules.get_or_create(slug=values.pop("slug"), defaults=values)


def remove(apps: Any, schema_editor: Any) -> None:
    """Take back only what was added here; reminders keep their stage without its rule."""
    rules = apps.get_model("roadmap", "ReminderRule").objects.using(schema_editor.connection.alias)
    slugs = [row[0] for row in RULES]
    told = apps.get_model("roadmap", "Reminder").objects.using(schema_editor.connection.alias)
    told.filter(rule__slug__in=slugs).update(rule=None)
    rules.filter(slug__in=slugs).delete()


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
