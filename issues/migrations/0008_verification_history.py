"""An item may be verified more than once: all stay, and the item names the one that counts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0007_clue_flow"),
    ]

    operations = [
        migrations.AlterField(
            model_name="verification",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verifications",
                to="issues.ledgeritem",
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="is_whole",
            field=models.BooleanField(default=False, verbose_name="全程核验"),
        ),
        migrations.AddField(
            model_name="ledgeritem",
            name="verification",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="issues.verification",
                verbose_name="现行核验",
            ),
        ),
    ]
