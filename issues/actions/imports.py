"""All kinds of workbook the product takes in: those of the lower app and the three lists of this one."""

from campaigns.actions.imports import IMPORTERS as LOWER
from campaigns.actions.imports import Importer
from issues.actions.imports_lists import WRITERS
from issues.resources import RESOURCES

IMPORTERS: dict[str, Importer] = {
    **LOWER,
    **{resource.kind: Importer(resource, WRITERS[resource.kind]) for resource in RESOURCES},
}
