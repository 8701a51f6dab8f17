"""The last day somebody may work without the second factor that is asked of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("committee", "0004_gate_of_the_mail_and_days_of_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="second_factor_by",
            field=models.DateField(
                blank=True, editable=False, null=True, verbose_name="second factor due by"
            ),
        ),
    ]
