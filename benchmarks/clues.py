"""raise_clues by the number of walks (issue 6: 10,000 under 30 s, growing nearly in line): reading, judging, writing apart.

The invented town of the tests is written into one transaction that is thrown away. Seconds are those of the processor:
what else runs on the machine at the time changes nothing (`wall_s` is the whole by the clock on the wall).
"""

import time
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

SIZES = (1_000, 3_000, 10_000)


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """One row a size: seconds of a first run, of its parts, and of a second run that finds all of it there."""
    from django.core.management import call_command

    if scale:
        call_command("migrate", verbosity=0)
    told = [_measured(walks) for walks in SIZES]
    for row in told:
        row["ratio"] = round(row["all_s"] / told[0]["all_s"], 1)
        row["walks_ratio"] = round(row["walks"] / told[0]["walks"], 1)
    return told


def _measured(walks: int) -> dict:
    from django.db import connection, transaction

    from issues.actions.clues import raise_clues
    from issues.clue_facts import town_of
    from issues.clues import judge
    from issues.tests.clue_fakes import make_town
    from issues.tests.clue_rows import write_town

    on, now = date(2022, 12, 30), datetime(2022, 12, 30, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
    with transaction.atomic():
        campaign = write_town(make_town(9, walks).town)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        read = _seconds(lambda: town_of(campaign, on))
        town = town_of(campaign, on)
        judged = _seconds(lambda: judge(town))
        begun = time.perf_counter()
        whole = _seconds(lambda: raise_clues(on=on, now=now, campaign=campaign))
        wall = round(time.perf_counter() - begun, 2)
        again = _seconds(lambda: raise_clues(on=on, now=now, campaign=campaign))
        transaction.set_rollback(True)
    return {
        "what": f"raise_clues {len(town.walks)}",
        "walks": len(town.walks),
        "read_s": read,
        "judge_s": judged,
        "all_s": whole,
        "again_s": again,
        "wall_s": wall,
    }


def _seconds(done) -> float:
    begun = time.process_time()
    done()
    return round(time.process_time() - begun, 2)
