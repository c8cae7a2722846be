"""考核办法 of a campaign: what differs from the defaults in code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0016_successions")]

    operations = [
        migrations.AddField(
            model_name="campaignpolicy",
            name="scoring",
            field=models.JSONField(blank=True, default=dict, verbose_name="考核办法"),
        ),
    ]
