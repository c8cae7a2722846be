"""The tree of units after a parent has changed: every path is written anew."""

from campaigns.models import Organization
from campaigns.resources.organizations import path_of


def rewrite_paths() -> int:
    """Give every unit the path its parents say; returns how many changed. One query and one write a changed unit."""
    parents = dict(Organization.objects.values_list("code", "parent__code"))
    moved = [unit for unit in Organization.objects.all() if unit.path != path_of(unit.code, parents)]
    # A path is unique: two units that swap places must not meet on the way.
    for unit in moved:
        Organization.objects.filter(pk=unit.pk).update(path=f"~{unit.pk}~")
    for unit in moved:
        Organization.objects.filter(pk=unit.pk).update(path=path_of(unit.code, parents))
    return len(moved)
