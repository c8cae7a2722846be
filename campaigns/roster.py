"""Columns of the administration's lists: units, people, roles, working days, jobs, deliveries, the audit log, feedback."""

from django.db.models import QuerySet

from campaigns.ground.table import Column

ORGANIZATIONS = (
    Column("单位编码", lambda o: o.code, width=16),
    Column("单位名称", lambda o: o.name, link=True, width=30),
    Column("单位类型", lambda o: o.get_kind_display()),
    Column("上级单位", lambda o: o.parent.label if o.parent_id else None, width=20),
    Column("是否参加", lambda o: o.is_participant),
)

PEOPLE = (
    Column("人员编号", lambda p: p.code, width=16),
    Column("姓名", lambda p: p.name, link=True),
    Column("单位", lambda p: p.organization.label, width=20),
    Column("职务", lambda p: p.title, width=20),
    Column("身份", lambda p: p.get_rank_display()),
    Column("手机号码", lambda p: p.masked_phone),
    Column("是否应走", lambda p: p.is_obligated),
)


def organization_rows(units: QuerySet) -> QuerySet:
    """`units` with everything ORGANIZATIONS shows, in the order of the tree. One query."""
    return units.select_related("parent").order_by("path")


def person_rows(people: QuerySet) -> QuerySet:
    """`people` with everything PEOPLE shows, unit by unit. One query."""
    return people.select_related("organization").order_by("organization__path", "code")


POSTINGS = (
    Column("姓名", lambda g: g.person.name, link=True),
    Column("人员单位", lambda g: g.person.organization.label, width=20),
    Column("任岗单位", lambda g: g.organization.label, width=20),
    Column("系统角色", lambda g: g.get_role_display()),
    Column("范围", lambda g: g.get_reach_display()),
    Column("申请时间", lambda g: g.requested_at, kind="datetime"),
    Column("状态", lambda g: "已授权" if g.is_granted else "待授权", kind="state"),
)

WORKDAYS = (
    Column("日期", lambda w: w.date, kind="date"),
    Column("类型", lambda w: w.get_kind_display()),
    Column("名称", lambda w: w.name),
)

JOBS = (
    Column("任务", lambda j: JOB_NAMES.get(j.kind, j.kind)),
    Column("状态", lambda j: j.get_state_display(), kind="state"),
    Column("进度", lambda j: f"{j.done}/{j.total}" if j.total else None),
    Column("提交人", lambda j: j.asked_by.username if j.asked_by_id else "定时"),
    Column("提交时间", lambda j: j.created_at, kind="datetime"),
    Column("结束时间", lambda j: j.finished_at, kind="datetime"),
    Column("说明", lambda j: j.error or j.message, kind="long"),
)

JOB_NAMES = {
    "chase": "催办",
    "package": "总结材料包",
    "export": "导出",
    "collect": "收表核对",
    "collect_commit": "收表入账",
    "archive": "移交归档",
    "purge_exports": "导出文件到期清除",
    "check_truths": "数据核对",
    "purge_phones": "电话到期清除",
    "open_tasks": "投诉聚集检查",
    "snapshot": "指标快照",
    "submissions": "上报材料建档",
}

AUDIT = (
    Column("时间", lambda e: e.at, kind="datetime"),
    Column("账号", lambda e: e.actor),
    Column("姓名", lambda e: e.actor_name),
    Column("身份", lambda e: e.posting, width=24),
    Column("动作", lambda e: e.verb),
    Column("对象", lambda e: e.subject_key, width=24),
    Column("说明", lambda e: detail_text(e.detail), kind="long"),
)

DELIVERIES = (
    Column("渠道", lambda d: d.robot.get_kind_display() if d.robot_id else d.get_channel_display()),
    Column("收件", lambda d: str(d.robot) if d.robot_id else d.notice.recipient.username, width=24),
    Column("消息", lambda d: d.notice.title if d.notice_id else f"{d.digest_on} 时限提醒", kind="long"),
    Column("状态", lambda d: d.get_state_display(), kind="state"),
    Column("次数", lambda d: d.attempts, kind="number"),
    Column("发送时间", lambda d: d.sent_at, kind="datetime"),
    Column("下次发送", lambda d: d.next_try_at if d.state == "PENDING" else None, kind="datetime"),
    Column("失败原因", lambda d: d.error, kind="long"),
)

ROBOTS = (
    Column("单位", lambda r: r.organization.label, width=20),
    Column("群名称", lambda r: r.name, link=True, width=24),
    Column("渠道", lambda r: r.get_kind_display()),
    Column("发往", lambda r: r.host, width=24),
    Column("启用", lambda r: r.is_active),
)


def detail_text(detail: dict) -> str:
    """Facts of an audit event on one line."""
    return ";".join(f"{key}:{value}" for key, value in detail.items())
