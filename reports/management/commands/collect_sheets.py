"""collect_sheets: contract §2, built by a later issue."""

from reports.management.notbuilt import NotBuilt


class Command(NotBuilt):
    does = "汇总各单位自报表格"
