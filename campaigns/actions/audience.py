"""Who is told at each rung, for many deadlines at once: the day's postings are read in one query.

The set-based twin of campaigns.actions.recipients, which answers for one unit. Reads only.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from campaigns.enums import OrganizationKind, Reach, Role
from campaigns.ground.deadlines import Deadline
from campaigns.ground.lights import Rung
from campaigns.models import Organization, Posting
from campaigns.models.organizations import ways_up

PERSON = "责任人"
_ROLE_OF = {role.label: role.value for role in Role}
_UNIT_ROLES = (Role.REPORTER, Role.DEPUTY, Role.HEAD)
_OFFICES = (Role.REFORM_OFFICE, Role.INSPECTOR)


def _up(path: str) -> list[str]:
    """`/a/b/c/` → `/a/b/c/`, `/a/b/`, `/a/`: from a unit to the root."""
    return [*ways_up(path)][::-1]


class Audience:
    """The active postings of one day, indexed by unit and by place in the tree."""

    def __init__(self, on: date):
        self._unit: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._office: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
        # Whoever is away has a colleague who hears what they hear (campaigns.actions.stand_ins).
        self._stand_ins: dict[int, list[int]] = defaultdict(list)
        rows = (
            Posting.objects.active(on)
            .filter(role__in=(*_UNIT_ROLES, *_OFFICES), person__user__is_active=True)
            .order_by("pk")
            .values_list(
                "role",
                "organization__path",
                "person__user_id",
                "person__organization_id",
                "reach",
                "acting_for__person__user_id",
            )
        )
        for role, path, user_id, home_id, reach, absent in rows:
            if absent is not None:
                self._stand_ins[absent].append(user_id)
            if role in _OFFICES:
                self._office[role, path].append((user_id, home_id, reach))
            else:
                self._unit[role, path].append(user_id)

    def in_unit(self, role: str, organization: Organization) -> list[int]:
        """Users with `role` in the unit; a 科股室 without one is answered for by the unit above it."""
        found = self._unit.get((role, organization.path), [])
        if not found and organization.kind == OrganizationKind.SECTION:
            for path in _up(organization.path)[1:2]:
                found = self._unit.get((role, path), [])
        return found

    def nearest(self, role: str, organization: Organization, *, own_too: bool = False) -> list[int]:
        """Users of the nearest 审改办 or 督查室 whose reach covers the unit (同级审改办).

        People of the unit itself are passed over, unless `own_too`: nobody presses his own unit (contract §7.3).
        """
        for path in _up(organization.path):
            found = [
                user_id
                for user_id, home_id, reach in self._office.get((role, path), [])
                if (own_too or home_id != organization.pk)
                and (reach == Reach.SUBTREE or path == organization.path)
            ]
            if found:
                return found
        return []

    def holders(self, role: str, organization: Organization) -> list[int]:
        """Users with `role` for this unit: of the unit, or of the nearest office above it.

        An office's own matter falls to its own people only when there is nobody else.
        """
        if role not in _OFFICES:
            return self.in_unit(role, organization)
        return self.nearest(role, organization) or self.nearest(role, organization, own_too=True)

    def of_rung(self, deadline: Deadline, rung: Rung) -> list[int]:
        """Users to tell when `rung` of `deadline` is lit, each once, first the one who has to act.

        A rung with a signer only puts a draft before the signer; the unit hears of it when it is signed. A clock
        an office has to act on is that office's matter alone: the unit can't help it and its heads aren't pressed.
        """
        if rung.signer:
            return self.signers(deadline, rung)
        first = self._first(deadline)
        if deadline.holder in _OFFICES:
            return first
        return list(dict.fromkeys([*first, *self._others(deadline, rung)]))

    def signers(self, deadline: Deadline, rung: Rung) -> list[int]:
        """Who signs the 督办单: the nearest office of the rung's role; 督查室 where that office is itself late."""
        role = _ROLE_OF[rung.signer]
        found = [] if deadline.holder == role else self.nearest(role, deadline.organization)
        return found or self.nearest(Role.INSPECTOR, deadline.organization)

    def of_slip(self, deadline: Deadline, rung: Rung) -> list[int]:
        """Users a signed 督办单 about `deadline` goes to: everybody the rung names."""
        return list(dict.fromkeys([*self._first(deadline), *self._others(deadline, rung)]))

    def _first(self, deadline: Deadline) -> list[int]:
        own = self.holders(deadline.holder or Role.REPORTER, deadline.organization)
        person = deadline.person
        if person is not None and person.user is not None and person.user.is_active:
            return [person.user_id, *self._stand_ins[person.user_id], *own]
        return own

    def _others(self, deadline: Deadline, rung: Rung) -> Iterator[int]:
        for label in rung.roles:
            role = _ROLE_OF.get(label)
            if role and role != Role.REPORTER:
                yield from self.holders(role, deadline.organization)
