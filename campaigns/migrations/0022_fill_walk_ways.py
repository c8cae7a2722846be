"""The way of every walk there is already, from its steps; the format is that of campaigns.process_ways in November 2026."""

from itertools import groupby, islice

from django.db import migrations

_BATCH = 500


def fill(apps, schema_editor):
    WalkSession = apps.get_model("campaigns", "WalkSession")
    steps = apps.get_model("campaigns", "SessionStep").objects.order_by("session_id", "sequence")
    told = (_told(WalkSession(pk=pk), own) for pk, own in groupby(steps.iterator(), lambda step: step.session_id))
    while batch := list(islice(told, _BATCH)):
        WalkSession.objects.bulk_update(batch, ["way", "way_minutes"])


def _told(walk, steps):
    steps = list(steps)
    walk.way = " ".join(step.kind + "!" * (step.result in ("RETURNED", "SUPPLEMENT")) for step in steps)
    walk.way_minutes = " ".join(_spent(step) for step in steps)
    return walk


def _spent(step):
    minutes = int((step.ended_at - step.started_at).total_seconds() // 60)
    waited = "" if step.waiting_minutes is None else f":{step.waiting_minutes}"
    return f"{step.kind}:{minutes}{waited}"


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0021_walk_ways")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
