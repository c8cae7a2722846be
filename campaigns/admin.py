"""/admin/: registers to look things up in, for 系统管理员. Nothing is added, changed or deleted here.

Every write has its action (house rule 2), and actions ask for a posting and leave an audit line; Django's admin does
neither. So it only reads, shows no secret, and leaves the audit log to 审计管理员 (contract §5).
"""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver

from campaigns import models
from campaigns.enums import Role
from campaigns.ground.secret import SecretField


class RegisterSite(admin.AdminSite):
    """Django's admin without its own door: login, logout and passwords are the product's."""

    site_title = "走流程 数据登记簿"
    site_header = "走流程 · 数据登记簿（只读）"
    index_title = "登记簿"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff who hold 系统管理员 today; a withdrawn role closes the door although the account is still staff."""
        user = request.user
        if not (user.is_active and user.is_staff) or user.must_change_password:
            return False
        return user.is_superuser or any(posting.role == Role.ADMIN for posting in request.postings)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Strangers never come here (campaigns.access); who may not come in reads why."""
        if request.user.must_change_password:
            return redirect("password_change")
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied("数据登记簿只供系统管理员查看。")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the pages that would change a password around its action."""
        closed = ("password_change", "password_change_done")
        return [url for url in super().get_urls() if getattr(url, "name", None) not in closed]

    def each_context(self, request: HttpRequest) -> dict:
        return {**super().each_context(request), "has_permission": False, "site_url": "/"}


site = RegisterSite(name="admin")


class Register(admin.ModelAdmin):
    """One table, read only. Encrypted fields, their search indexes and passwords stay out by themselves."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        hidden = secret_fields(self.model)
        return [
            field.name
            for field in self.model._meta.concrete_fields
            if not field.primary_key and field.name not in hidden
        ]


def secret_fields(model: type[Model]) -> list[str]:
    """Names of the fields no register shows."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, SecretField) or field.name == "password" or field.name.endswith("_index")
    ]


@admin.register(models.Organization, site=site)
class OrganizationRegister(Register):
    list_display = ["code", "name", "kind", "parent", "is_participant"]
    list_filter = ["kind", "is_participant"]
    list_select_related = ["parent"]
    ordering = ["path"]
    search_fields = ["code", "name", "short_name"]


@admin.register(models.Person, site=site)
class PersonRegister(Register):
    list_display = ["code", "name", "organization", "title", "rank", "masked_phone", "is_obligated"]
    list_filter = ["rank", "is_obligated"]
    list_select_related = ["organization"]
    ordering = ["code"]
    search_fields = ["code", "name"]


@admin.register(models.User, site=site)
class UserRegister(Register):
    list_display = ["username", "person", "is_active", "is_staff", "must_change_password", "last_login"]
    list_filter = ["is_active", "is_staff"]
    list_select_related = ["person"]
    ordering = ["username"]
    search_fields = ["username", "person__name"]


@admin.register(models.Posting, site=site)
class PostingRegister(Register):
    list_display = ["person", "organization", "role", "reach", "started_on", "ended_on", "granted_at"]
    list_filter = ["role", "reach"]
    list_select_related = ["person", "organization"]
    ordering = ["pk"]
    search_fields = ["person__name", "person__code", "organization__code"]


@admin.register(models.Campaign, site=site)
class CampaignRegister(Register):
    list_display = ["code", "name", "document_number", "opens_on", "closes_on", "state"]
    ordering = ["code"]


@admin.register(models.CampaignPolicy, site=site)
class CampaignPolicyRegister(Register):
    list_display = ["campaign"]
    list_select_related = ["campaign"]
    ordering = ["pk"]


@admin.register(models.Milestone, site=site)
class MilestoneRegister(Register):
    list_display = ["campaign", "key", "name", "phrase", "due_on"]
    list_select_related = ["campaign"]
    ordering = ["due_on", "pk"]


@admin.register(models.Matter, site=site)
class MatterRegister(Register):
    list_display = ["code", "name", "owner", "livelihood", "step_count", "document_count", "promised_days"]
    list_filter = ["livelihood"]
    list_select_related = ["owner"]
    ordering = ["code"]
    search_fields = ["code", "name"]


@admin.register(models.Category, site=site)
class CategoryRegister(Register):
    list_display = ["code", "group", "name", "clause"]
    list_filter = ["group"]
    ordering = ["code"]


@admin.register(models.WalkSession, site=site)
class WalkSessionRegister(Register):
    list_display = ["number", "reporting_unit", "walked_unit", "mode", "matter", "state", "started_at"]
    list_filter = ["mode", "state"]
    list_select_related = ["reporting_unit", "walked_unit", "matter"]
    ordering = ["-pk"]
    search_fields = ["number"]


@admin.register(models.Complaint, site=site)
class ComplaintRegister(Register):
    list_display = ["number", "source", "kind", "organization", "satisfaction", "received_at"]
    list_filter = ["source", "kind", "satisfaction"]
    list_select_related = ["organization"]
    ordering = ["-pk"]
    search_fields = ["number"]


@admin.register(models.Deadline, site=site)
class DeadlineRegister(Register):
    list_display = [
        "title",
        "kind",
        "organization",
        "starts_on",
        "due_on",
        "original_due_on",
        "round",
        "is_open",
    ]
    list_filter = ["kind", "is_open"]
    list_select_related = ["organization"]
    ordering = ["due_on", "pk"]
    search_fields = ["title"]


@admin.register(models.Chase, site=site)
class ChaseRegister(Register):
    list_display = ["deadline", "round", "level", "label", "on", "light"]
    list_filter = ["level"]
    list_select_related = ["deadline"]
    ordering = ["-pk"]


@admin.register(models.LightChange, site=site)
class LightChangeRegister(Register):
    list_display = ["deadline", "round", "on", "was", "light"]
    list_filter = ["light"]
    list_select_related = ["deadline"]
    ordering = ["-pk"]


@admin.register(models.ChaseRun, site=site)
class ChaseRunRegister(Register):
    list_display = ["on", "workday", "looked_at", "chased", "notices", "failed", "finished_at"]
    ordering = ["-on"]


@admin.register(models.Robot, site=site)
class RobotRegister(Register):
    list_display = ["organization", "name", "kind", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["organization"]
    ordering = ["organization__path", "pk"]


@admin.register(models.Slip, site=site)
class SlipRegister(Register):
    list_display = ["number", "about", "level", "state", "drafted_on", "signed_at"]
    list_filter = ["state", "level"]
    list_select_related = ["about"]
    ordering = ["-pk"]


@admin.register(models.Workday, site=site)
class WorkdayRegister(Register):
    list_display = ["date", "kind", "name"]
    list_filter = ["kind"]
    ordering = ["-date"]


@admin.register(models.ImportRun, site=site)
class ImportRunRegister(Register):
    list_display = ["made_at", "kind", "mode", "state", "made_by", "done_at"]
    list_filter = ["kind", "state"]
    list_select_related = ["made_by"]
    ordering = ["-pk"]


@admin.register(models.Job, site=site)
class JobRegister(Register):
    list_display = ["kind", "state", "done", "total", "asked_by", "created_at", "finished_at"]
    list_filter = ["kind", "state"]
    list_select_related = ["asked_by"]
    ordering = ["-pk"]
