"""Invented towns of honest and fake walks, for tuning and testing the rules: `make_town(seed, walks)` says which are which.

The honest are made nasty on purpose: training days, two registers of one visit, patterns everybody writes by, paper records
in fives and tens, late ones, simple matters, online walks at night, open Saturdays, platform data that lag.
"""

import hashlib
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.enums import EXPECTED_STEPS, Channel, SessionMode, StepKind
from campaigns.ground.workdays import calendar_of, shipped_workdays
from issues.clues.facts import (
    KnownCase,
    KnownComplaint,
    NamedCase,
    Step,
    Town,
    UnitFindings,
    Walk,
    Walker,
)

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = calendar_of(shipped_workdays())
OPENED = date(2022, 4, 20)
DAYS = [d for n in range(60) if CALENDAR.is_workday(d := OPENED + timedelta(days=n))]
COUNTIES = ("430421", "430422", "430423", "430424", "430426", "430481", "430482")
AREAS = ("4304", *COUNTIES)
MINUTES = {
    StepKind.CONSULT: (3, 15),
    StepKind.PREPARE: (6, 40),
    StepKind.FILL: (5, 25),
    StepKind.QUEUE: (2, 50),
    StepKind.ACCEPT: (5, 25),
    StepKind.DELIVER: (2, 15),
    StepKind.SIGN_IN: (3, 20),
    StepKind.SUBMIT: (3, 15),
    StepKind.ANSWER: (10, 40),
    StepKind.APPROVE: (15, 60),
}
OPENINGS = (
    "我以办事人身份到{place}办理{matter}，全程体验从咨询到出件的各个环节。",
    "按照市政府办公室统一安排，{month}月{day}日以普通群众身份体验{matter}办理流程。",
    "今天上午在{place}走了一遍{matter}的流程，没有亮明身份。",
    "根据“走流程、解难题、优服务”行动要求，本人随机选取{matter}进行体验。",
)
MIDDLES = (
    "导办台告知要带{n}份材料，其中{k}份指南上没有写。",
    "取号后等了{w}分钟，前面还有{n}人。",
    "{w}号窗口的工作人员一次性告知了缺的材料，态度热情。",
    "指南写的是{n}个工作日，窗口口头说要{k}天。",
    "填表时有{k}项看不懂，样表放在柜台里面，要问才给。",
    "复印机坏了，到对面打印店复印花了{k}元。",
    "系统提示“数据校验中”，刷新{n}次才进去。",
    "第{n}栏的经营范围要手工抄写，抄错一次重来。",
    "旁边一位老人不会用手机取号，保安帮他取了{w}号。",
    "窗口让我去{n}楼盖章，盖完回来又排了一次队。",
    "电话打了{n}次，第{k}次才有人接，回答与现场一致。",
    "受理单上的联系电话少一位数，打不通。",
    "工作人员主动提出可以容缺，先受理后补{k}份材料。",
    "自助机识别不了身份证，换了{n}台才成功。",
    "承诺的免提交材料在窗口仍然要原件，说是上级系统没有打通。",
    "与办事群众聊了{w}分钟，他说这是第{n}次来。",
    "叫号屏显示的窗口与实际不符，走错了{k}次。",
    "表格上同样的信息填了{n}遍，建议合并。",
    "快递送达可选，邮费{k}元自付，两天后收到。",
    "大厅没有停车位，绕了{w}分钟停在{k}百米外。",
    "领导签字环节需要等出差的股长回来，最后改由副职代签。",
    "公示牌上的收费标准是前年的，窗口按新标准收{n}元。",
    "申请表下载链接失效，客服给了另一个网址。",
    "人脸识别失败{n}次后转人工审核，等了{w}分钟。",
)
TAILS = (
    "，前面的人也为此多跑了一趟",
    "，导办员后来专门过来解释",
    "，现场没有看到相关提示",
    "，与电话里说的不一致",
    "，这一点做得比较好",
    "，{w}分钟后才解决",
    "，听口音对方是外地来的，也不清楚",
    "，打印出来才发现字迹模糊",
    "，股室负责人当场表示会改",
    "，墙上的流程图还是旧版",
    "，最后靠手机拍照传过去",
    "，比上个月快了{n}天",
    "，窗口同志自己也说不清依据",
    "，而隔壁县不需要这一步",
)
ENDS = (
    "总体感受是能办成，但还有优化空间。",
    "办理过程顺畅，工作人员服务规范。",
    "建议进一步压减材料和跑动次数。",
    "以上情况已与被体验单位当面交流。",
)
SIMPLE = (
    "在{place}自助机上打印{matter}，{w}秒出件，流程顺畅，没有发现问题。",
    "到{place}办理{matter}，即来即办，{k}分钟办结，态度好。",
)


@dataclass
class Made:
    """A town, and for each fake walk the kind of fake it is."""

    town: Town
    fakes: dict[str, str] = field(default_factory=dict)


@dataclass
class _Matter:
    code: str
    owner: int
    pace: float
    is_simple: bool


class Maker:
    """Makes walks one by one; `kinds` lists what may be planted."""

    def __init__(self, seed: int, walks: int = 2000):
        self.rng = random.Random(seed)
        self.walks: list[Walk] = []
        self.fakes: dict[str, str] = {}
        self.cases: dict[str, KnownCase] = {}
        self.complaints: dict[str, KnownComplaint] = {}
        self.diary: dict[str, set[date]] = defaultdict(set)
        self.people: dict[str, list[Walker]] = {}
        rng = self.rng
        self.units = [
            f"{area if len(area) == 6 else '430400'}-{n:03}"
            for area in AREAS
            for n in range(1, 1 + round((20 if area == "4304" else 7) * max(1, walks / 2000)))
        ]
        for unit in self.units:
            size = rng.randint(5, 9)
            self.people[unit] = [
                Walker(
                    f"{unit}-{n:02}",
                    f"{'张王李赵陈周'[n % 6]}{'甲乙丙丁戊己庚辛壬癸'[n]}{unit[-2:]}",
                    unit,
                    n < size - 2,
                )
                for n in range(size)
            ]
        self.matters = [
            _Matter(f"SX-{n:04}", rng.randrange(1, 8), rng.lognormvariate(0, 0.35), n % 8 == 0)
            for n in range(40)
        ]

    # — honest walks —

    def honest(self, **fixed) -> Walk:
        """One honest walk by somebody who is nowhere else that day."""
        rng = self.rng
        unit = fixed.pop("unit", None) or rng.choice(self.units)
        day = fixed.pop("day", None)
        while day is None and (day := rng.choice(DAYS)) and not self._free(unit, day):
            day = None
        matter = fixed.pop("matter", None) or rng.choice(self.matters)
        mode = fixed.pop("mode", None) or rng.choices(list(SessionMode), (40, 16, 18, 18, 8))[0]
        channel = fixed.pop("channel", None) or self._channel(mode, matter)
        area = fixed.pop("area", None) or (
            unit[:6] if unit[:6] != "430400" and rng.random() < 0.8 else rng.choice(AREAS)
        )
        area = "4304" if area == "430400" else area
        start = fixed.pop("start", None) or self._start(day, channel)
        walkers = fixed.pop("walkers", None) or self._walkers(unit, day)
        is_paper = rng.random() < 0.5
        steps = self._steps(mode, channel, matter, start, is_paper)
        end = steps[-1].end if steps else start + timedelta(minutes=rng.randint(30, 90))
        code = area if len(area) == 6 else "430400"
        values = {
            "key": f"DJ-2022-{unit}-{len(self.walks):05}",
            "unit": unit,
            "walked": f"{code}-{matter.owner:03}",
            "area": area,
            "walkers": walkers,
            "mode": mode,
            "channel": channel,
            "matter": matter.code,
            "start": start,
            "end": end,
            "recorder": f"{unit}.tb",
            "place": self._place(code, channel),
            "steps": steps,
            "is_announced": rng.random() < 0.03,
            "found_nothing": matter.is_simple or rng.random() < 0.3,
        }
        values["recorded"] = self._recorded(values["end"])
        values["narrative"] = self._narrative(matter, values["place"] or "网上", start)
        values["marks"] = self._marks() if rng.random() < 0.35 else ()
        values |= self._papers(mode, matter, values)
        walk = Walk(**{**values, **fixed})
        self.walks.append(walk)
        return walk

    def _free(self, unit: str, day: date) -> list[Walker]:
        """Obligated people of the unit who walk nowhere on that day nor around it."""
        return [
            one
            for one in self.people[unit]
            if one.is_obligated
            and not self.diary[one.code] & {day, day + timedelta(days=1), day - timedelta(days=1)}
        ]

    def _walkers(self, unit: str, day: date) -> tuple[Walker, ...]:
        """One obligated; now and then with staff, or a second leader, on one record."""
        rng = self.rng
        free = self._free(unit, day)
        first = rng.choice(free or self.people[unit][:1])
        together = [first]
        if rng.random() < 0.25:
            staff = [
                one for one in self.people[unit] if not one.is_obligated and day not in self.diary[one.code]
            ]
            together += staff[: rng.randint(1, 2)]
        elif rng.random() < 0.08 and len(free) > 1:
            together.append(rng.choice([one for one in free if one is not first]))
        for one in together:
            self.diary[one.code].add(day)
        return tuple(one for one in together if one.is_obligated or rng.random() < 0.6)

    def _channel(self, mode: str, matter: _Matter) -> str:
        rng = self.rng
        if mode == SessionMode.WINDOW or mode == SessionMode.ACCOMPANY:
            return Channel.HALL_WINDOW
        if matter.is_simple and rng.random() < 0.4:
            return Channel.KIOSK
        weights = (10, 8, 8, 66, 3, 5)
        return rng.choices(list(Channel), weights)[0]

    def _start(self, day: date, channel: str) -> datetime:
        rng = self.rng
        if channel in (Channel.HALL_WINDOW, Channel.KIOSK):
            minute = rng.choice((rng.randint(8 * 60 + 32, 11 * 60), rng.randint(14 * 60, 16 * 60 + 20)))
            if rng.random() < 0.02:
                minute = rng.randint(8 * 60, 8 * 60 + 29)  # queueing before the door opens
        else:
            minute = rng.choice((rng.randint(8 * 60, 17 * 60), rng.randint(19 * 60, 22 * 60 + 30)))
            day += timedelta(days=rng.choice((0, 0, 0, 1)))
        return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=ZONE)

    def _steps(self, mode, channel, matter: _Matter, start: datetime, is_paper: bool) -> tuple[Step, ...]:
        rng, at, steps = self.rng, start, []
        if rng.random() < 0.03:
            return ()
        pace = matter.pace * rng.lognormvariate(0, 0.25) * (0.35 if matter.is_simple else 1)
        if channel not in (Channel.HALL_WINDOW, Channel.KIOSK):
            pace *= 0.6
        kinds = self._kinds(mode, channel, matter)
        stops = len(kinds) if rng.random() > 0.04 else rng.randint(2, len(kinds))
        for kind in kinds[:stops]:
            minutes = self._minutes(kind, pace, is_paper)
            steps.append(Step(kind, at, at + timedelta(minutes=minutes), "PASSED"))
            at += timedelta(minutes=minutes)
        if stops < len(kinds):
            steps[-1] = replace(steps[-1], result="RETURNED")
        return tuple(steps)

    def _kinds(self, mode: str, channel: str, matter: _Matter) -> list[str]:
        rng = self.rng
        if channel == Channel.KIOSK and matter.is_simple:
            return [StepKind.FILL, StepKind.SUBMIT, StepKind.DELIVER]
        kinds = list(EXPECTED_STEPS[mode])
        if mode in (SessionMode.SELF, SessionMode.ACCOMPANY, SessionMode.AGENT) and rng.random() < 0.4:
            kinds.insert(-1, StepKind.APPROVE)
        if len(kinds) > 4 and rng.random() < 0.12:
            kinds.remove(rng.choice(kinds[:3]))
        return kinds

    def _minutes(self, kind: str, pace: float, is_paper: bool) -> int:
        rng, (low, high) = self.rng, MINUTES[kind]
        minutes = max(1, round(rng.triangular(low, high, low + (high - low) / 3) * pace))
        if kind == StepKind.APPROVE and rng.random() < 0.3:
            minutes = rng.randint(1, 4) * 24 * 60
        return max(5, round(minutes / 5) * 5) if is_paper else minutes

    def _place(self, code: str, channel: str) -> str:
        if channel in (Channel.HALL_WINDOW, Channel.KIOSK):
            return f"{code}政务服务中心" if self.rng.random() < 0.9 else ""
        return self.rng.choice(("网上办理", "", "线上"))

    def _recorded(self, end: datetime) -> datetime:
        """Most the same day, a part within five working days, a few later."""
        rng = self.rng
        days = rng.choices((0, rng.randint(1, 5), rng.randint(6, 15)), (70, 27, 3))[0]
        if not days:
            return end + timedelta(minutes=rng.randint(10, 300))
        day = CALENDAR.add_workdays(end.date(), days)
        return datetime.combine(day, time(rng.randint(8, 17), rng.randrange(60)), tzinfo=ZONE)

    def _narrative(self, matter: _Matter, place: str, start: datetime) -> str:
        rng = self.rng
        slots = {"place": place, "matter": matter.code, "month": start.month, "day": start.day}

        def said(line: str) -> str:
            return line.format(**slots, n=rng.randint(2, 9), k=rng.randint(2, 12), w=rng.randint(5, 79))

        if matter.is_simple and rng.random() < 0.5:
            return said(rng.choice(SIMPLE))
        middles = rng.sample(MIDDLES, rng.randint(3, 6))
        middles = [
            one.rstrip("。") + rng.choice(TAILS) + "。" if rng.random() < 0.7 else one for one in middles
        ]
        return said(rng.choice(OPENINGS)) + "".join(map(said, middles)) + said(rng.choice(ENDS))

    def _marks(self) -> tuple[str, ...]:
        rng = self.rng
        found = []
        for _ in range(rng.randint(1, 3)):
            found.append("sha256=" + hashlib.sha256(rng.randbytes(16)).hexdigest())
            if rng.random() < 0.7:
                found.append(f"phash={rng.getrandbits(64):016x}")
        return tuple(found)

    def _papers(self, mode: str, matter: _Matter, values: dict) -> dict:
        rng, start = self.rng, values["start"]
        number = f"{values['walked'][:6]}{start:%Y%m%d}{rng.randrange(10**6):06}"
        if mode == SessionMode.BACKWARD:
            order = f"GD{rng.randrange(10**8):08}"
            if rng.random() < 0.96:
                before = start - timedelta(days=rng.randint(1, 40), minutes=rng.randrange(600))
                self.complaints[order] = KnownComplaint(matter.code, values["walked"], before)
            return {"work_order": order}
        if mode == SessionMode.WINDOW:
            rows = tuple(
                NamedCase(f"{number}{n}", matter.code, rng.randint(5, 25)) for n in range(rng.randint(2, 6))
            )
            for row in rows:
                self._know(row.number, matter.code, values, start - timedelta(days=rng.randint(0, 9)))
            return {"cases": rows, "window": f"{rng.randint(1, 40)}号窗口"}
        found = {}
        if rng.random() < 0.6:  # the others are 模拟
            found["case_number"] = number
            self._know(number, matter.code, values, start + timedelta(minutes=rng.randint(0, 60)))
        if mode == SessionMode.AGENT:
            found["authorization"] = f"WTS-{number}"
        if mode == SessionMode.ACCOMPANY:
            found["accompanied"] = rng.choice("刘孙黄何") + rng.choice(("女士", "先生", "某"))
        return found

    def _know(self, number: str, matter: str, values: dict, applied: datetime) -> None:
        """The platform has nearly every case; a few come late, a few stand under the hall or a day later."""
        rng = self.rng
        if rng.random() < 0.012:
            return
        unit = values["walked"] if rng.random() < 0.96 else f"{values['walked'][:6]}-000"
        if rng.random() < 0.04:
            applied += timedelta(days=rng.randint(1, 3))
        finished = applied + timedelta(days=rng.randint(0, 12)) if rng.random() < 0.8 else None
        self.cases[number] = KnownCase(matter, unit, values["area"], applied, finished)

    # — honest things that look odd —

    def training_day(self) -> None:
        """A unit's people in one hall on one day: matters of their own, or one after the other; staff look on."""
        rng = self.rng
        unit, day = rng.choice(self.units), rng.choice(DAYS)
        people = self._free(unit, day)
        area = rng.choice(AREAS)
        matters = rng.sample(self.matters, len(people)) if people else []
        for place, (one, matter) in enumerate(zip(people, matters, strict=True)):
            self.diary[one.code].add(day)
            start = datetime.combine(day, time(9, 5 * place % 60), tzinfo=ZONE)
            self.honest(
                unit=unit, day=day, walkers=(one,), matter=matter, area=area, start=start, mode=SessionMode.SELF,
                channel=Channel.HALL_WINDOW,
            )  # fmt: skip

    def sick_clerk(self) -> None:
        """Three late paper records keyed in one morning: the clerk was away, the papers are there."""
        unit = self.rng.choice(self.units)
        walks = [self.honest(unit=unit) for _ in range(3)]
        when = datetime.combine(
            CALENDAR.add_workdays(max(w.end for w in walks).date(), 7), time(9, 10), tzinfo=ZONE
        )
        for place, walk in enumerate(walks):
            self._swap(walk, recorded=when + timedelta(minutes=6 * place))

    def weekly_paper(self) -> None:
        """A week's paper records keyed on Friday, all in time."""
        rng = self.rng
        unit, at = rng.choice(self.units), rng.randrange(0, len(DAYS) - 5)
        days = [day for _ in range(9) if self._free(unit, day := rng.choice(DAYS[at : at + 4]))]
        walks = [self.honest(unit=unit, day=day) for day in days if self._free(unit, day)]
        when = datetime.combine(DAYS[at + 4], time(16, 0), tzinfo=ZONE)
        for place, walk in enumerate(walks):
            if walk.end < when:
                self._swap(walk, recorded=when + timedelta(minutes=4 * place))

    def open_saturday(self) -> None:
        """A hall opens on a Saturday; people of several units are seen there."""
        rng = self.rng
        day = rng.choice([date(2022, 5, 14), date(2022, 5, 28), date(2022, 6, 11)])
        area, matter = rng.choice(AREAS), rng.choice(self.matters)
        for unit in [one for one in rng.sample(self.units, 6) if self._free(one, day)]:
            start = datetime.combine(day, time(9, rng.randrange(60)), tzinfo=ZONE) + timedelta(
                hours=rng.randint(0, 5)
            )
            self.honest(
                unit=unit, day=day, area=area, start=start, matter=matter, channel=Channel.HALL_WINDOW
            )

    def joint_visit(self) -> None:
        """Two leaders walk together and register each for himself: one photo, each his own words."""
        rng = self.rng
        first = self.honest(mode=SessionMode.SELF, channel=Channel.HALL_WINDOW)
        day = first.start.date()
        free = self._free(first.unit, day)
        if free:
            matter = next(m for m in self.matters if m.code == first.matter)
            one = rng.choice(free)
            self.diary[one.code].add(day)
            self.honest(
                unit=first.unit, day=day, walkers=(one,), matter=matter, area=first.area, start=first.start,
                mode=SessionMode.SELF, channel=Channel.HALL_WINDOW, marks=first.marks, place=first.place,
            )  # fmt: skip

    def popular_window(self) -> None:
        """People of several units walk the same simple matter in the same hall on one day, at their own hours."""
        rng = self.rng
        day, area = rng.choice(DAYS), rng.choice(AREAS)
        matter = rng.choice([m for m in self.matters if m.is_simple])
        for unit in [one for one in rng.sample(self.units, 6) if self._free(one, day)]:
            self.honest(unit=unit, day=day, area=area, matter=matter, mode=SessionMode.SELF)

    # — putting it together —

    def _swap(self, walk: Walk, **changes) -> Walk:
        changed = replace(walk, **changes)
        self.walks[next(n for n in range(len(self.walks) - 1, -1, -1) if self.walks[n].key == walk.key)] = (
            changed
        )
        return changed

    def town(self) -> Town:
        months = Counter((case.matter, f"{case.applied:%Y-%m}") for case in self.cases.values())
        complained = defaultdict(list)
        for one in self.complaints.values():
            complained[one.matter, one.unit].append(one.received.date())
        return Town(
            walks=tuple(self.walks),
            calendar=CALENDAR,
            cases=self.cases,
            case_months=months,
            covered_until=max((case.applied.date() for case in self.cases.values()), default=None),
            complaints=self.complaints,
            complained={key: tuple(days) for key, days in complained.items()},
            findings={unit: UnitFindings(n % 9, n % 3) for n, unit in enumerate(self.units)},
            staff={unit: frozenset(one.name for one in people) for unit, people in self.people.items()},
            milestones=(date(2022, 5, 20), date(2022, 5, 31)),
        )
