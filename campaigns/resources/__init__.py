"""The workbooks of the lower app, one Resource each: the single declaration of columns, keys and row rules."""

from campaigns.resources.complaints import CaseResource, ComplaintResource
from campaigns.resources.matters import MatterResource, MatterUnitResource, WorkdayResource
from campaigns.resources.organizations import OrganizationResource
from campaigns.resources.people import PersonResource, PostingResource
from campaigns.resources.sessions import SessionResource

RESOURCES = (
    OrganizationResource,
    PersonResource,
    PostingResource,
    MatterResource,
    MatterUnitResource,
    WorkdayResource,
    ComplaintResource,
    CaseResource,
    SessionResource,
)

__all__ = [
    "RESOURCES",
    "CaseResource",
    "ComplaintResource",
    "MatterResource",
    "MatterUnitResource",
    "OrganizationResource",
    "PersonResource",
    "PostingResource",
    "SessionResource",
    "WorkdayResource",
]
