"""Give every figure its line and its source.

A line holds one figure of a kind and year. Further ones are by another counter: each gets a line
of its own, named after its source. Going back keeps what the older form can tell.
"""

from itertools import count

from django.db import migrations

TRIGGERS = ("delete", "update", "update_superseded")
FOUNDING = "Founding article"


def forward(apps, schema_editor):
    unlock(schema_editor)
    series, source = apps.get_model("umkm", "Series"), apps.get_model("umkm", "Source")
    for indicator in apps.get_model("umkm", "Indicator").objects.order_by("pk"):
        lines, taken = {}, {}
        rows = list(indicator.observations.order_by("pk"))
        # The founding article quotes figures of others: theirs is the first line.
        for row in sorted(rows, key=lambda one: one.citation.startswith(FOUNDING)):
            place = (row.year, row.kind)
            number = next(n for n in count() if place not in taken.get(n, ()))
            taken.setdefault(number, set()).add(place)
            if number not in lines:
                lines[number] = series.objects.create(
                    indicator=indicator,
                    code=f"LINE_{number + 1}" if number else "MAIN",
                    title=row.citation[:300] if number else "",
                    order=number,
                )
            row.series = lines[number]
            row.source, _is_new = source.objects.get_or_create(citation=row.citation[:440])
            row.save(update_fields=["series", "source"])
        if not rows:
            series.objects.create(indicator=indicator, code="MAIN")


def backward(apps, schema_editor):
    unlock(schema_editor)
    rows = apps.get_model("umkm", "Observation").objects
    # A corrected figure, one of a province or of part of a year would pass for another there.
    rows.exclude(replaces=None).update(replaces=None)
    rows.exclude(superseded_on=None, region="", part="Y").delete()
    for row in rows.select_related("series", "source"):
        row.indicator_id, row.citation = row.series.indicator_id, row.source.citation
        row.save(update_fields=["indicator", "citation"])


def unlock(schema_editor):
    """Lift the locks of stated figures; they are made anew after every migrate."""
    where = " ON umkm_observation" if schema_editor.connection.vendor == "postgresql" else ""
    for name in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS umkm_observation_{name}_locked{where}")


class Migration(migrations.Migration):
    dependencies = [("umkm", "0002_lines_sources_and_initiatives")]
    operations = [migrations.RunPython(forward, backward)]
