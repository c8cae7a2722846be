"""Until now an item had one 核验 at most: it is the one that counts. Back again, only those that count are left."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def name_current(apps, schema_editor):
    item, verification = apps.get_model("issues", "LedgerItem"), apps.get_model("issues", "Verification")
    made = verification.objects.filter(item=OuterRef("pk")).order_by("-verified_at", "-pk").values("pk")[:1]
    item.objects.filter(verification=None, verifications__isnull=False).update(verification=Subquery(made))


def keep_current(apps, schema_editor):
    item, verification = apps.get_model("issues", "LedgerItem"), apps.get_model("issues", "Verification")
    verification.objects.exclude(item__verification=F("pk")).delete()
    item.objects.update(verification=None)


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0008_verification_history"),
    ]

    operations = [migrations.RunPython(name_current, keep_current)]
