"""Sheets made before belong to the city, as of the day they were made."""

from django.db import migrations


def belong_to_the_city(apps, schema_editor):
    city = apps.get_model("campaigns", "Organization").objects.filter(kind="CITY").order_by("pk").first()
    for sheet in apps.get_model("reports", "ScoreSheet").objects.filter(on__isnull=True):
        sheet.organization, sheet.on = city, sheet.made_at.date()
        sheet.save(update_fields=["organization", "on"])


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_scores")]

    operations = [migrations.RunPython(belong_to_the_city, migrations.RunPython.noop)]
