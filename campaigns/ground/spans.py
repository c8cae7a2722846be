"""Whole minutes between two moments, reckoned by the database, alike on both."""

from typing import Any

from django.db.models import Func, IntegerField


class Minutes(Func):
    """Minutes(start, end): whole minutes from start to end, the rest cut off."""

    output_field = IntegerField()
    arity = 2

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list]:
        """PostgreSQL: seconds as a double, which is exact for them and quicker than EXTRACT's numeric."""
        template = "FLOOR(DATE_PART('epoch', (%(expressions)s)) / 60)::int"
        return self._told(compiler, template, lambda start, end: f"{end} - {start}")

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list]:
        """SQLite: Julian days are rounded to the millisecond before the minutes are cut."""
        template = "CAST(ROUND((%(expressions)s) * 86400000.0) AS INTEGER) / 60000"
        return self._told(compiler, template, lambda start, end: f"julianday({end}) - julianday({start})")

    def _told(self, compiler: Any, template: str, between: Any) -> tuple[str, list]:
        (start, start_with), (end, end_with) = (compiler.compile(part) for part in self.source_expressions)
        return template % {"expressions": between(start, end)}, [*end_with, *start_with]
