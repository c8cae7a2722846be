"""非工作时间、照片时间、事先告知、只走本部门: where and when, seen beside how a hall works."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from campaigns.enums import Channel, SessionMode
from issues.clues.facts import Hit, Town, Walk

_MARGIN = timedelta(minutes=40)  # queueing before the door opens, a clerk who stays on
_OPEN_FOR = 2  # other units seen in the same hall on the same rest day
_PHOTO_SLACK = timedelta(hours=1)
_OWN_LEAST = 3


def closed_hall(town: Town) -> Iterator[Hit]:
    """A walk at a window that began when halls are shut (contract §6: only the start counts)."""
    visitors: dict[tuple, set[str]] = defaultdict(set)
    for walk in town.walks:
        if walk.is_on_site:
            visitors[walk.walked, walk.start.date()].add(walk.unit)
    for walk in town.walks:
        if not walk.is_on_site:
            continue
        said, strength = _closed(town, walk, len(visitors[walk.walked, walk.start.date()] - {walk.unit}))
        if strength:
            if walk.channel == Channel.KIOSK or walk.mode == SessionMode.BACKWARD:
                strength *= 0.3  # a terminal has no hours, and files are read in an office
            yield Hit(walk.key, said, strength)


def _closed(town: Town, walk: Walk, others: int) -> tuple[str, float]:
    day = walk.start.date()
    if walk.start.time() == time():
        return "", 0.0  # only the day was noted
    if not town.calendar.is_workday(day) and walk.walked not in town.hours.rest_days:
        said = f"{day:%m月%d日}（{town.calendar.name_of(day)}）大厅不上班。"
        return said, 0.4 if others >= _OPEN_FOR else 1.0
    door = town.hours.of(walk.walked)
    opens, closes = (datetime.combine(day, at, tzinfo=walk.start.tzinfo) for at in door)
    if opens <= walk.start <= closes:
        return "", 0.0
    said = f"{walk.start:%H:%M} 开始，大厅办公时间是 {door[0]:%H:%M}—{door[1]:%H:%M}。"
    return said, 0.2 if opens - _MARGIN <= walk.start <= closes + _MARGIN else 1.0


def strange_photo_times(town: Town) -> Iterator[Hit]:
    """A photo taken on another day, or hours off. No photo is no clue (contract §9)."""
    for walk in town.walks:
        off = [
            taken
            for taken in walk.photo_times
            if not walk.start - _PHOTO_SLACK <= taken <= walk.end + _PHOTO_SLACK
        ]
        if off:
            other_day = all(not walk.start.date() <= taken.date() <= walk.end.date() for taken in off)
            said = f"照片拍摄时间 {off[0]:%Y-%m-%d %H:%M} 不在走流程期间。"
            yield Hit(walk.key, said, 1.0 if other_day else 0.4)


def announced(town: Town) -> Iterator[Hit]:
    for walk in town.walks:
        if walk.is_announced:
            yield Hit(walk.key, "登记为事先告知了被体验单位。")


def only_at_home(town: Town) -> Iterator[Hit]:
    """Somebody who walked three times and more, never outside the own unit."""
    told: dict[str, tuple[str, ...]] = {}
    for walks in town.by_person.values():
        if len(walks) >= _OWN_LEAST and all(walk.walked == walk.unit for walk in walks):
            keys = tuple(walk.key for walk in walks)
            for key in keys:
                told.setdefault(key, tuple(other for other in keys if other != key)[:10])
    for key, others in told.items():
        yield Hit(key, f"走流程人员共走 {len(others) + 1} 次以上，都在本单位。", 1.0, others)
