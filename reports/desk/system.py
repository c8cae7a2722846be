"""The desks of the three administrators: what the machine needs, which roles wait, what was done."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.http import urlencode

from campaigns.enums import Role
from campaigns.ground.jobs import JobState
from campaigns.ground.notices import DeliveryState
from campaigns.ground.table import Table
from campaigns.models import AuditEvent, ChaseRun, Delivery, Feedback, ImportRun, Job, Posting
from campaigns.models.imports import ImportState
from campaigns.roster import AUDIT, JOBS, POSTINGS
from reports.desk.desk import Card

SHOWN = 8
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Room:
    """`blocks`: (heading, table, the list's address, what an empty one says)."""

    sentence: str
    hint: str
    cards: tuple[Card, ...]
    blocks: tuple[tuple[str, Table, str, str], ...]


def system_desk(posting: Posting, on: date) -> Room | None:
    """None for the roles of the campaign. A fixed number of queries."""
    build = {Role.ADMIN: _admin, Role.SECURITY: _security, Role.AUDITOR: _auditor}.get(posting.role)
    return build(on) if build else None


def _to(name: str, **query: str) -> str:
    return f"{reverse(name)}?{urlencode(query)}" if query else reverse(name)


def _admin(on: date) -> Room:
    failed = Job.objects.filter(state=JobState.FAILED).count()
    unsent = Delivery.objects.filter(state=DeliveryState.FAILED).count()
    previewed = ImportRun.objects.filter(state=ImportState.PREVIEWED).count()
    asked = Feedback.objects.filter(answered_at__isnull=True).count()
    jobs = Job.objects.select_related("asked_by").order_by("-created_at", "-pk")
    return Room(
        "有失败的任务或消息，请处理。" if failed or unsent else "没有失败的任务和消息。",
        _last_chase(),
        (
            Card("失败的任务", failed, _to("job_list", state="失败"), bool(failed)),
            Card("发送失败的消息", unsent, _to("delivery_list", state="发送失败"), bool(unsent)),
            Card("导入待确认", previewed, _to("imports:log", state=ImportState.PREVIEWED.label)),
            Card("意见待答复", asked, _to("feedback", state="待答复")),
        ),
        (("后台任务", Table(JOBS, jobs[:SHOWN]), _to("job_list"), "还没有后台任务"),),
    )


def _last_chase() -> str:
    """Whether the daily work runs is seen by its last day."""
    run = ChaseRun.objects.order_by("-on").first()
    if run is None:
        return "催办还没有运行过，请确认后台进程已启动。"
    failed = f"，失败{run.failed}项" if run.failed else ""
    return f"最近一次催办：{run.on:%Y-%m-%d}，检查{run.looked_at}项，催办{run.chased}项{failed}。"


def _security(on: date) -> Room:
    waiting = Posting.objects.waiting(on).select_related("person__organization", "organization")
    number = waiting.count()
    table = Table(
        POSTINGS, waiting.order_by("-requested_at", "pk")[:SHOWN], url=lambda row: _to("grant_list")
    )
    return Room(
        f"有{number}个角色等待授权。" if number else "没有等待授权的角色。",
        "" if number else "导入人员或管理员申请角色后，会列在这里等您授权。",
        (Card("待授权的角色", number, _to("grant_list", state="待授权")),),
        (("等待授权", table, _to("grant_list"), "没有等待授权的角色"),),
    )


def _auditor(on: date) -> Room:
    events, since = AuditEvent.objects.order_by("-pk"), on - WEEK
    lately = events.filter(at__date__gte=since)

    def card(label: str, word: str) -> Card:
        url = _to("audit_list", q=word, date_from=since.isoformat())
        return Card(label, lately.filter(verb__contains=word).count(), url)

    today = events.filter(at__date__gte=on).count()
    return Room(
        f"今天有{today}条操作记录。" if today else "今天还没有操作记录。",
        "记录只增不改；“校验完整性”逐条核对有没有被改动。",
        (
            Card("今天的操作", today, _to("audit_list", date_from=on.isoformat())),
            card("近7天导出清单", "导出清单"),
            card("近7天授权角色", "授权角色"),
            card("近7天重置密码", "重置密码"),
        ),
        (("最近的操作", Table(AUDIT, events[:SHOWN]), _to("audit_list"), "还没有操作记录"),),
    )
