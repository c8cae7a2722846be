"""Running numbers: one row a series, raised under a lock. Gaps are allowed, doubles are not."""

from django.db import models, transaction
from django.db.models import F


class Counter(models.Model):
    """The last number given in a series, e.g. `WT-2022-430400-031`."""

    series = models.CharField("序列", max_length=80, unique=True)
    last = models.PositiveIntegerField("已用到", default=0)

    class Meta:
        app_label = "campaigns"
        verbose_name = verbose_name_plural = "编号序列"

    def __str__(self) -> str:
        return f"{self.series}:{self.last}"


@transaction.atomic
def take_numbers(series: str, count: int = 1) -> list[int]:
    """The next `count` numbers of `series`, ascending. Safe under concurrency: the row is updated before it is read."""
    while not Counter.objects.filter(series=series).update(last=F("last") + count):
        Counter.objects.get_or_create(series=series)
    last = Counter.objects.get(series=series).last
    return list(range(last - count + 1, last + 1))


def take_number(series: str) -> str:
    """The next full number of `series`: the series and four digits, e.g. `WT-2022-430400-031-0007`."""
    return f"{series}-{take_numbers(series)[0]:04d}"


def raise_to(series: str, number: int) -> None:
    """Numbers up to `number` came with an import: later ones start above it."""
    Counter.objects.get_or_create(series=series)
    Counter.objects.filter(series=series, last__lt=number).update(last=number)
