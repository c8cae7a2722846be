"""The page of a matter by the number of its walks: it should hardly notice (issue 3: 20,000 walks under 300 ms of server time).

Everything is written into one transaction that is thrown away, so any migrated database will do, in use or not.
"""

import random
import statistics
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

SIZES = (200, 2_000, 20_000)
# Steps of one walk with the most minutes each may take; 审批 up to three days.
STEPS = (
    ("CONSULT", 20),
    ("PREPARE", 60),
    ("FILL", 40),
    ("QUEUE", 90),
    ("ACCEPT", 30),
    ("APPROVE", 4320),
    ("DELIVER", 20),
)


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """One row a size: milliseconds of the page, of what comes after it, of the map with everything, and how many times the smallest they are."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    if scale:
        call_command("migrate", verbosity=0)
    with _thrown_away():
        matters = _matters()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        told = [_measured(matter, walks, times) for matter, walks in matters]
    for row in told:
        row["map_ratio"] = round(row["map_ms"] / told[0]["map_ms"], 1)
        row["walks_ratio"] = round(row["walks"] / told[0]["walks"], 1)
    return told


@contextmanager
def _thrown_away():
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _measured(matter, walks: int, times: int) -> dict:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from campaigns.models import User
    from campaigns.process_page import process_page

    client = Client()
    client.force_login(
        User.objects.get(username="bench"), backend="django.contrib.auth.backends.ModelBackend"
    )
    address = matter.get_absolute_url()
    with CaptureQueriesContext(connection) as queries:
        status = client.get(address).status_code
    asked = len(queries)
    return {
        "what": f"{address} {walks} walks",
        "status": status,
        "walks": walks,
        "queries": asked,
        "page_ms": _median(lambda: client.get(address), times),
        "places_ms": _median(lambda: client.get(f"{address}places/", headers={"HX-Request": "true"}), times),
        "map_ms": _median(lambda: process_page(matter, may_open=True), times),
    }


def _median(done, times: int) -> float:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        done()
        took.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(took), 1)


def _matters() -> list:
    """A city of twelve counties, one matter a size; the same walks each time."""
    from campaigns.enums import OrganizationKind, Reach, Role
    from campaigns.tests.factories import make_campaign, make_matter, make_posting, make_unit

    rng = random.Random(20220419)
    city = make_unit("BENCH", name="测速市")
    make_posting(city, Role.REFORM_OFFICE, "bench", Reach.SUBTREE)
    counties = [make_unit(f"BENCH-{n:02}", city, OrganizationKind.COUNTY) for n in range(12)]
    units = [make_unit(f"{one.code}-01", one, OrganizationKind.COUNTY_DEPARTMENT) for one in counties]
    campaign = make_campaign("BENCH")
    matters = [(make_matter(city, code=f"BENCH-{walks}"), walks) for walks in SIZES]
    for matter, walks in matters:
        _record(campaign, matter, units, walks, rng)
    return matters


def _record(campaign, matter, units: list, walks: int, rng: random.Random) -> None:
    """Straight into the tables: it is the reading that is measured."""
    from campaigns.models import SessionStep, User, WalkSession
    from campaigns.process_ways import way_of
    from campaigns.tests.factories import ZONE, at

    recorder = User.objects.get(username="bench")
    sessions, steps = [], []
    for number in range(walks):
        unit = rng.choice(units)
        start = at("2022-04-20") + timedelta(minutes=rng.randrange(60 * 24 * 60))
        session = WalkSession(
            campaign=campaign,
            number=f"{matter.code}-{number}",
            state="HELD",
            reporting_unit=unit,
            walked_unit=unit,
            mode="SELF",
            channel="HALL_WINDOW",
            matter=matter,
            started_at=start,
            held_on=start.astimezone(ZONE).date(),
            recorded_by=recorder,
            recorded_at=start + timedelta(days=9),
            actual_steps=rng.randrange(3, 9),
            actual_documents=rng.randrange(3, 12),
            actual_days=rng.randrange(1, 20),
            actual_trips=rng.randrange(1, 5),
            actual_fee=rng.choice((0, 20, 80)),
        )
        own = _steps(session, rng)
        session.ended_at = own[-1].ended_at
        session.way, session.way_minutes = way_of(own)
        sessions.append(session)
        steps += own
    WalkSession.objects.bulk_create(sessions, batch_size=2000)
    for step in steps:
        step.session_id = step.session.pk
    SessionStep.objects.bulk_create(steps, batch_size=5000)


def _steps(session, rng: random.Random) -> list:
    """Seven steps, one walk in five with a 补正 and a second 受理; the waiting is noted in two of three steps."""
    from campaigns.models import SessionStep

    way = list(STEPS)
    if rng.random() < 0.2:
        way[5:5] = [("SUPPLEMENT", 600), ("ACCEPT", 30)]
    end, steps = session.started_at, []
    for sequence, (kind, most) in enumerate(way, start=1):
        minutes = rng.randint(1, most)
        steps.append(
            SessionStep(
                session=session,
                sequence=sequence,
                kind=kind,
                started_at=end,
                ended_at=end + timedelta(minutes=minutes),
                waiting_minutes=rng.randint(0, minutes) if rng.random() < 0.67 else None,
                result="RETURNED" if way[sequence : sequence + 1] == [("SUPPLEMENT", 600)] else "PASSED",
            )
        )
        end += timedelta(minutes=minutes)
    return steps
