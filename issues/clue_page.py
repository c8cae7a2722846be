"""The page of one 疑点: the walk beside the one it was seen with — facts, times, texts, photos — and what the platform says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localtime

from campaigns.case_check import CaseCheck, check_cases
from campaigns.ground.likeness import Comparison, explain
from campaigns.lists import names
from campaigns.models import Evidence, PhotoMark, Posting, WalkSession
from issues.models import Clue

_AROUND = ("reporting_unit", "walked_unit", "matter", "recorded_by__person", "complaint")


@dataclass(frozen=True)
class Compared:
    """One line of the table of facts: both values, and whether they are the same."""

    label: str
    mine: Any
    theirs: Any = None
    is_same: bool = False


@dataclass(frozen=True)
class Beside:
    """The evidence. `other` is None where the clue was seen in one walk alone, or the reader may not see the other's."""

    session: WalkSession
    other: WalkSession | None
    others: list[WalkSession]
    hidden: int
    facts: list[Compared]
    text: Comparison | None
    marks: list[Compared]
    cases: list[CaseCheck]


def evidence_of(clue: Clue, posting: Posting, wanted: str = "") -> Beside:
    """`wanted`: the 登记编号 of the walk to show beside; the first of the clue's others by default."""
    session = _walk(WalkSession.objects.filter(pk=clue.session_id))
    numbers = clue.facts.get("others", [])
    visible = WalkSession.objects.visible_to(posting).filter(number__in=numbers)
    found = {walk.number: walk for walk in visible.select_related("reporting_unit").distinct()}
    others = [found[number] for number in numbers if number in found]
    chosen = next((walk for walk in others if walk.number == wanted), others[0] if others else None)
    other = _walk(WalkSession.objects.filter(pk=chosen.pk)) if chosen else None
    return Beside(
        session=session,
        other=other,
        others=others,
        hidden=len(numbers) - len(others),
        facts=list(_facts(session, other)),
        text=explain(session.narrative, other.narrative) if other and clue.rule == "R7" else None,
        marks=_marks(session, other),
        cases=check_cases(session) if clue.rule == "R6" else [],
    )


def _walk(rows) -> WalkSession:
    return rows.select_related(*_AROUND).prefetch_related("walkers", "steps", "cases__matter").get()


def _clock(moment) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _account(walk: WalkSession) -> str:
    if walk.recorded_by is None:
        return ""
    person = getattr(walk.recorded_by, "person", None)
    return person.name if person else walk.recorded_by.username


_FACTS = (
    ("登记编号", lambda walk: walk.number),
    ("走流程人员", lambda walk: names(walk.walkers.all())),
    ("填报单位", lambda walk: walk.reporting_unit.label),
    ("事项", lambda walk: walk.matter.name),
    ("被体验单位", lambda walk: walk.walked_unit.label),
    ("地点", lambda walk: walk.place),
    ("体验形式", lambda walk: walk.get_mode_display()),
    ("办理渠道", lambda walk: walk.get_channel_display()),
    ("开始时间", lambda walk: _clock(walk.started_at)),
    ("结束时间", lambda walk: _clock(walk.ended_at)),
    ("填报时间", lambda walk: _clock(walk.recorded_at)),
    ("填报人", _account),
    ("录入方式", lambda walk: walk.get_entry_display()),
    ("办件编号", lambda walk: walk.case_number),
    ("窗口号", lambda walk: walk.window),
    ("授权委托书编号", lambda walk: walk.authorization_number),
    ("陪同对象", lambda walk: walk.accompanied),
    ("工单编号", lambda walk: walk.work_order),
    ("环节", lambda walk: "、".join(f"{s.get_kind_display()} {s.minutes} 分钟" for s in walk.steps.all())),
)


def _facts(session: WalkSession, other: WalkSession | None) -> Iterable[Compared]:
    """Lines neither walk fills in are left out."""
    for label, value in _FACTS:
        mine, theirs = value(session), value(other) if other else ""
        if mine or theirs:
            yield Compared(label, mine, theirs, is_same=bool(other) and mine == theirs)


def _marks(session: WalkSession, other: WalkSession | None) -> list[Compared]:
    """Photo fingerprints of both; the ones they share first. No photo is no clue (contract §9)."""
    wanted = [session.pk, *([other.pk] if other else [])]
    found: dict[int, set[str]] = {pk: set() for pk in wanted}
    for pk, kind, value in PhotoMark.objects.filter(session__in=wanted).values_list(
        "session_id", "kind", "value"
    ):
        found[pk].add(f"{kind}={value}")
    files = Evidence.objects.filter(session__in=wanted, file__content_type__startswith="image/")
    for pk, digest, phash in files.values_list("session_id", "file__sha256", "phash"):
        found[pk].add(f"sha256={digest}")
        if phash:
            found[pk].add(f"phash={phash}")
    mine = found[session.pk]
    theirs = found[other.pk] if other else set()
    lines = [Compared(_short(mark), "有", "有", is_same=True) for mark in sorted(mine & theirs)]
    lines += [Compared(_short(mark), "有", "") for mark in sorted(mine - theirs)]
    return lines + [Compared(_short(mark), "", "有") for mark in sorted(theirs - mine)]


def _short(mark: str) -> str:
    """phash whole, a SHA-256 by its first sixteen digits."""
    kind, _, value = mark.partition("=")
    return f"{'照片文件' if kind == 'sha256' else '画面'}指纹 {value[:16]}"
