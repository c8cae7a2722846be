"""The shell's context: who you are, where you may go, how many notices wait. The roof knows every page."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from campaigns.enums import Role
from campaigns.models import Notice

R = Role
_READERS = (R.REPORTER, R.DEPUTY, R.HEAD, R.REFORM_OFFICE, R.INSPECTOR)
_WALKS = (*_READERS, R.WALKER)

# group label → (label, url name, roles that see it; None = everybody)
MENU: tuple[tuple[str, tuple[tuple[str, str, tuple[str, ...] | None], ...]], ...] = (
    ("", (("工作台", "home", None),)),
    (
        "走流程",
        (
            ("现场记录", "walk_log", (R.REPORTER, R.WALKER)),
            ("走流程登记", "walk_list", _WALKS),
            ("任务与覆盖", "plan", _WALKS),
            ("事项", "matter_list", (*_WALKS, R.ADMIN)),
            ("一件事", "theme_list", (*_WALKS, R.ADMIN)),
            ("投诉工单", "complaint_list", _READERS),
            ("办件数据", "case_list", _READERS),
        ),
    ),
    (
        "解难题",
        (
            ("问题清单", "problem_list", _WALKS),
            ("需求清单", "demand_list", _WALKS),
            ("解决措施清单", "measure_list", _READERS),
            ("整改台账", "ledger_list", _WALKS),
            ("待核验", "verification_list", _WALKS),
            ("待审签", "sign_batch", (R.HEAD,)),
            ("同类问题", "recurrence_list", _READERS),
            ("举一反三", "selfcheck_list", _READERS),
            ("台账缺口", "gap_overview", _READERS),
            ("会商", "meeting_list", _READERS),
            ("质量评价", "quality_queue", (R.REFORM_OFFICE,)),
            ("批量顺延", "shift_list", (R.REFORM_OFFICE,)),
            ("督办单", "slip_list", _READERS),
            ("抽查", "draw_list", (R.INSPECTOR, R.REFORM_OFFICE)),
            ("一键收表", "collection_list", (R.REFORM_OFFICE,)),
        ),
    ),
    (
        "督查",
        (
            ("疑点", "clue_list", (R.REPORTER, R.DEPUTY, R.HEAD, R.INSPECTOR)),
            ("疑点规则", "clue_rules", (R.INSPECTOR,)),
            ("疑点处理登记", "clue_outcomes", (R.INSPECTOR,)),
            ("回访", "followup_list", _READERS),
        ),
    ),
    (
        "优服务",
        (
            ("总览", "report_overview", _READERS),
            ("周报和调度", "brief_list", _READERS),
            ("通报", "bulletin_list", _READERS),
            ("典型经验", "experience_list", _READERS),
            ("上报", "submission_list", _READERS),
            ("考核", "score_list", _READERS),
            ("总结材料包", "package_list", _READERS),
            ("下载中心", "export_list", (*_WALKS, R.ADMIN, R.SECURITY)),
        ),
    ),
    (
        "管理",
        (
            ("行动", "campaign_list", (*_READERS, R.ADMIN)),
            ("单位", "organization_list", (*_READERS, R.ADMIN, R.SECURITY)),
            ("人员", "person_list", (*_READERS, R.ADMIN, R.SECURITY)),
            ("请假和代签", "stand_in_list", _READERS),
            ("角色授权", "grant_list", (R.SECURITY,)),
            ("导入向导", "imports:index", (R.ADMIN,)),
            ("导入记录", "imports:log", (R.ADMIN,)),
            ("工作日历", "workday_list", (R.ADMIN,)),
            ("后台任务", "job_list", (R.ADMIN,)),
            ("消息发送", "delivery_list", (R.ADMIN,)),
            ("群机器人", "robot_list", (R.ADMIN,)),
            ("操作日志", "audit_list", (R.AUDITOR,)),
        ),
    ),
    ("", (("消息", "notice_list", None), ("意见建议", "feedback", None))),
)


def shell(request: HttpRequest) -> dict:
    """posting, postings, menu (groups of items with an `active` mark), unread, site_name."""
    posting = getattr(request, "posting", None)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"posting": None, "postings": [], "menu": [], "unread": 0, "site_name": settings.SITE_NAME}
    return {
        "posting": posting,
        "postings": request.postings,
        "menu": _menu(posting.role if posting else None, request.path),
        "unread": Notice.objects.of(user).unread(timezone.localdate()).count(),
        "site_name": settings.SITE_NAME,
    }


def _menu(role: str | None, path: str) -> list[dict]:
    groups = []
    for label, entries in MENU:
        items = []
        for text, name, allowed in entries:
            if allowed is not None and role not in allowed:
                continue
            try:
                url = reverse(name)
            except NoReverseMatch:
                continue
            items.append({"label": text, "url": url, "active": False})
        if items:
            groups.append({"label": label, "items": items})
    # The page itself or the list above it, never both: /reports/ is not where /reports/packages/ stands.
    here = [item for group in groups for item in group["items"] if path.startswith(item["url"])]
    for item in sorted(here, key=lambda item: len(item["url"]))[-1:]:
        item["active"] = item["url"] != "/" or path == "/"
    return groups
