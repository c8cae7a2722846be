"""What is planted among the honest walks of issues.tests.clue_town, kind by kind."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from campaigns.enums import Channel, SessionMode
from issues.clues.facts import KnownCase
from issues.tests.clue_town import CALENDAR, DAYS, ZONE, Made, Maker

_APPLYING = (SessionMode.SELF, SessionMode.AGENT, SessionMode.ACCOMPANY)


def make_town(seed: int, walks: int = 2000, share: float = 0.1, only: str = "") -> Made:
    """About `walks` walks, `share` of them fake; the same for the same seed. `only`: fakes of this kind alone."""
    maker = Maker(seed, walks)
    rng = maker.rng
    odd = (
        maker.training_day,
        maker.sick_clerk,
        maker.weekly_paper,
        maker.open_saturday,
        maker.joint_visit,
        maker.popular_window,
    )
    honest = round(walks * (1 - share))
    while len(maker.walks) < honest:
        rng.choice(odd)() if rng.random() < 0.02 else maker.honest()
    kinds = {only: FAKES[only]} if only else FAKES
    wanted = round(walks * share / len(kinds))
    for kind, plant in kinds.items():
        planted = 0
        while planted < wanted:
            keys = plant(maker)
            planted += len(keys)
            maker.fakes |= dict.fromkeys(keys, kind)
    rng.shuffle(maker.walks)
    return Made(maker.town(), maker.fakes)


def _group(maker: Maker) -> list[str]:
    """Three to six of a unit behind each other through one hall, every text its own."""
    rng = maker.rng
    unit, day, matter, area = (
        rng.choice(maker.units),
        rng.choice(DAYS),
        rng.choice(maker.matters),
        rng.choice(("4304", "430481")),
    )
    people = [one for one in maker.people[unit] if one.is_obligated][: rng.randint(3, 6)]
    start = datetime.combine(day, time(rng.randint(9, 15), rng.randrange(50)), tzinfo=ZONE)
    keys = []
    for one in people:
        walk = maker.honest(
            unit=unit, day=day, walkers=(one,), matter=matter, area=area, mode=SessionMode.SELF,
            channel=Channel.HALL_WINDOW, start=start + timedelta(minutes=rng.randint(0, 12)), place="大厅",
        )  # fmt: skip
        span = timedelta(minutes=rng.randint(40, 90))
        keys.append(
            maker._swap(walk, steps=(), end=walk.start + span).key if rng.random() < 0.3 else walk.key
        )
    return keys


def _double(maker: Maker) -> list[str]:
    """A second walk of somebody who is elsewhere at that time."""
    rng = maker.rng
    base = rng.choice([w for w in maker.walks[:500] if w.key not in maker.fakes])
    span = base.presence[0]
    start = span[0] + (span[1] - span[0]) * rng.uniform(0.1, 0.6)
    return [
        maker.honest(
            unit=base.unit,
            walkers=base.walkers[:1],
            start=start,
            day=start.date(),
            channel=Channel.HALL_WINDOW,
        ).key
    ]


def _journey(maker: Maker) -> list[str]:
    rng = maker.rng
    base = rng.choice(
        [
            w
            for w in maker.walks
            if w.area == "4304" and w.channel == Channel.HALL_WINDOW and w.start.hour < 15
        ]
    )
    start = base.presence[-1][1] + timedelta(minutes=rng.randint(1, 20))
    return [
        maker.honest(
            unit=base.unit,
            walkers=base.walkers[:1],
            start=start,
            day=start.date(),
            area="430423",
            channel=Channel.HALL_WINDOW,
        ).key
    ]


def _quick(maker: Maker) -> list[str]:
    """A whole chain in a few minutes."""
    rng = maker.rng
    walk = maker.honest(
        matter=rng.choice([m for m in maker.matters if not m.is_simple]),
        mode=rng.choice(_APPLYING),
        channel=Channel.HALL_WINDOW,
    )
    at, steps = walk.start, []
    for step in walk.steps:
        end = at + timedelta(minutes=rng.choice((0, 1, 1, 2)))
        steps.append(replace(step, start=at, end=end, result="PASSED"))
        at = end
    end = at if steps else walk.start + timedelta(minutes=rng.randint(2, 9))
    return [maker._swap(walk, steps=tuple(steps), end=end).key]


def _stump(maker: Maker) -> list[str]:
    """Consulted, photographed, gone."""
    while not (walk := maker.honest(mode=SessionMode.SELF, channel=Channel.HALL_WINDOW)).steps:
        pass
    steps = tuple(replace(step, result="PASSED") for step in walk.steps[:1] + walk.steps[-1:])
    return [maker._swap(walk, steps=steps).key]


def _even(maker: Maker) -> list[str]:
    """Every step ten minutes."""
    rng = maker.rng
    while len((walk := maker.honest(mode=SessionMode.SELF, channel=Channel.HALL_WINDOW)).steps) < 5:
        pass
    length = timedelta(minutes=rng.choice((5, 10, 15, 20)))
    start = walk.start.replace(minute=0)
    start = max(start, start.replace(hour=9))
    steps = tuple(
        replace(step, start=start + n * length, end=start + (n + 1) * length, result="PASSED")
        for n, step in enumerate(walk.steps)
    )
    return [maker._swap(walk, steps=steps, start=start, end=steps[-1].end).key]


def _edited(maker: Maker, text: str) -> str:
    """Clauses moved, a sentence dropped, numbers changed, an end added."""
    rng = maker.rng
    parts = [part for part in text.split("。") if part]
    if len(parts) > 4:
        parts.pop(rng.randrange(1, len(parts)))
    if rng.random() < 0.5 and len(parts) > 2:
        at = rng.randrange(1, len(parts) - 1)
        parts[at], parts[at + 1] = parts[at + 1], parts[at]
    if rng.random() < 0.5:
        parts = ["".join(str(rng.randint(2, 9)) if c.isdigit() else c for c in part) for part in parts]
    if rng.random() < 0.5:
        parts.append(rng.choice(("特此记录", "下一步将持续跟进", "感谢窗口同志")))
    return "。".join(parts) + "。"


def _copy(maker: Maker, edit: bool) -> list[str]:
    """Two to four walks written off one honest one."""
    rng = maker.rng
    source = rng.choice([w for w in maker.walks if len(w.narrative) > 110 and w.key not in maker.fakes])
    keys = []
    for _ in range(rng.randint(2, 4)):
        text = _edited(maker, source.narrative) if edit else source.narrative
        keys.append(maker.honest(narrative=text).key)
    return keys


def _photo(maker: Maker, again: bool) -> list[str]:
    """A photo of another walk: the same file, or saved again."""
    rng = maker.rng
    source = rng.choice(
        [w for w in maker.walks if any("phash" in m for m in w.marks) and w.key not in maker.fakes]
    )
    mark = next(m for m in source.marks if m.startswith("phash"))
    if not again:
        return [maker.honest(marks=(source.marks[0],)).key]
    bits = int(mark[6:], 16)
    for place in rng.sample(range(64), rng.randint(1, 6)):
        bits ^= 1 << place
    return [maker.honest(marks=(f"phash={bits:016x}",)).key]


def _invented(maker: Maker) -> list[str]:
    rng = maker.rng
    walk = maker.honest(mode=rng.choice(_APPLYING), channel=Channel.HALL_WINDOW)
    number = f"{walk.walked[:6]}{walk.start:%Y%m%d}9{rng.randrange(10**5):05}"
    return [maker._swap(walk, case_number=number).key]


def _borrowed(maker: Maker) -> list[str]:
    """A real case, of another matter, another month or another county."""
    rng = maker.rng
    walk = maker.honest(mode=rng.choice(_APPLYING), channel=Channel.HALL_WINDOW)
    number = f"{rng.randrange(10**18):018}"
    kind = rng.choice(("matter", "time", "unit"))
    known = KnownCase(walk.matter, walk.walked, walk.area, walk.start, None)
    if kind == "matter":
        known = replace(known, matter=rng.choice([m.code for m in maker.matters if m.code != walk.matter]))
    elif kind == "time":
        known = replace(known, applied=walk.start - timedelta(days=rng.randint(15, 60)))
    else:
        known = replace(known, unit="430482-009", area="430482" if walk.area != "430482" else "430481")
    maker.cases[number] = known
    return [maker._swap(walk, case_number=number).key]


def _batch(maker: Maker) -> list[str]:
    """Written up weeks later, one after the other."""
    rng = maker.rng
    unit = rng.choice(maker.units)
    walks = [maker.honest(unit=unit) for _ in range(rng.randint(5, 9))]
    last = max(walk.end for walk in walks).date()
    when = datetime.combine(CALENDAR.add_workdays(last, rng.randint(7, 15)), time(19, 0), tzinfo=ZONE)
    for place, walk in enumerate(walks):
        maker._swap(walk, recorded=when + timedelta(minutes=3 * place))
    return [walk.key for walk in walks]


def _shut(maker: Maker, rest_day: bool) -> list[str]:
    """At a window by night, or on a day nobody is there."""
    rng = maker.rng
    day = rng.choice(DAYS)
    at = time(rng.choice((5, 6, 19, 20, 21, 22)), rng.randrange(60))
    if rest_day:
        day = rng.choice([d for n in range(60) if not CALENDAR.is_workday(d := DAYS[0] + timedelta(days=n))])
        at = time(rng.randint(9, 15), rng.randrange(60))
    start = datetime.combine(day, at, tzinfo=ZONE)
    mode = rng.choice((*_APPLYING, SessionMode.WINDOW))
    return [maker.honest(day=day, start=start, mode=mode, channel=Channel.HALL_WINDOW).key]


def _before(maker: Maker) -> list[str]:
    walk = maker.honest()
    return [maker._swap(walk, recorded=walk.start - timedelta(hours=maker.rng.randint(2, 60))).key]


def _paper(maker: Maker) -> list[str]:
    rng = maker.rng
    if rng.random() < 0.5:
        return [maker.honest(mode=SessionMode.BACKWARD, work_order=f"GD9{rng.randrange(10**7):07}").key]
    walk = maker.honest(mode=SessionMode.ACCOMPANY)
    return [maker._swap(walk, accompanied=walk.walkers[0].name).key]


FAKES = {
    "组团走": _group,
    "分身（时间重叠）": _double,
    "分身（来不及到达）": _journey,
    "过快": _quick,
    "缺环节": _stump,
    "环节等长": _even,
    "文字照抄": lambda maker: _copy(maker, edit=False),
    "文字改抄": lambda maker: _copy(maker, edit=True),
    "同一张照片": lambda maker: _photo(maker, again=False),
    "照片另存": lambda maker: _photo(maker, again=True),
    "编造办件编号": _invented,
    "借用办件编号": _borrowed,
    "成批补录": _batch,
    "夜间到窗口": lambda maker: _shut(maker, rest_day=False),
    "休息日到窗口": lambda maker: _shut(maker, rest_day=True),
    "先填后走": _before,
    "要件编造": _paper,
}
