"""Pages of organizations' life, beside those of the roster under /organizations/."""

from django.urls import path

from issues.views import successions

succession_urls = [
    path("organizations/<int:pk>/merge/", successions.organization_merge, name="organization_merge"),
    path("organizations/<int:pk>/part/", successions.organization_part, name="organization_part"),
    path("organizations/<int:pk>/rename/", successions.organization_rename, name="organization_rename"),
]
