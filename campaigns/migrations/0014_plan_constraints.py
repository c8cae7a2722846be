"""The truths of the roster and of cross walks, now that every row has its unit."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

RANKS = [
    ("HEAD", "主要负责人"),
    ("DEPUTY", "分管负责人"),
    ("MEMBER", "班子成员"),
    ("SECTION_HEAD", "科股室负责人"),
    ("STAFF", "工作人员"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_obligations_of_old_campaigns")]

    operations = [
        migrations.AlterField(
            "obligation",
            "organization",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="obligations",
                to="campaigns.organization",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            "obligation", "rank", models.CharField(choices=RANKS, max_length=20, verbose_name="身份")
        ),
        migrations.AddConstraint(
            "campaign",
            models.CheckConstraint(
                condition=Q(phase__in=["ACTION", "FOLLOW_UP", "STANDING"]),
                name="campaign_phase_known",
                violation_error_message="行动阶段不正确。",
            ),
        ),
        migrations.AddConstraint(
            "obligation",
            models.UniqueConstraint(
                condition=Q(ends_on__isnull=True),
                fields=("campaign", "person"),
                name="obligation_once",
                violation_error_message="该人员已在本次行动的应走名单中。",
            ),
        ),
        migrations.AddConstraint(
            "obligation",
            models.UniqueConstraint(
                fields=("campaign", "person", "starts_on"),
                name="obligation_one_start",
                violation_error_message="该人员这一天已经列入应走名单。",
            ),
        ),
        migrations.AddConstraint(
            "obligation",
            models.CheckConstraint(
                condition=Q(rank__in=[value for value, _ in RANKS]),
                name="obligation_rank_known",
                violation_error_message="身份不正确。",
            ),
        ),
        migrations.AddConstraint(
            "walktask",
            models.UniqueConstraint(
                condition=Q(origin="CROSS", withdrawn_on__isnull=True),
                fields=("campaign", "organization", "walked_unit"),
                name="walktask_cross_once",
                violation_error_message="这一对交叉走流程已经安排过。",
            ),
        ),
        migrations.AddConstraint(
            "walktask",
            models.CheckConstraint(
                condition=~Q(origin="CROSS") | ~Q(organization=F("walked_unit")),
                name="walktask_cross_elsewhere",
                violation_error_message="交叉走流程不能走本单位。",
            ),
        ),
    ]
