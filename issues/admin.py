"""Registers of the three lists and the ledger, read only (campaigns.admin says why)."""

from django.contrib import admin

from campaigns.admin import Register, site
from issues import models


@admin.register(models.Problem, site=site)
class ProblemRegister(Register):
    list_display = ["number", "reporting_unit", "responsible_unit", "category", "source", "found_on"]
    list_filter = ["source", "category__group"]
    list_select_related = ["reporting_unit", "responsible_unit", "category"]
    ordering = ["-pk"]
    search_fields = ["number", "text"]


@admin.register(models.Demand, site=site)
class DemandRegister(Register):
    list_display = ["number", "reporting_unit", "responsible_unit", "party", "is_accepted", "found_on"]
    list_filter = ["party", "is_accepted"]
    list_select_related = ["reporting_unit", "responsible_unit"]
    ordering = ["-pk"]
    search_fields = ["number", "text"]


@admin.register(models.Measure, site=site)
class MeasureRegister(Register):
    list_display = ["number", "reporting_unit", "lead_unit", "rectify_kind", "due_on"]
    list_filter = ["rectify_kind"]
    list_select_related = ["reporting_unit", "lead_unit"]
    ordering = ["-pk"]
    search_fields = ["number", "text"]


class EntryInline(admin.TabularInline):
    """The item's history, in the order it was written."""

    model = models.LedgerEntry
    fields = ["sequence", "at", "by_text", "move", "source", "target", "note", "due_on"]
    ordering = ["sequence"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


@admin.register(models.LedgerItem, site=site)
class LedgerItemRegister(Register):
    list_display = [
        "number",
        "reporting_unit",
        "responsible_unit",
        "state",
        "rectify_kind",
        "deadline",
        "found_on",
    ]
    list_filter = ["state", "rectify_kind", "is_review_waived"]
    list_select_related = ["reporting_unit", "responsible_unit", "deadline"]
    ordering = ["-pk"]
    search_fields = ["number"]
    inlines = [EntryInline]


@admin.register(models.Extension, site=site)
class ExtensionRegister(Register):
    list_display = ["item", "new_due_on", "asked_at", "asked_by", "decided_at", "is_granted"]
    list_filter = ["is_granted"]
    list_select_related = ["item", "asked_by"]
    ordering = ["-pk"]


@admin.register(models.Consent, site=site)
class ConsentRegister(Register):
    list_display = ["item", "kind", "document_number", "asked_at", "decided_at", "is_granted"]
    list_filter = ["kind", "is_granted"]
    list_select_related = ["item"]
    ordering = ["-pk"]


@admin.register(models.Verification, site=site)
class VerificationRegister(Register):
    list_display = ["item", "session", "is_improved", "verified_at", "verified_by"]
    list_filter = ["is_improved"]
    list_select_related = ["item", "session", "verified_by"]
    ordering = ["-pk"]
