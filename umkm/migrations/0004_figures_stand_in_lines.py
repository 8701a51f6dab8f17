import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("umkm", "0003_a_line_and_a_source_for_every_figure")]

    operations = [
        migrations.RemoveIndex(model_name="observation", name="observation_series"),
        migrations.RemoveField(model_name="observation", name="indicator"),
        migrations.RemoveField(model_name="observation", name="citation"),
        migrations.AlterField(
            model_name="observation",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="umkm.series",
                verbose_name="series",
            ),
        ),
        migrations.AlterField(
            model_name="observation",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="umkm.source",
                verbose_name="source",
            ),
        ),
        migrations.AddIndex(
            model_name="observation",
            index=models.Index(fields=["series", "region", "year"], name="observation_line"),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "part__in",
                        [
                            "Y",
                            "H1",
                            "H2",
                            "Q1",
                            "Q2",
                            "Q3",
                            "Q4",
                            "M01",
                            "M02",
                            "M03",
                            "M04",
                            "M05",
                            "M06",
                            "M07",
                            "M08",
                            "M09",
                            "M10",
                            "M11",
                            "M12",
                        ],
                    )
                ),
                name="observation_part_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "region__in",
                        [
                            "",
                            "11",
                            "12",
                            "13",
                            "14",
                            "15",
                            "16",
                            "17",
                            "18",
                            "19",
                            "21",
                            "31",
                            "32",
                            "33",
                            "34",
                            "35",
                            "36",
                            "51",
                            "52",
                            "53",
                            "61",
                            "62",
                            "63",
                            "64",
                            "65",
                            "71",
                            "72",
                            "73",
                            "74",
                            "75",
                            "76",
                            "81",
                            "82",
                            "91",
                            "92",
                            "94",
                            "95",
                            "96",
                            "97",
                        ],
                    )
                ),
                name="observation_region_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entered_at", None), ("entered_by", None)),
                    models.Q(("entered_at__isnull", False), ("entered_by__isnull", False)),
                    _connector="OR",
                ),
                name="observation_entered_by_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("superseded_by", None), ("superseded_on", None), ("superseded_why", "")
                    ),
                    models.Q(
                        ("superseded_by__isnull", False),
                        ("superseded_on__isnull", False),
                        models.Q(("superseded_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="observation_superseded_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="observation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("superseded_on", None)),
                fields=("series", "year", "part", "kind", "region"),
                name="observation_stands_alone",
            ),
        ),
    ]
