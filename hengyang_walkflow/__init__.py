"""The roof: settings, urls, Celery, the schedule. It knows everybody; nobody imports it."""

from hengyang_walkflow.celery import app as celery_app

__all__ = ["celery_app"]
