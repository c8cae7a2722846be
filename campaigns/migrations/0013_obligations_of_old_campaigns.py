"""Campaigns opened before there was a roster get one from the people workbook's 是否应走 and 免走原因."""

from datetime import datetime, time

from django.db import migrations
from django.db.models import OuterRef, Q, Subquery
from django.utils.timezone import make_aware


def fill(apps, schema_editor):
    Obligation = apps.get_model("campaigns", "Obligation")
    Person = apps.get_model("campaigns", "Person")
    Campaign = apps.get_model("campaigns", "Campaign")
    own = Person.objects.filter(pk=OuterRef("person"))
    Obligation.objects.filter(organization__isnull=True).update(
        organization=Subquery(own.values("organization")[:1]), rank=Subquery(own.values("rank")[:1])
    )
    system = apps.get_model("campaigns", "User").objects.filter(username="system").first()
    for campaign in Campaign.objects.exclude(state="DRAFT").order_by("pk"):
        known = Obligation.objects.filter(campaign=campaign).values("person")
        people = Person.objects.filter(is_obligated=True).exclude(pk__in=known)
        people = people.filter(Q(left_on__isnull=True) | Q(left_on__gte=campaign.opens_on))
        decided_at = make_aware(datetime.combine(campaign.opens_on, time(9)))
        rows = []
        for person in people.order_by("pk"):
            starts_on = max(campaign.opens_on, person.appointed_on or campaign.opens_on)
            if person.left_on and person.left_on < starts_on:
                continue
            exempt = bool(person.exemption_reason and system)
            rows.append(
                Obligation(
                    campaign=campaign,
                    person=person,
                    organization_id=person.organization_id,
                    rank=person.rank,
                    starts_on=starts_on,
                    ends_on=person.left_on,
                    exemption_reason=person.exemption_reason if exempt else "",
                    exempted_at=decided_at if exempt else None,
                    exempted_by=system if exempt else None,
                )
            )
        Obligation.objects.bulk_create(rows, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0012_obligation_unit")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
