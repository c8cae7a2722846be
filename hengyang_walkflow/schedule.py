"""The whole beat schedule on one page (times are Asia/Shanghai). Tasks are named, not imported.

Every line may tick twice or late without harm: the day's work is a job keyed by its date, the rest looks for
what is waiting. `expires` keeps ticks from piling up while no worker runs.
"""

from celery.schedules import crontab

# Work done once a day, and the earliest time of day for it.
DAY_WORK = {
    "check_truths": "02:00",  # reports what the database itself can't keep (house.md §9)
    "purge_phones": "02:30",  # 陪同对象的电话到期清除 (domain.md §4.6)
    "purge_exports": "02:45",  # 导出文件保留一周
    "list_recurrences": "03:00",  # 同类问题 among what was imported (五(二) 杜绝同类问题反复发生)
    "briefs": "07:50",  # 周报、月报 of the week or month that has ended, for those who lead
    "plan": "08:05",  # 应走名单, 阶段节点: what imports and walks have left to do (二、三)
    "submissions": "08:07",  # 总结材料上报: units that joined after the start (五(四)末段)
    "open_tasks": "08:10",  # 差评投诉集中要立即体验 (三、体验时间); before the chase, which chases these too
    "snapshot": "23:30",  # 指标快照, so that 总览 can say what changed
    "raise_clues": "06:30",  # 疑点: 虚假走流程、组团走 (衡政办函〔2022〕16号 五(三))
    "follow_up": "08:20",  # 投诉来源的销号全部回访；到期不说明的恢复整改 (五(三))
    "chase": "08:30",  # 催办: deadlines, ladder, short lane (衡政办函〔2022〕16号 五(二))
}


def _minutes(count: int, task: str, *args) -> dict:
    return {
        "task": task,
        "schedule": crontab(minute=f"*/{count}"),
        "args": args,
        "options": {"expires": count * 60},
    }


def _daily(kind: str, at: str) -> dict:
    hour, minute = at.split(":")
    return {
        "task": "campaigns.start_day_work",
        "schedule": crontab(hour=hour, minute=minute),
        "args": (kind, at),
        "options": {"expires": 3600},
    }


SCHEDULE = {
    **{kind: _daily(kind, at) for kind, at in DAY_WORK.items()},
    # A laptop that slept at 08:30: what the day still owes is made up for within ten minutes.
    **{
        f"{kind}, made up for": _minutes(10, "campaigns.start_day_work", kind, at)
        for kind, at in DAY_WORK.items()
    },
    "send lost jobs again": _minutes(1, "campaigns.reap_jobs"),
    "deliver notices": _minutes(2, "campaigns.deliver_notices"),
    "seal the audit log": _minutes(5, "campaigns.seal_audit"),
}
