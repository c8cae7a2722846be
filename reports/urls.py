"""Addresses of this app's pages: `urlpatterns` under /reports/, the others under /exports/, /campaigns/ and /api/v1/."""

from django.urls import path

from reports.views import (
    api,
    briefs,
    bulletins,
    campaigns,
    experiences,
    exports,
    figures,
    overview,
    packages,
    paper_drafts,
    rectification,
    scores,
    submissions,
)

urlpatterns = [
    path("", overview.overview, name="report_overview"),
    path("figures/<slug:key>/", figures.figure_detail, name="figure_detail"),
    path("rectification/items/<int:pk>/", rectification.rectification_item, name="rectification_item"),
    path("rectification/<str:code>/", rectification.rectification_unit, name="rectification_unit"),
    path("submissions/", submissions.submission_list, name="submission_list"),
    path("submissions/<int:pk>/", submissions.submission_detail, name="submission_detail"),
    path("submissions/<int:pk>/decide/", submissions.submission_decide, name="submission_decide"),
    path("submissions/<int:pk>/files/<int:file>/", submissions.submission_file, name="submission_file"),
    path(
        "submissions/<int:pk>/files/<int:file>/remove/",
        submissions.submission_file_remove,
        name="submission_file_remove",
    ),
    path("bulletins/", bulletins.bulletin_list, name="bulletin_list"),
    path("bulletins/new/", bulletins.bulletin_new, name="bulletin_new"),
    path("bulletins/<int:pk>/", bulletins.bulletin_detail, name="bulletin_detail"),
    path("bulletins/<int:pk>/edit/", bulletins.bulletin_edit, name="bulletin_edit"),
    path("bulletins/<int:pk>/download/", bulletins.bulletin_docx, name="bulletin_docx"),
    path("bulletins/<int:pk>/do/<slug:slug>/", bulletins.bulletin_act, name="bulletin_act"),
    path("cases/", experiences.experience_list, name="experience_list"),
    path("cases/new/", experiences.experience_new, name="experience_new"),
    path("cases/<int:pk>/", experiences.experience_detail, name="experience_detail"),
    path("cases/<int:pk>/judge/", experiences.experience_judge, name="experience_judge"),
    path("cases/<int:pk>/download/", experiences.experience_docx, name="experience_docx"),
    path("briefs/", briefs.brief_list, name="brief_list"),
    path("briefs/now/<slug:slug>/", briefs.brief_now, name="brief_now"),
    path("briefs/now/<slug:slug>/file/", briefs.brief_now_file, name="brief_now_file"),
    path("briefs/<int:pk>/", briefs.brief_detail, name="brief_detail"),
    path("briefs/<int:pk>/file/", briefs.brief_file, name="brief_file"),
    path("papers/<str:code>/<slug:slug>/", paper_drafts.paper_draft, name="paper_draft"),
    path("papers/<str:code>/<slug:slug>/file/", paper_drafts.paper_download, name="paper_download"),
    path("packages/", packages.package_list, name="package_list"),
    path("packages/jobs/", packages.package_jobs, name="package_jobs"),
    path("packages/jobs/<int:pk>/cancel/", packages.package_cancel, name="package_cancel"),
    path("packages/jobs/<int:pk>/again/", packages.package_again, name="package_again"),
    path("packages/<int:pk>/", packages.package_detail, name="package_detail"),
    path("packages/<int:pk>/scans/", packages.package_scans, name="package_scans"),
    path("packages/<int:pk>/scans/<int:file>/", packages.package_scan, name="package_scan"),
    path("packages/<int:pk>/download/", packages.package_download, name="package_download"),
    path("scores/", scores.score_list, name="score_list"),
    path("scores/policy/", scores.score_policy, name="score_policy"),
    path("scores/<int:pk>/", scores.score_sheet, name="score_sheet"),
    path("scores/<int:pk>/publish/", scores.score_publish, name="score_publish"),
    path("scores/<int:pk>/<str:code>/", scores.score_card, name="score_card"),
    path("scores/<int:pk>/<str:code>/answer/", scores.score_answer, name="score_answer"),
]

exports_urlpatterns = [
    path("", exports.export_list, name="export_list"),
    path("jobs/", exports.export_jobs, name="export_jobs"),
    path("archive/", exports.archive_ask, name="archive_ask"),
    path("<int:pk>/retry/", exports.export_retry, name="export_retry"),
    path("<int:pk>/download/", exports.export_download, name="export_download"),
]

campaign_urlpatterns = [
    path("", campaigns.campaign_list, name="campaign_list"),
    path("new/", campaigns.campaign_new, name="campaign_new"),
    path("<int:pk>/", campaigns.campaign_detail, name="campaign_detail"),
]

api_urlpatterns = [
    path("", api.api_index, name="api_index"),
    path("openapi.json", api.api_document, name="api_document"),
    path("figures/", api.api_figures, name="api_figures"),
    path("<slug:kind>/", api.api_list, name="api_list"),
]
