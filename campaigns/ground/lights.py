"""What colour a clock shows and which rung of the ladder is due: pure functions of dates and plain facts.

The light is computed, never stored and never set by hand (contract §7.8); the ladder is data (contract §8).
No model, no clock may be read here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from campaigns.ground.calendar import Calendar


class Light(StrEnum):
    """A light is always its word; `slug` names the shape and colour for the page."""

    GREEN = "绿"
    YELLOW = "黄"
    RED = "红"
    REVIEW = "审核中"
    LATE_DONE = "逾期办结"
    DONE = "已办结"
    PAUSED = "暂停"
    NONE = "—"

    @property
    def slug(self) -> str:
        """A name for class attributes: green, yellow, red, review, late, done, paused, none."""
        return _SLUGS[self]


_SLUGS = {
    Light.GREEN: "green",
    Light.YELLOW: "yellow",
    Light.RED: "red",
    Light.REVIEW: "review",
    Light.LATE_DONE: "late",
    Light.DONE: "done",
    Light.PAUSED: "paused",
    Light.NONE: "none",
}

PHASES = ("open", "review", "done", "paused", "none")


def yellow_margin(*, starts_on: date, due_on: date, calendar: Calendar) -> int:
    """From how many working days left on the light is yellow: max(3, 20 % of the whole, rounded down)."""
    return max(3, calendar.workdays_between(starts_on, due_on) * 20 // 100)


def light(
    *,
    on: date,
    phase: str,
    due_on: date | None,
    starts_on: date | None,
    was_late: bool,
    calendar: Calendar,
) -> Light:
    """The light of one clock on the day `on` (contract §7.5, §7.8).

    `phase`: "open" running · "review" applied for, waiting for the reviewer · "done" closed
    · "paused" 提请上级协调 · "none" a state without a light.
    `was_late`: some round was applied for after its due date.
    """
    if phase not in PHASES:
        raise ValueError(f"unknown phase {phase!r}")
    if phase == "done":
        return Light.LATE_DONE if was_late else Light.DONE
    if phase == "paused":
        return Light.PAUSED
    if phase == "review":
        return Light.RED if was_late else Light.REVIEW
    if phase == "none" or due_on is None:
        return Light.NONE
    due_on = calendar.roll_forward(due_on)
    if on > due_on:
        return Light.RED
    margin = yellow_margin(starts_on=starts_on or due_on, due_on=due_on, calendar=calendar)
    return Light.YELLOW if calendar.workdays_between(on, due_on) <= margin else Light.GREEN


@dataclass(frozen=True)
class Rung:
    """One rung: `offset` working days before (negative) or after the due date, told to `roles`.

    `signer` is the role that signs the 督办单 this rung drafts ("" = a plain notice); `applies` says which
    clocks climb it: "all", "plain" (not a 督办单's own limit) or "slip" (only that).
    """

    level: int
    label: str
    offset: int
    roles: tuple[str, ...]
    signer: str = ""
    applies: str = "all"

    @property
    def slip(self) -> bool:
        """True when this rung drafts a 督办单."""
        return bool(self.signer)


# Contract §8, the default of CampaignPolicy.ladder. Roles are the words of the contract (labels of Role).
DEFAULT_LADDER: list[dict] = [
    {
        "level": 1,
        "label": "提醒",
        "offset": -3,
        "roles": ["责任人", "填报员"],
        "signer": "",
        "applies": "all",
    },
    {
        "level": 2,
        "label": "到期",
        "offset": 0,
        "roles": ["责任人", "填报员", "分管负责人"],
        "signer": "",
        "applies": "all",
    },
    {
        "level": 3,
        "label": "催办",
        "offset": 1,
        "roles": ["责任人", "填报员", "分管负责人", "主要负责人"],
        "signer": "",
        "applies": "all",
    },
    {
        "level": 4,
        "label": "督办",
        "offset": 3,
        "roles": ["责任人", "填报员", "分管负责人", "主要负责人", "审改办"],
        "signer": "审改办",
        "applies": "plain",
    },
    {
        "level": 5,
        "label": "挂牌督办",
        "offset": 5,
        "roles": ["责任人", "填报员", "分管负责人", "主要负责人", "审改办", "督查室"],
        "signer": "督查室",
        "applies": "slip",
    },
]


def ladder_of(rows: Iterable[Mapping]) -> tuple[Rung, ...]:
    """Rungs from the campaign's JSON rows, lowest level first; keys that are left out take their defaults."""
    rungs = [
        Rung(
            level=int(row["level"]),
            label=row["label"],
            offset=int(row["offset"]),
            roles=tuple(row["roles"]),
            signer=row.get("signer", ""),
            applies=row.get("applies", "all"),
        )
        for row in rows
    ]
    return tuple(sorted(rungs, key=lambda rung: rung.level))


def rung_on(rung: Rung, *, due_on: date, calendar: Calendar) -> date:
    """The working day on which `rung` falls for this due date."""
    return calendar.add_workdays(calendar.roll_forward(due_on), rung.offset)


def rung_due(
    *,
    due_on: date | None,
    starts_on: date,
    on: date,
    lit_levels: Collection[int],
    ladder: Iterable[Rung],
    calendar: Calendar,
    of_slip: bool = False,
) -> Rung | None:
    """The highest rung that is due on `on` and above every level lit in this round; None when there is none.

    Rest days send nothing, so what fell on one is due on the next working day; missed days collapse into the
    highest. A rung on or before 起算日期 is not sent; an item without a date has no rung (contract §8).
    """
    if due_on is None or not calendar.is_workday(on):
        return None
    lit = max(lit_levels, default=0)
    wanted = ("all", "slip") if of_slip else ("all", "plain")
    due = [
        rung
        for rung in ladder
        if rung.level > lit
        and rung.applies in wanted
        and starts_on < rung_on(rung, due_on=due_on, calendar=calendar) <= on
    ]
    return max(due, key=lambda rung: rung.level, default=None)
