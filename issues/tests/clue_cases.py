"""One plain walk for the tests of the rules, and a town around what a test says."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.ground.workdays import calendar_of, shipped_workdays
from issues.clues.facts import Step, Town, Walk, Walker

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = calendar_of(shipped_workdays())
KINDS = ("CONSULT", "PREPARE", "FILL", "QUEUE", "ACCEPT", "DELIVER")


def at(text: str) -> datetime:
    """2022-05-10 09:00 in local time; a clock alone is on that day."""
    return datetime.fromisoformat(text if "-" in text else f"2022-05-10 {text}").replace(tzinfo=ZONE)


def person(code: str, unit: str = "430400-031", *, obligated: bool = True) -> Walker:
    return Walker(code, f"甲{code}", unit, obligated)


def walk(key: str = "DJ-1", **changes: Any) -> Walk:
    """A leader of 市医保局 walks SX-1 in its hall on a Tuesday, 09:00–10:00, keyed that afternoon; no steps."""
    values = {
        "key": key,
        "unit": "430400-031",
        "walked": "430400-016",
        "area": "430400",
        "walkers": (person(key),),
        "mode": "SELF",
        "channel": "HALL_WINDOW",
        "matter": "SX-1",
        "start": at("09:00"),
        "end": at("10:00"),
        "recorded": at("15:00"),
        "recorder": "clerk",
        "place": "市政务服务中心",
    } | changes
    if "start" in changes and "end" not in changes:
        values["end"] = values["start"] + timedelta(hours=1)
    if "start" in changes and "recorded" not in changes:
        values["recorded"] = values["end"] + timedelta(hours=5)
    return Walk(**values)


def steps(
    start: str, *minutes: int, kinds: tuple[str, ...] = KINDS, result: str = "PASSED"
) -> tuple[Step, ...]:
    """Steps one after the other; `result` is that of the last."""
    made, now = [], at(start)
    for kind, length in zip(kinds, minutes, strict=False):
        made.append(Step(kind, now, now + timedelta(minutes=length), "PASSED"))
        now += timedelta(minutes=length)
    made[-1] = Step(made[-1].kind, made[-1].start, made[-1].end, result)
    return tuple(made)


def town(*walks: Walk, **known: Any) -> Town:
    return Town(walks=walks, calendar=CALENDAR, **known)


def struck(rule, *walks: Walk, **known: Any) -> dict[str, float]:
    """Walk → strength of the rule's strongest hit."""
    found: dict[str, float] = {}
    for hit in rule(town(*walks, **known)):
        found[hit.walk] = max(round(hit.strength, 2), found.get(hit.walk, 0.0))
    return found
