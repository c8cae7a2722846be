"""open_tasks: contract §2, built by a later issue."""

from reports.management.notbuilt import NotBuilt


class Command(NotBuilt):
    does = "由集中投诉开出倒推办任务"
