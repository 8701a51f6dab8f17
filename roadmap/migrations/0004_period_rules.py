"""The reporting periods every roadmap starts with, and the letters that ask for their reports."""

from __future__ import annotations

from typing import Any

from django.db import migrations

PERIODS = [("B03", 3), ("B06", 6), ("B09", 9), ("B12", 12)]
# slug, days after the period closes
RULES = [("period-opened", -17), ("period-5-days-before", -5), ("period-closes", 0)]


def add(apps: Any, schema_editor: Any) -> None:
    database = schema_editor.connection.alias
    periods = apps.get_model("roadmap", "PeriodRule").objects.using(database)
    for code, month in PERIODS:
        periods.get_or_create(code=code, defaults={"month": month})
    rules = apps.get_model("roadmap", "ReminderRule").objects.using(database)
    for slug, amount in RULES:
        values = {"subject": "period", "amount": amount, "unit": "day", "audience": "owner"}
        rules.get_or_create(slug=slug, defaults=values)


def remove(apps: Any, schema_editor: Any) -> None:
    """Take back only what was added here; reminders keep their stage without its rule."""
    database = schema_editor.connection.alias
    slugs = [slug for slug, _amount in RULES]
    told = apps.get_model("roadmap", "Reminder").objects.using(database)
    told.filter(rule__slug__in=slugs).update(rule=None)
    apps.get_model("roadmap", "ReminderRule").objects.using(database).filter(
        slug__in=slugs
    ).delete()
    codes = [code for code, _month in PERIODS]
    apps.get_model("roadmap", "PeriodRule").objects.using(database).filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("roadmap", "0003_committee_work")]

    operations = [migrations.RunPython(add, remove)]
