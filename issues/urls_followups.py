"""Addresses of 回访 (contract §3)."""

from django.urls import path

from issues.views import followups

followup_urls = [
    path("issues/followups/", followups.followup_list, name="followup_list"),
    path("issues/followups/open/", followups.followup_open, name="followup_open"),
    path("issues/followups/<int:pk>/", followups.followup_detail, name="followup_detail"),
    path("issues/followups/<int:pk>/sheet/", followups.followup_sheet, name="followup_sheet"),
    path("issues/followups/<int:pk>/<slug:slug>/", followups.followup_act, name="followup_act"),
]
