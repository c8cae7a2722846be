"""Whom to tell: users by role and unit, and the nearest office up the tree."""

from datetime import date

from campaigns.enums import Reach
from campaigns.models import Organization, Posting, User
from campaigns.models.organizations import ways_up


def holders(*, roles: tuple[str, ...], organization: Organization, on: date) -> list[User]:
    """Active users who hold one of `roles` in `organization` itself on the day `on`."""
    postings = Posting.objects.active(on).filter(organization=organization, role__in=roles)
    return list(User.objects.filter(is_active=True, pk__in=postings.values("person__user")).order_by("pk"))


def nearest(*, role: str, organization: Organization, on: date) -> list[User]:
    """Users of the nearest posting with `role` at or above `organization` (同级审改办 / 督查室)."""
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
