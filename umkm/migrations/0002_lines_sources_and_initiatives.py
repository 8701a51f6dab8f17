import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What figures, lines, sources and initiatives consist of."""

    dependencies = [
        ("committee", "0001_initial"),
        ("umkm", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "notation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("comma", "1.234,5: point for thousands, comma for decimals"),
                            ("point", "1,234.5: comma for thousands, point for decimals"),
                        ],
                        max_length=8,
                    ),
                ),
                ("heading", models.JSONField(default=dict)),
                ("rows", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
                ("added", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "import of figures",
                "verbose_name_plural": "imports of figures",
            },
        ),
        migrations.CreateModel(
            name="Initiative",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=300, verbose_name="title (Indonesian)")),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=300, verbose_name="title (English)"),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "code",
                    models.CharField(
                        max_length=30,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z][A-Z0-9_]*\\Z",
                                "Use capital letters, digits and underscores.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("what", models.TextField(verbose_name="what it is (Indonesian)")),
                ("what_en", models.TextField(blank=True, verbose_name="what it is (English)")),
                ("source", models.TextField(blank=True, verbose_name="source")),
            ],
            options={
                "verbose_name": "initiative",
                "verbose_name_plural": "initiatives",
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=300, verbose_name="title (English)"),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("token", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                (
                    "code",
                    models.CharField(
                        default="MAIN",
                        max_length=30,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z][A-Z0-9_]*\\Z",
                                "Use capital letters, digits and underscores.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                (
                    "title",
                    models.CharField(blank=True, max_length=300, verbose_name="title (Indonesian)"),
                ),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "definition",
                    models.TextField(blank=True, verbose_name="definition (Indonesian)"),
                ),
                (
                    "definition_en",
                    models.TextField(blank=True, verbose_name="definition (English)"),
                ),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("citation", models.CharField(max_length=440, unique=True, verbose_name="source")),
                ("url", models.URLField(blank=True, verbose_name="web address")),
                (
                    "published_on",
                    models.DateField(blank=True, null=True, verbose_name="published on"),
                ),
                ("note", models.TextField(blank=True, verbose_name="how sure we are of it")),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
            },
        ),
        migrations.AddField(
            model_name="challenge",
            name="token",
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="challenge",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="indicator",
            name="beside",
            field=models.ManyToManyField(
                blank=True, to="umkm.indicator", verbose_name="read beside"
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="challenges",
            field=models.ManyToManyField(
                blank=True,
                related_name="indicators",
                to="umkm.challenge",
                verbose_name="UMKM challenges",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="differs",
            field=models.TextField(blank=True, verbose_name="why figures differ (Indonesian)"),
        ),
        migrations.AddField(
            model_name="indicator",
            name="differs_en",
            field=models.TextField(blank=True, verbose_name="why figures differ (English)"),
        ),
        migrations.AddField(
            model_name="indicator",
            name="direction",
            field=models.CharField(
                choices=[
                    ("higher", "Higher is better"),
                    ("lower", "Lower is better"),
                    ("neither", "Neither higher nor lower is better"),
                ],
                default="neither",
                max_length=8,
                verbose_name="direction",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="headline_order",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="place among the headlines"
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="measure",
            field=models.CharField(
                choices=[
                    ("stock", "State at the end of the period"),
                    ("flow", "Total over the period"),
                    ("cumulative", "Running total since the start"),
                    ("rate", "Share, price or score"),
                    ("rank", "Rank"),
                ],
                default="rate",
                max_length=10,
                verbose_name="kind of number",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="token",
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="indicator",
            name="unit_en",
            field=models.CharField(blank=True, max_length=40, verbose_name="unit (English)"),
        ),
        migrations.AddField(
            model_name="indicator",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="indicator",
            name="what",
            field=models.TextField(blank=True, verbose_name="what it measures (Indonesian)"),
        ),
        migrations.AddField(
            model_name="indicator",
            name="what_en",
            field=models.TextField(blank=True, verbose_name="what it measures (English)"),
        ),
        migrations.AddField(
            model_name="observation",
            name="entered_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="observation",
            name="entered_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="part",
            field=models.CharField(
                choices=[
                    ("Y", "Whole year"),
                    ("H1", "First half"),
                    ("H2", "Second half"),
                    ("Q1", "First quarter"),
                    ("Q2", "Second quarter"),
                    ("Q3", "Third quarter"),
                    ("Q4", "Fourth quarter"),
                    ("M01", "January"),
                    ("M02", "February"),
                    ("M03", "March"),
                    ("M04", "April"),
                    ("M05", "May"),
                    ("M06", "June"),
                    ("M07", "July"),
                    ("M08", "August"),
                    ("M09", "September"),
                    ("M10", "October"),
                    ("M11", "November"),
                    ("M12", "December"),
                ],
                default="Y",
                max_length=3,
                verbose_name="period",
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="region",
            field=models.CharField(blank=True, max_length=2, verbose_name="province"),
        ),
        migrations.AddField(
            model_name="observation",
            name="replaces",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="umkm.observation",
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="superseded_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="superseded_on",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="observation",
            name="superseded_why",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name="observation",
            name="token",
            field=models.UUIDField(editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="import",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="batch",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="umkm.import",
            ),
        ),
        migrations.AddField(
            model_name="indicator",
            name="initiatives",
            field=models.ManyToManyField(
                blank=True,
                related_name="indicators",
                to="umkm.initiative",
                verbose_name="initiatives",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="indicator",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="series",
                to="umkm.indicator",
                verbose_name="indicator",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["higher", "lower", "neither"])),
                name="indicator_direction_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="indicator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("measure__in", ["stock", "flow", "cumulative", "rate", "rank"])
                ),
                name="indicator_measure_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(
                fields=("indicator", "code"), name="series_of_indicator"
            ),
        ),
        migrations.RenameField("observation", "source", "citation"),
        migrations.AddField(
            model_name="observation",
            name="series",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="umkm.series",
                verbose_name="series",
            ),
        ),
        migrations.AddField(
            model_name="observation",
            name="source",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="observations",
                to="umkm.source",
                verbose_name="source",
            ),
        ),
        # So that going back can put them in again, before it fills them.
        migrations.AlterField(
            model_name="observation", name="citation", field=models.TextField(default="")
        ),
        migrations.AlterField(
            model_name="observation",
            name="indicator",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="observations",
                to="umkm.indicator",
                verbose_name="indicator",
            ),
        ),
    ]
