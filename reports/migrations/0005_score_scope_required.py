"""Every sheet says whose it is and as of which day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0004_score_scope")]

    operations = [
        migrations.AlterField(
            model_name="scoresheet", name="on", field=models.DateField(verbose_name="截至日期")
        ),
        migrations.AlterField(
            model_name="scoresheet",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="score_sheets",
                to="campaigns.organization",
                verbose_name="考核范围",
            ),
        ),
    ]
