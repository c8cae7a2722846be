"""Who is chased when: a slow second opinion, written from contract §7 and §8 and sharing no line with the engine.

It is told what people did, item by item and day by day, and on which mornings the chase ran. From that it works out
every clock, every rung, every 督办单, every turned light and every line of a digest, counting days one at a time.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

ONE = timedelta(days=1)
NEVER = date(2999, 1, 1)
# The State Council's notices for 2022, as far as the simulation reaches (April to August).
_RESTS = {date(2022, 4, day) for day in (3, 4, 5, 30)} | {date(2022, 5, day) for day in (1, 2, 3, 4)}
_RESTS |= {date(2022, 6, day) for day in (3, 4, 5)}
_WORKED = {date(2022, 4, 2), date(2022, 4, 24), date(2022, 5, 7)}


def is_worked(day: date) -> bool:
    return day in _WORKED or (day.weekday() < 5 and day not in _RESTS)


def rolled(day: date) -> date:
    """A due date on a rest day moves to the next working day (§7.8)."""
    while not is_worked(day):
        day += ONE
    return day


def after(day: date, count: int) -> date:
    """`count` working days later (or before, negative): the first day doesn't count, the last does (§7.8)."""
    step = ONE if count > 0 else -ONE
    left = abs(count)
    while left:
        day += step
        left -= is_worked(day)
    return day


def between(first: date, last: date) -> int:
    """Working days from `first` (not counted) to `last` (counted)."""
    if last < first:
        return -between(last, first)
    count = 0
    while first < last:
        first += ONE
        count += is_worked(first)
    return count


def light(on: date, starts: date, due: date) -> str:
    """§7.8."""
    if on > due:
        return "红"
    return "黄" if between(on, due) <= max(3, int(between(starts, due) * 0.2)) else "绿"


@dataclass
class Span:
    """One round of a clock: its date, from the day it was set (that morning's chase is over) to the day it ended."""

    round: int
    due: date
    since: date
    until: date = NEVER


@dataclass
class Clock:
    """What waits, whose turn it is, since when; `paper` is the level of the 督办单 whose limit it is."""

    kind: str
    label: str
    starts: date
    spans: list[Span]
    holder: str = "clerk"
    paper: int = 0
    first_due: date = NEVER
    person: bool = False  # a 责任人 is named

    @property
    def is_open(self) -> bool:
        return self.spans[-1].until == NEVER

    def stop(self, day: date) -> None:
        if self.is_open:
            self.spans[-1].until = day

    def move(self, due: date, day: date) -> None:
        """Another date, or a start again: a new round (§8)."""
        self.stop(day)
        self.spans.append(Span(len(self.spans) + 1, due, day))


# §7.1, §7.5, §7.7: state → (days, whose turn).
MAY_WAIT = 5  # §7.4: for a verifier; then the unit's clock stands still
WAITS = {
    "待转办": (2, "office"),
    "待签收": (2, "clerk"),
    "待定措施": (5, "clerk"),
    "待审签": (2, "head"),
    "待单位审核": (2, "deputy"),
    "待销号审核": (5, "closer"),
}
# §7.7: asked again and again, by the words that stand on the clock.
PROGRESS = {"整改中": ("长期坚持报进展", 20), "阶段性完成": ("长期坚持报进展", 60)}


@dataclass
class Story:
    """One item as the contract sees it. Each method is something that was done; `day` is when."""

    number: str
    unit: str
    clocks: list[Clock] = field(default_factory=list)
    state: str = ""
    kind: str = ""
    turn: Clock | None = None
    main: Clock | None = None
    steps: list[Clock] = field(default_factory=list)
    applied_on: date | None = None
    paused_on: date | None = None
    declined: bool = False
    verified: bool = True  # nobody has to go and look
    numbered: bool = True  # the 请示 has its 文号
    request: Clock | None = None
    signed_slips: list[tuple[str, str, date, int, int, date]] = field(default_factory=list)

    # — what people do —

    def register(self, day: date, *, own: bool, quick: bool) -> None:
        self.kind = "立行立改" if quick else ""
        self._enter("待定措施" if own else "待转办", day)
        if own and quick:
            self._quick_lane(day)

    def assign(self, day: date) -> None:
        self._enter("待签收", day)

    def decline(self, day: date) -> None:
        self.declined = True
        self._enter("待转办", day)

    def accept(self, day: date) -> None:
        self._enter("待定措施", day)
        if self.kind == "立行立改":
            self._quick_lane(day)

    def submit(self, day: date) -> None:
        self._enter("待审签", day)

    def send_back(self, day: date) -> None:
        self._enter("待定措施", day)

    def ask(self, day: date, *, words: str, by: str) -> None:
        """延期 or 报备: whoever answers (`by`) has 2 working days."""
        self.request = self._clock("TURN", f"审批：{words}", day, after(day, 2), by)

    def answered(self, day: date) -> None:
        """Granted, refused or withdrawn."""
        self.request.stop(day)
        self.request = None

    def sign(
        self, day: date, *, due: date | None, steps: Iterable[tuple[int, date]], person: bool = False
    ) -> None:
        self.kind = "限期整改" if due is not None else "长期坚持"
        self._enter("整改中", day)
        if due is not None:
            self.main = self._clock("RECTIFY", "", day, rolled(due), person=person)
        for number, step_due in steps:
            if step_due > day:
                label = f"步骤{number}"
                self.steps.append(self._clock("STEP", label, day, rolled(step_due), person=person))

    def progress(self, day: date) -> None:
        if (
            self.state == "提请上级协调"
            and self.numbered
            or self.kind == "长期坚持"
            and self.state in PROGRESS
        ):
            self._enter(self.state, day)

    def give_number(self, day: date) -> None:
        self.numbered = True
        self._enter("提请上级协调", day)

    def errand(self, day: date, *, kind: str, due: date, person: bool = False) -> None:
        """Not an item of the ledger: a walk task, a self-check. One clock, and it stops when the thing is done."""
        self.main = self._clock(kind, "", day, rolled(due), person=person)

    def done(self, day: date) -> None:
        self.main.stop(day)

    def verify(self, day: date) -> None:
        """Looked at, or waived: 单位审核 that stood still gets its days anew."""
        self.verified = True
        if self.state == "待单位审核" and not self.turn.is_open:
            self._enter("待单位审核", day)

    def finish(self, day: date) -> None:
        self._apply(day, "待销号审核")

    def apply(self, day: date, *, to_verify: bool = False) -> None:
        self.verified = not to_verify
        self._apply(day, "待单位审核")

    def pass_review(self, day: date) -> None:
        self._enter("待销号审核", day)

    def give_back(self, day: date) -> None:
        """Returned by either review: the days that were left, at least 3 (§7.5)."""
        self._enter("待定措施" if self.kind == "立行立改" else "整改中", day)
        self._again(day, self.applied_on)

    def close(self, day: date) -> None:
        self._enter("阶段性完成" if self.kind == "长期坚持" else "已销号", day)

    def reopen(self, day: date) -> None:
        """A quick one comes back as 限期整改 to be planned, any other with 3 working days."""
        if self.kind == "立行立改":
            self.kind, self.main = "限期整改", None
            self._enter("待定措施", day)
            return
        self._enter("整改中", day)
        if self.main:
            self.main.move(after(day, 3), day)

    def extend(self, day: date, *, due: date) -> None:
        if rolled(due) != self.main.spans[-1].due:
            self.main.move(rolled(due), day)

    def escalate(self, day: date, *, numbered: bool) -> None:
        self.paused_on, self.numbered = day, numbered
        self._enter("提请上级协调", day)
        self._stop_own(day)

    def resume(self, day: date) -> None:
        self._enter("整改中", day)
        self._again(day, self.paused_on)

    def drop(self, day: date) -> None:
        """不予认定, 并案办理."""
        self._enter("", day)
        self._stop_own(day)

    def sign_slip(self, day: date, *, kind: str, label: str, starts: date, round: int, level: int) -> None:
        """The 督办单 about that clock is signed: it has a limit of 5 working days of its own (§8)."""
        self.signed_slips.append((kind, label, starts, round, level, day))

    # — what follows from it —

    def _enter(self, state: str, day: date) -> None:
        if self.turn is not None:
            self.turn.stop(day)
        self.state, self.turn = state, None
        label, days, holder = self._waits(state)
        if days:
            self.turn = self._clock("TURN", label, day, after(day, days), holder)

    def _waits(self, state: str) -> tuple[str, int, str]:
        """The state's clock: its words, its working days (0: it has none), whose turn it is."""
        if state == "提请上级协调":
            return ("提请上级协调报进展", 20, "clerk") if self.numbered else ("报请示文号", 5, "clerk")
        if self.kind == "长期坚持" and state in PROGRESS:
            return (*PROGRESS[state], "clerk")
        if state not in WAITS or (state == "待定措施" and self.kind == "立行立改"):
            return state, 0, ""
        days, holder = WAITS[state]
        return state, 1 if state == "待转办" and self.declined else days, holder

    def _clock(
        self, kind: str, label: str, day: date, due: date, holder: str = "clerk", *, person: bool = False
    ) -> Clock:
        clock = Clock(kind, label, day, [Span(1, due, day)], holder, first_due=due, person=person)
        self.clocks.append(clock)
        return clock

    def _quick_lane(self, day: date) -> None:
        self.main = self._clock("RECTIFY", "", day, after(day, 3))

    def _apply(self, day: date, state: str) -> None:
        self.applied_on = day
        self._enter(state, day)
        self._stop_own(day)

    def _stop_own(self, day: date) -> None:
        for clock in (self.main, *self.steps):
            if clock is not None:
                clock.stop(day)
        if self.request is not None:
            self.answered(day)

    def _again(self, day: date, since: date) -> None:
        if self.main is not None:
            left = between(since, self.main.spans[-1].due)
            self.main.move(after(day, max(3, left)), day)

    def lapses(self, morning: date) -> bool:
        """§7.2: 立行立改 not done by its day becomes 限期整改 by itself, before that morning's chase."""
        late = self.state == "待定措施" and self.kind == "立行立改" and self.main.is_open
        if not late or self.main.spans[-1].due >= morning:
            return False
        self.main.stop(morning - ONE)
        self.kind, self.main = "限期整改", None
        self._enter("待定措施", morning)
        return True

    def waits_too_long(self, morning: date) -> None:
        """§7.4: more than 5 working days without a verifier, and the unit's clock stops, before that morning's chase."""
        unseen = self.state == "待单位审核" and not self.verified and self.turn.is_open
        if unseen and between(self.applied_on, morning) > MAY_WAIT:
            self.turn.stop(morning - ONE)


# §8: level → (working days from the due date, who hears of it besides whose turn it is). 4 and 5 are papers.
_RUNGS = {1: (-3, ()), 2: (0, ("deputy",)), 3: (1, ("deputy", "head"))}
_SLIP_AFTER = {4: 3, 5: 5}
# Who isn't of the unit: 审改办, who closes and who answers, the city's 审改办 for a second 延期 (§7.3, §7.6, §7.7).
OFFICES = ("office", "closer", "decider", "city")


@dataclass
class Book:
    """What must stand in the tables: rows counted, so that a doubled one shows."""

    chases: Counter = field(default_factory=Counter)
    lines: Counter = field(default_factory=Counter)
    slips: Counter = field(default_factory=Counter)
    lights: Counter = field(default_factory=Counter)


@dataclass(frozen=True)
class Absence:
    """Somebody is away from–to, and a colleague hears what they hear (§5 “may name a dated 代签”)."""

    user: str
    colleague: str
    first: date
    last: date


def book_of(
    stories: Iterable[Story], mornings: Iterable[date], people: dict, absences: Iterable[Absence] = ()
) -> Book:
    """Everything that follows when the chase ran on `mornings`. `people`: unit → role → usernames."""
    worked = [day for day in sorted(mornings) if is_worked(day)]
    book = Book()
    for story in stories:
        waiting = list(story.clocks)
        while waiting:
            clock = waiting.pop(0)
            waiting += _tell(book, story, clock, worked, people[story.unit], absences)
    return book


def _tell(
    book: Book, story: Story, clock: Clock, mornings: list[date], people: dict, absences: Iterable[Absence]
) -> list[Clock]:
    """One clock's rows; returns the limits of the 督办单 that were signed about it."""
    noted, limits = light(clock.starts, clock.starts, clock.first_due), []
    name = (story.number, clock.kind, clock.label, clock.starts)
    for span in clock.spans:
        lit = 0
        for morning in mornings:
            if not span.since < morning <= span.until:
                continue
            now = light(morning, clock.starts, span.due)
            if now != noted:
                book.lights[*name, span.round, morning, noted, now] += 1
                noted = now
            level = _level(clock, span, morning)
            if level <= lit:
                continue
            lit = level
            row = (*name, span.round, level)
            book.chases[*row, morning] += 1
            told = _told(clock, level, people)
            told |= {
                away.colleague
                for away in absences
                if away.user in told and away.first <= morning <= away.last
            }
            for user in told:
                book.lines[user, morning, *row] += 1
            if level >= 4:
                signed = [s[5] for s in story.signed_slips if s[:5] == (*name[1:], span.round, level)]
                book.slips[*row, morning, tuple(signed)] += 1
                limits += [_limit(clock, span, level, day) for day in signed]
    return limits


def _level(clock: Clock, span: Span, morning: date) -> int:
    """The highest level that has come due; one that falls on or before 起算日期 is not sent. 0 = none."""
    days = {level: after(span.due, offset) for level, (offset, _) in _RUNGS.items()}
    if clock.kind != "STEP" and not clock.paper:
        days[4] = after(span.due, _SLIP_AFTER[4])
    if clock.paper == 4:
        days[5] = after(span.due, _SLIP_AFTER[5])
    return max((level for level, day in days.items() if clock.starts < day <= morning), default=0)


def _told(clock: Clock, level: int, people: dict) -> set[str]:
    """An office's own clock is the office's matter; a paper lies before who signs it."""
    inspector = people["city inspector" if clock.holder == "city" else "inspector"]
    if level == 5:
        return set(inspector)
    if level == 4:
        return set(inspector if clock.holder in OFFICES else people["signer"])
    first = set(people[clock.holder]) | (set(people["person"]) if clock.person else set())
    if clock.holder in OFFICES:
        return first
    return first.union(*(people[role] for role in _RUNGS[level][1]))


def _limit(clock: Clock, span: Span, level: int, day: date) -> Clock:
    """It ends when the clock it is about ends or gets another date."""
    due = after(day, 5)
    return Clock(
        "SLIP",
        f"{level}级 {clock.kind} {clock.label}".strip(),
        day,
        [Span(1, due, day, span.until)],
        clock.holder,
        paper=level,
        first_due=due,
        person=clock.person,
    )
