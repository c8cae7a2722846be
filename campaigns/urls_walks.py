"""Addresses of walks, matters and complaints; the pages that show problems are joined in issues.urls_walks."""

from django.urls import path

from campaigns.views import cases, complaints, corrections, files, matters, walks

walk_urls = [
    path("walks/", walks.walk_list, name="walk_list"),
    path("walks/new/", walks.walk_new, name="walk_new"),
    path("walks/guide/", walks.walk_guide, name="walk_guide"),
    path("walks/<int:pk>/edit/", walks.walk_edit, name="walk_edit"),
    path("walks/<int:pk>/correct/", corrections.walk_correct, name="walk_correct"),
    path("walks/<int:pk>/confirm/", walks.walk_confirm, name="walk_confirm"),
    path("walks/<int:pk>/evidence/", files.walk_evidence, name="walk_evidence"),
    path("files/evidence/<int:pk>/", files.evidence_file, name="evidence_file"),
    path("matters/", matters.matter_list, name="matter_list"),
    path("themes/", matters.theme_list, name="theme_list"),
    path("complaints/", complaints.complaint_list, name="complaint_list"),
    path("complaints/<int:pk>/", complaints.complaint_detail, name="complaint_detail"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/<int:pk>/", cases.case_detail, name="case_detail"),
]
