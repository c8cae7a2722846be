"""Whom to tell: users by role and unit, and the nearest office up the tree."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from campaigns.enums import Reach
from campaigns.models import Organization, Posting, User
from campaigns.models.organizations import ways_up

_answers: ContextVar[dict[tuple, list[User]] | None] = ContextVar("answers", default=None)


@contextmanager
def while_nobody_changes() -> Iterator[None]:
    """Inside, each question is asked once: for a play of many days in which no role begins or ends (load_example)."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def _asked_once(question: tuple, ask: Callable[[], list[User]]) -> list[User]:
    answers = _answers.get()
    if answers is None:
        return ask()
    if question not in answers:
        answers[question] = ask()
    return list(answers[question])


def holders(*, roles: tuple[str, ...], organization: Organization, on: date) -> list[User]:
    """Active users who hold one of `roles` in `organization` itself on the day `on`."""
    return _asked_once((roles, organization.pk), lambda: _holders(roles, organization, on))


def nearest(*, role: str, organization: Organization, on: date) -> list[User]:
    """Users of the nearest posting with `role` at or above `organization` (同级审改办 / 督查室)."""
    return _asked_once((role, organization.pk), lambda: _nearest(role, organization, on))


def _holders(roles: tuple[str, ...], organization: Organization, on: date) -> list[User]:
    postings = Posting.objects.active(on).filter(organization=organization, role__in=roles)
    return list(User.objects.filter(is_active=True, pk__in=postings.values("person__user")).order_by("pk"))


def _nearest(role: str, organization: Organization, on: date) -> list[User]:
    postings = (
        Posting.objects.active(on)
        .filter(role=role, person__user__is_active=True, organization__path__in=[*ways_up(organization.path)])
        .exclude(person__organization=organization)
        .select_related("person__user", "organization")
        .order_by("pk")
    )
    covering = [p for p in postings if _reaches(p, organization)]
    if not covering:
        return []
    longest = max(len(p.organization.path) for p in covering)
    close = [p for p in covering if len(p.organization.path) == longest]
    return list({p.person.user_id: p.person.user for p in close}.values())


def _reaches(posting: Posting, organization: Organization) -> bool:
    if posting.reach == Reach.SUBTREE:
        return organization.path.startswith(posting.organization.path)
    return posting.organization_id == organization.pk
