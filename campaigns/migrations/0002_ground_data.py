"""The 32 points, the holiday table, the built-in actor, the audit guard."""

from django.db import migrations

from campaigns.ground import audit_triggers
from campaigns.migrations import _ground_data


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [
        migrations.RunPython(_ground_data.fill, _ground_data.empty),
        migrations.RunPython(audit_triggers.put_up, audit_triggers.take_down),
    ]
