"""What a finding is worth, said by somebody who does not see whose it is; and 长效机制 with its paper (contract §5, §7.9)."""

from datetime import date, datetime

from django.db import transaction

from campaigns.ground import audit
from campaigns.ground.clock import day_of
from campaigns.ground.files import FileKind, store_bytes
from campaigns.ground.refusal import Changed, NotAllowed
from campaigns.ground.uploads import Vetted
from campaigns.models import Posting
from issues.enums import Quality
from issues.models import Measure, Problem
from issues.office_permissions import check_can_judge
from issues.permissions import check_can_write_measure


@transaction.atomic
def judge_problem(*, problem: Problem, by: Posting, now: datetime, quality: str) -> Problem:
    """质量评价 有效/一般/无效, once; the first of two reviewers counts."""
    problem = (
        Problem.objects.select_for_update(of=("self",))
        .select_related("responsible_unit", "reporting_unit")
        .get(pk=problem.pk)
    )
    check_can_judge(by, problem)
    if quality not in Quality.values:
        raise NotAllowed("请选择有效、一般或无效。")
    if problem.quality:
        raise Changed(f"这个问题已经评为“{problem.get_quality_display()}”，不用再评。")
    problem.quality, problem.quality_at, problem.quality_by = quality, now, by.person.user
    problem.save(update_fields=["quality", "quality_at", "quality_by"])
    audit.record(by=by, verb="质量评价", subject=problem, detail={"评价": Quality(quality).label}, now=now)
    return problem


@transaction.atomic
def record_institution(
    *, measure: Measure, by: Posting, now: datetime, name: str, number: str, issued_on: date, file: Vetted
) -> Measure:
    """长效机制 with 制度名称, 文号, 印发日期 and the file: by the lead unit's 填报员, also long after the plan was signed."""
    measure = Measure.objects.select_for_update(of=("self",)).select_related("lead_unit").get(pk=measure.pk)
    check_can_write_measure(by, measure.lead_unit)
    if not name.strip() or not number.strip():
        raise NotAllowed("长效机制要写明制度名称和文号。")
    if issued_on > day_of(now):
        raise NotAllowed("印发日期不能晚于今天。")
    measure.institution, measure.institution_number = name.strip(), number.strip()
    measure.institution_issued_on = issued_on
    measure.institution_file = store_bytes(
        content=file.content,
        name=file.name,
        kind=FileKind.EVIDENCE,
        content_type=file.content_type,
        by=by.person.user,
        now=now,
    )
    measure.save(
        update_fields=["institution", "institution_number", "institution_issued_on", "institution_file"]
    )
    audit.record(by=by, verb="登记长效机制", subject=measure, detail={"文号": number}, now=now)
    return measure
