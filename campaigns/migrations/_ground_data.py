"""What the product needs before its first user: the 32 points, the holiday table, the built-in actor."""

import csv
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


def fill(apps, schema_editor):
    category = apps.get_model("campaigns", "Category")
    workday = apps.get_model("campaigns", "Workday")
    user = apps.get_model("campaigns", "User")
    with (DATA / "taxonomy.csv").open(encoding="utf-8-sig") as file:
        category.objects.bulk_create(
            [
                category(code=row["code"], group=row["category"], name=row["name"], clause=row["seed_clause"])
                for row in csv.DictReader(file)
            ]
        )
    with (DATA / "workdays.csv").open(encoding="utf-8-sig") as file:
        workday.objects.bulk_create(
            [
                workday(
                    date=row["日期"], kind={"休息": "REST", "上班": "WORK"}[row["类型"]], name=row["名称"]
                )
                for row in csv.DictReader(file)
            ]
        )
    user.objects.create(
        username="system", password="!", is_active=False, first_name="系统", must_change_password=False
    )


def empty(apps, schema_editor):
    for name in ("Category", "Workday"):
        apps.get_model("campaigns", name).objects.all().delete()
    apps.get_model("campaigns", "User").objects.filter(username="system").delete()
