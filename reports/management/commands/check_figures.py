"""check_figures: contract §2, built by a later issue."""

from reports.management.notbuilt import NotBuilt


class Command(NotBuilt):
    does = "核对指标口径"
