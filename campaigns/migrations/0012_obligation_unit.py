"""An obligation names the unit and 身份 it is owed in; empty until 0013 has filled them."""

import django.db.models.deletion
from django.db import migrations, models

RANKS = [
    ("HEAD", "主要负责人"),
    ("DEPUTY", "分管负责人"),
    ("MEMBER", "班子成员"),
    ("SECTION_HEAD", "科股室负责人"),
    ("STAFF", "工作人员"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_selfcheck_deadlines")]

    operations = [
        migrations.AddField(
            "obligation",
            "organization",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="obligations",
                to="campaigns.organization",
                verbose_name="单位",
            ),
        ),
        migrations.AddField(
            "obligation",
            "rank",
            models.CharField(choices=RANKS, max_length=20, null=True, verbose_name="身份"),
        ),
        migrations.RemoveConstraint("obligation", "obligation_once"),
    ]
