"""score: contract §2, built by a later issue."""

from reports.management.notbuilt import NotBuilt


class Command(NotBuilt):
    does = "考核计分"
