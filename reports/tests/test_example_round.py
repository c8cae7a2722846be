"""任务与覆盖 of the example, reckoned from plain rows; the walk that was put right; the two files that were imported."""

from collections import defaultdict

import pytest

from campaigns.enums import OrganizationKind, SessionMode, SessionState, StepKind
from campaigns.models import (
    Campaign,
    CampaignMatter,
    Case,
    ImportRun,
    MatterUnit,
    Milestone,
    MilestoneChange,
    MilestoneDuty,
    Obligation,
    Organization,
    Person,
    SessionStep,
    WalkSession,
    WalkTask,
)
from campaigns.models.imports import ImportState
from reports.example.timeline import ANCHOR

BEFORE = {StepKind.CONSULT, StepKind.PREPARE, StepKind.FILL, StepKind.SIGN_IN, StepKind.ANSWER}
HANDED_IN = {StepKind.ACCEPT, StepKind.SUBMIT}


@pytest.fixture
def walks(example) -> list[WalkSession]:
    """Everything registered, without drafts and without versions that were replaced."""
    rows = WalkSession.objects.select_related("reporting_unit", "walked_unit")
    replaced = set(WalkSession.objects.exclude(corrects=None).values_list("corrects", flat=True))
    return [row for row in rows if row.state != SessionState.DRAFT and row.pk not in replaced]


def county_of(unit: Organization) -> str:
    """The county a unit stands in: units of the city itself begin with 430400."""
    return "" if unit.code.startswith("430400") else unit.code[:6]


def test_a_cross_task_is_done_when_its_unit_has_walked_there(walks):
    been = defaultdict(list)
    for walk in walks:
        been[walk.reporting_unit_id, county_of(walk.walked_unit)].append(walk.held_on)
    tasks = list(WalkTask.objects.filter(origin="CROSS").select_related("walked_unit"))
    for task in tasks:
        since = task.assigned_at.date()
        days = [day for day in been[task.organization_id, task.walked_unit.code] if day >= since]
        assert task.done_on == min(days, default=None), task
    done = sum(task.done_on is not None for task in tasks)
    assert len(tasks) == 45
    assert 20 <= done <= 35


def test_the_cross_node_runs_where_nobody_has_been_in_a_county(walks):
    been = {walk.reporting_unit_id for walk in walks if county_of(walk.walked_unit)}
    duties = MilestoneDuty.objects.filter(milestone__key="cross_walk").select_related("deadline")
    assert {duty.organization_id for duty in duties if not duty.deadline.is_open} == {
        duty.organization_id for duty in duties if duty.organization_id in been
    }
    node = Milestone.objects.get(key="cross_walk")
    assert MilestoneChange.objects.get().new_due_on == node.due_on
    assert all(duty.deadline.due_on == node.due_on for duty in duties if duty.deadline.is_open)


def test_the_node_of_key_matters_is_done_where_each_was_walked_through(walks):
    kinds, results = defaultdict(set), defaultdict(set)
    for step in SessionStep.objects.filter(session__in=walks):
        kinds[step.session_id].add(step.kind)
        if step.kind == StepKind.DELIVER:
            results[step.session_id].add(step.result)
    whole = defaultdict(list)
    for walk in walks:
        way, got = kinds[walk.pk], results[walk.pk] - {"FAILED"}
        if walk.mode != SessionMode.BACKWARD and way & BEFORE and way & HANDED_IN and got:
            whole[walk.matter_id].append(walk.walked_unit.path)
    units = {unit.pk: unit for unit in Organization.objects.all()}
    running = defaultdict(set)
    for chosen in CampaignMatter.objects.select_related("matter"):
        running[chosen.matter_id].add(units[chosen.matter.owner_id].path)
        own = MatterUnit.objects.filter(matter=chosen.matter_id).values_list("organization", flat=True)
        peers = [
            u.pk for u in units.values() if u.is_participant and u.counterpart_id == chosen.matter.owner_id
        ]
        running[chosen.matter_id].update(units[pk].path for pk in (*own, *peers))
    duties = MilestoneDuty.objects.filter(milestone__key="key_matters").select_related(
        "deadline", "organization"
    )
    for duty in duties:
        path = duty.organization.path
        asked = [matter for matter, paths in running.items() if any(own.startswith(path) for own in paths)]
        walked = [matter for matter in asked if any(place.startswith(path) for place in whole[matter])]
        assert asked
        assert duty.deadline.is_open == (len(walked) < len(asked)), duty.organization
    assert {duty.deadline.is_open for duty in duties} == {True, False}


def test_the_roster_counts_who_walked(walks):
    standing = [
        row.person_id
        for row in Obligation.objects.filter(exempted_at=None)
        if row.starts_on <= ANCHOR and (row.ends_on is None or row.ends_on >= ANCHOR)
    ]
    through = WalkSession.walkers.through.objects.filter(walksession__in=walks)
    walked = set(through.values_list("person", flat=True))
    campaign = Campaign.objects.get()
    rows = Obligation.objects.in_campaign(campaign).standing(ANCHOR)
    assert rows.count() == len(standing)
    held = WalkSession.objects.in_campaign(campaign).held()
    assert rows.walked_in(held).count() == sum(person in walked for person in standing)
    assert Organization.objects.filter(kind=OrganizationKind.COUNTY).count() == 12


def test_one_walk_was_put_right_and_confirmed_again(example):
    session = WalkSession.objects.get(corrects__isnull=False)
    assert (session.state, session.reporting_unit.code) == (SessionState.CONFIRMED, "430400-031")
    assert session.actual_trips == session.corrects.actual_trips + 1
    assert session.corrects.number == f"{session.number}-V1"
    assert session.confirmed_at > session.amended_at > session.corrects.confirmed_at
    assert session.steps.count() == session.corrects.steps.count() > 0


def test_one_file_went_in_and_one_came_back(example):
    refused, done = ImportRun.objects.order_by("-made_at")
    assert (done.kind, done.state, done.counts["created"]) == ("cases", ImportState.DONE, 10)
    assert Case.objects.filter(number__in=done.lines.values("key")).count() == 10
    assert (refused.kind, refused.state) == ("people", ImportState.REFUSED)
    assert [error["cell"] for error in refused.errors] == ["C3", "E4", "G4", "D5"]
    assert refused.rejects is not None
    assert not Person.objects.filter(code__startswith="430400-014-9").exists()
