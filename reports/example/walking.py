"""Making the planned walks: each is recorded through the walk action, with its steps, points, people and numbers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from campaigns.actions.walks import confirm_session, record_session
from campaigns.enums import (
    EXPECTED_STEPS,
    CheckVerdict,
    EntryKind,
    Role,
    SessionMode,
    StepKind,
    StepResult,
    Verdict,
)
from campaigns.models import Matter, WalkSession
from issues.enums import ResultKind
from reports.example.city import City
from reports.example.plans import Walk
from reports.example.texts import Sample, problem_samples
from reports.example.wording import Wording, named, towns

_MINUTES = {
    StepKind.CONSULT: (4, 14),
    StepKind.PREPARE: (12, 34),
    StepKind.FILL: (8, 24),
    StepKind.QUEUE: (6, 45),
    StepKind.ACCEPT: (7, 18),
    StepKind.APPROVE: (10, 40),
    StepKind.DELIVER: (3, 12),
    StepKind.SIGN_IN: (6, 22),
    StepKind.SUBMIT: (5, 15),
    StepKind.ANSWER: (10, 30),
}
_UNCLEAR = {"asks_clear": ("A01", "A07", "B"), "runs_clear": ("A05", "C01", "C02", "C03", "A04")}


def slots_of(city: City, pen: Wording, walk: Walk, facts: Mapping) -> dict:
    """The slots of a walk's sentences: its matter, its place and its numbers."""
    at, matter = city.timeline.at(walk.index, walk.minute), walk.matter
    return pen.slots(
        matter=named(matter.name),
        place=city.hall(walk.walked_unit),
        unit=walk.walked_unit.label,
        window=facts.get("window") or f"{city.rng.randint(1, 36)}号窗口",
        from_place=city.rng.choice(towns(walk.walked_unit.code[:6])),
        month=at.month,
        day=at.day,
        half="上午" if at.hour < 12 else "下午",
        clock=f"{at.hour}点{'半' if at.minute >= 30 else '多'}",
        docs=max(1, facts["actual_documents"]),
        gdocs=matter.document_count,
        days=max(1, facts["actual_days"]),
        gdays=matter.promised_days,
        trips=max(1, facts["actual_trips"]),
        steps=facts["actual_steps"],
        work_order=facts.get("work_order", ""),
    )


def numbers(city: City, matter: Matter, samples: list[Sample]) -> dict:
    """Guide against reality: a number is worse exactly where a problem found here says so."""
    rng, gains = city.rng, {sample.gain for sample in samples}

    def worse(kind: str, guide: int, low: int, high: int) -> int:
        return guide + (rng.randint(low, high) if kind in gains else 0)

    fee = matter.fee + (rng.choice((20, 50, 80)) if ResultKind.LOWER_FEE in gains else 0)
    return {
        "actual_steps": worse(ResultKind.FEWER_STEPS, matter.step_count, 1, 3),
        "actual_documents": worse(ResultKind.FEWER_DOCUMENTS, matter.document_count, 1, 3),
        "actual_days": worse(ResultKind.FEWER_DAYS, matter.promised_days, 2, 6),
        "actual_trips": worse(ResultKind.FEWER_TRIPS, matter.trip_count, 1, 3),
        "actual_fee": Decimal(fee),
    }


def hold(
    city: City, pen: Wording, walk: Walk, samples: list[Sample], now: datetime
) -> tuple[WalkSession, dict]:
    """Record one planned walk at `now`; returns the session and the slots for what it found."""
    started = city.timeline.at(walk.index, walk.minute)
    steps, ended = _steps(city, walk, started)
    facts = _facts(city, walk, started, samples) | _came(walk, now)
    slots = slots_of(city, pen, walk, facts)
    session = record_session(
        by=city.seat(Role.REPORTER, walk.unit),
        now=now,
        campaign=city.campaign,
        reporting_unit=walk.unit,
        walkers=walk.walkers,
        mode=walk.mode,
        channel=walk.channel,
        matter=walk.matter,
        walked_unit=walk.walked_unit,
        started_at=started,
        ended_at=ended,
        narrative=pen.narrative(walk.mode, walk.is_online, slots),
        steps=steps,
        checkpoints=_points(city, samples),
        companions=_companions(city, walk),
        cases=_cases(city, walk, started) if walk.mode == SessionMode.WINDOW else (),
        facts=facts,
        draft=walk.is_draft,
    )
    return session, slots


def _came(walk: Walk, now: datetime) -> dict:
    """A part of the walks is logged on a phone, a smaller one on paper; no dice, so that nothing else of the city shifts."""
    if walk.is_draft or walk.index % 3:
        return {}
    if walk.minute % 3 == 0:
        return {"entry": EntryKind.PAPER}
    return {"entry": EntryKind.PHONE, "device_sent_at": now, "synced_at": now}


def confirm(city: City, session: WalkSession, walk: Walk, now: datetime) -> None:
    """本人确认, where the walker has an account."""
    posting = city.own_seat(walk.walkers[0])
    if posting is not None:
        confirm_session(session=session, by=posting, now=now)


def _steps(city: City, walk: Walk, started: datetime) -> tuple[list[dict], datetime]:
    """The form's expected steps one after the other; waiting is part of queueing."""
    rng, at, steps = city.rng, started, []
    for kind in EXPECTED_STEPS[walk.mode]:
        minutes = rng.randint(*_MINUTES[kind])
        if walk.mode == SessionMode.BACKWARD:
            minutes = 1 + minutes // 2  # files are read, nobody queues again
        step = {
            "kind": kind,
            "started_at": at,
            "ended_at": at + timedelta(minutes=minutes),
            "result": StepResult.PASSED,
        }
        if kind == StepKind.QUEUE:
            step["waiting_minutes"] = minutes
        steps.append(step)
        at = step["ended_at"]
    if walk.points and rng.random() < 0.4:
        rng.choice(steps)["result"] = rng.choice((StepResult.SUPPLEMENT, StepResult.RETURNED))
    return steps, at


def _facts(city: City, walk: Walk, started: datetime, samples: list[Sample]) -> dict:
    rng = city.rng
    simulated = walk.mode == SessionMode.SELF and rng.random() < 0.35
    facts = numbers(city, walk.matter, samples) | _verdicts(walk.points)
    facts |= {
        "place": "网上办理" if walk.is_online else city.hall(walk.walked_unit),
        "is_simulated": simulated,
        "was_announced": rng.random() < 0.02,
    }
    number = f"{started:%Y%m%d}{rng.randint(100, 99999):05d}"
    if not simulated and walk.mode != SessionMode.BACKWARD:
        facts["case_number"] = f"{walk.walked_unit.code[:6]}{number}"
    if walk.mode == SessionMode.AGENT:
        facts["authorization_number"] = f"WTS-{number}"
    elif walk.mode == SessionMode.ACCOMPANY:
        facts["accompanied"] = city.citizen() if rng.random() < 0.7 else "企业经办人" + city.citizen()
    elif walk.mode == SessionMode.WINDOW:
        facts["window"] = f"{rng.randint(1, 36)}号窗口"
    elif walk.mode == SessionMode.BACKWARD:
        blocked = (
            samples[0].step
            if samples and samples[0].step
            else rng.choice((StepKind.APPROVE, StepKind.ACCEPT))
        )
        complaint = walk.complaint.complaint
        facts |= {"work_order": complaint.number, "complaint": complaint, "blocking_step": blocked}
    return facts


def _verdicts(points: list[str]) -> dict[str, str]:
    """问明白·跑明白·办明白: what failed decides which of the three is only partly so."""
    verdicts = {
        name: Verdict.PARTLY if any(point.startswith(codes) for point in points) else Verdict.YES
        for name, codes in _UNCLEAR.items()
    }
    rest = [point for point in points if not point.startswith(sum(_UNCLEAR.values(), ()))]
    return verdicts | {"done_clear": Verdict.NO if len(rest) > 1 else Verdict.PARTLY if rest else Verdict.YES}


def _points(city: City, samples: list[Sample]) -> list[tuple[str, str, str]]:
    """What failed, what was looked at and conforms, and a few that don't apply."""
    rng, failed = city.rng, {sample.code for sample in samples}
    others = [code for code in problem_samples() if code not in failed]
    looked = rng.sample(others, rng.randint(5, 12))
    points = [(code, CheckVerdict.FAILS, "详见问题清单") for code in sorted(failed)]
    for place, code in enumerate(sorted(looked)):
        verdict = CheckVerdict.NOT_APPLICABLE if place % 6 == 5 else CheckVerdict.CONFORMS
        points.append((code, verdict, ""))
    return points


def _companions(city: City, walk: Walk) -> list[tuple[str, str]]:
    """One in three is accompanied by somebody of the unit who keeps the record."""
    staff = [person for person in city.people[walk.unit.code] if not person.is_obligated]
    if city.rng.random() > 0.33 or not staff:
        return []
    return [(staff[0].name, staff[0].title)]


def _cases(city: City, walk: Walk, started: datetime) -> list[dict]:
    """The cases handled at the window."""
    rng, first = city.rng, city.rng.randint(100, 900)
    return [
        {
            "case_number": f"{walk.walked_unit.code[:6]}{started:%Y%m%d}{first + place:05d}",
            "matter": walk.matter,
            "minutes": rng.randint(6, 25),
            "result": rng.choice(("办结", "办结", "受理", "补正告知")),
        }
        for place in range(rng.randint(3, 8))
    ]
