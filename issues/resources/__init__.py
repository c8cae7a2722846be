"""The workbooks of this app, one Resource each: the three lists as they are sent in (contract §6)."""

from issues.resources.findings import DemandResource, ProblemResource
from issues.resources.measures import MeasureResource

RESOURCES = (ProblemResource, DemandResource, MeasureResource)

__all__ = ["RESOURCES", "DemandResource", "MeasureResource", "ProblemResource"]
