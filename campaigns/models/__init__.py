"""Tables of the lower app; the cellar's tables are gathered here so that Django finds them."""

from campaigns.ground.audit import AuditEvent, AuditSeal
from campaigns.ground.deadlines import Chase, ChaseRun, Deadline, LightChange
from campaigns.ground.files import StoredFile
from campaigns.ground.jobs import Job
from campaigns.ground.notices import Delivery, Notice, NoticeLine
from campaigns.ground.numbering import Counter
from campaigns.ground.workdays import Workday
from campaigns.models.campaigns import Campaign, CampaignPolicy, Milestone, Participation
from campaigns.models.cases import Case
from campaigns.models.complaints import Complaint
from campaigns.models.feedback import Feedback
from campaigns.models.imports import ImportLine, ImportRun
from campaigns.models.matters import CampaignMatter, Category, Matter, MatterUnit
from campaigns.models.organizations import Organization
from campaigns.models.people import Person, Posting, User
from campaigns.models.photo_marks import PhotoMark
from campaigns.models.plan import MilestoneChange, MilestoneDuty, Obligation, WalkTask
from campaigns.models.robots import Robot
from campaigns.models.sessions import CheckPoint, Companion, Evidence, SessionCase, SessionStep, WalkSession
from campaigns.models.slips import Slip

__all__ = [
    "AuditEvent",
    "AuditSeal",
    "Campaign",
    "CampaignMatter",
    "CampaignPolicy",
    "Case",
    "Category",
    "Chase",
    "ChaseRun",
    "CheckPoint",
    "Companion",
    "Complaint",
    "Counter",
    "Deadline",
    "Delivery",
    "Evidence",
    "Feedback",
    "ImportLine",
    "ImportRun",
    "Job",
    "LightChange",
    "Matter",
    "MatterUnit",
    "Milestone",
    "MilestoneChange",
    "MilestoneDuty",
    "Notice",
    "NoticeLine",
    "Obligation",
    "Organization",
    "Participation",
    "Person",
    "PhotoMark",
    "Posting",
    "Robot",
    "SessionCase",
    "SessionStep",
    "Slip",
    "StoredFile",
    "User",
    "WalkSession",
    "WalkTask",
    "Workday",
]
