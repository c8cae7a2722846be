"""Lists that hang on a walk, read for many walks at once, and whether its walkers belong to the unit that reports."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from campaigns.models import Companion, Evidence, Organization, Person, PhotoMark, Posting, WalkSession


def gathered(pks: list[int]) -> dict[str, dict[int, list[Any]]]:
    """Field name → walk → its list: person codes, (name, title) of companions, photo fingerprints. Four queries."""
    walkers, companions, marks = defaultdict(list), defaultdict(list), defaultdict(set)
    people = WalkSession.walkers.through.objects.filter(walksession__in=pks).order_by("person__code")
    for walk, code in people.values_list("walksession_id", "person__code"):
        walkers[walk].append(code)
    others = Companion.objects.filter(session__in=pks).order_by("pk")
    for walk, name, title in others.values_list("session_id", "name", "title"):
        companions[walk].append((name, title))
    for walk, mark in evidence_marks(pks):
        marks[walk].add(mark)
    stored = PhotoMark.objects.filter(session__in=pks).values_list("session_id", "kind", "value")
    for walk, kind, value in stored.order_by():
        marks[walk].add(f"{kind}={value}")
    return {
        "walkers": walkers,
        "companions": companions,
        "photo_marks": {walk: sorted(found) for walk, found in marks.items()},
    }


def evidence_marks(pks: Iterable[int]) -> list[tuple[int, str]]:
    """(walk, fingerprint) of the pictures the system itself keeps. One query."""
    files = Evidence.objects.filter(session__in=list(pks), file__content_type__startswith="image/")
    found = []
    for walk, digest, phash in files.values_list("session_id", "file__sha256", "phash").order_by("pk"):
        found.append((walk, f"{PhotoMark.SHA256}={digest}"))
        if phash:
            found.append((walk, f"{PhotoMark.PHASH}={phash}"))
    return found


class Belonging:
    """Whose people somebody is: by home unit or by a posting. Three queries for any number of walks."""

    def __init__(self, people: set[str]) -> None:
        self._paths = dict(Organization.objects.values_list("code", "path").order_by())
        self._labels = {unit.code: unit.label for unit in Organization.objects.all()}
        self._names: dict[str, str] = {}
        self._homes: dict[str, list[str]] = defaultdict(list)
        found = Person.objects.filter(code__in=people) if len(people) <= 500 else Person.objects.all()
        for code, name, path in found.values_list("code", "name", "organization__path").order_by():
            self._names[code] = name
            self._homes[code].append(path)
        posted = (
            Posting.objects.filter(person__code__in=self._names) if len(people) <= 500 else Posting.objects
        )
        for code, path in posted.values_list("person__code", "organization__path").order_by():
            self._homes[code].append(path)

    def fault(self, walkers: list[str], unit: str) -> str:
        """The sentence when nobody of `walkers` is of `unit` or below it; "" when somebody is (others came along)."""
        below = self._paths[unit]
        if any(path.startswith(below) for code in walkers for path in self._homes[code]):
            return ""
        names = "、".join(f"{self._names[code]}（{code}）" for code in walkers)
        return f"{names}不是{self._labels[unit]}的人员，不能由该单位填报。"
