"""Addresses of accounts, units, people and the machine room."""

from django.urls import path

from campaigns.views import account, deliveries, roster, stand_ins, system

roster_urls = [
    path("posting/", account.posting_switch, name="posting_switch"),
    path("notices/", account.notice_list, name="notice_list"),
    path("notices/<int:pk>/", account.notice_open, name="notice_open"),
    path("feedback/", account.feedback_list, name="feedback"),
    path("feedback/<int:pk>/", account.feedback_answer, name="feedback_answer"),
    path("organizations/", roster.organization_list, name="organization_list"),
    path("organizations/<int:pk>/", roster.organization_detail, name="organization_detail"),
    path("people/", roster.person_list, name="person_list"),
    path("people/<int:pk>/", roster.person_detail, name="person_detail"),
    path("people/<int:pk>/password/", roster.password_reset, name="password_reset"),
    path("grants/", roster.grant_list, name="grant_list"),
    path("stand-ins/", stand_ins.stand_in_list, name="stand_in_list"),
    path("stand-ins/<int:pk>/end/", stand_ins.stand_in_end, name="stand_in_end"),
    path("workdays/", system.workday_list, name="workday_list"),
    path("jobs/", system.job_list, name="job_list"),
    path("jobs/<int:pk>/retry/", system.job_retry, name="job_retry"),
    path("deliveries/", deliveries.delivery_list, name="delivery_list"),
    path("deliveries/retry/", deliveries.delivery_retry, name="delivery_retry"),
    path("robots/", deliveries.robot_list, name="robot_list"),
    path("robots/new/", deliveries.robot_new, name="robot_new"),
    path("robots/<int:pk>/", deliveries.robot_edit, name="robot_edit"),
    path("robots/<int:pk>/try/", deliveries.robot_try, name="robot_try"),
    path("audit/", system.audit_list, name="audit_list"),
    path("style/", system.style_page, name="style_page"),
]
