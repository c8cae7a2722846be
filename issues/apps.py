"""The app's name tag."""

from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = "清单与台账"
