"""From a moment to its day. The clock itself is read only at the edges."""

from datetime import date, datetime

from django.utils import timezone


def day_of(moment: datetime) -> date:
    """The local calendar day (Asia/Shanghai) of an aware `moment`."""
    return timezone.localtime(moment).date()
