"""Addresses of 任务与覆盖: roster, tasks, coverage, nodes."""

from django.urls import path

from campaigns.views import plan, plan_cross, plan_tasks

plan_urls = [
    path("plan/", plan.plan, name="plan"),
    path("plan/people/", plan.plan_people, name="plan_people"),
    path("plan/people/overlooked/", plan.plan_overlooked, name="plan_overlooked"),
    path("plan/people/<int:pk>/", plan.obligation_detail, name="obligation_detail"),
    path("plan/matters/", plan.plan_matters, name="plan_matters"),
    path("plan/milestones/<int:pk>/", plan.milestone_detail, name="milestone_detail"),
    path("plan/tasks/", plan_tasks.task_list, name="task_list"),
    path("plan/tasks/new/", plan_tasks.task_new, name="task_new"),
    path("plan/tasks/propose/", plan_tasks.task_propose, name="task_propose"),
    path("plan/tasks/<int:pk>/", plan_tasks.task_detail, name="task_detail"),
    path("plan/cross/", plan_cross.plan_cross, name="plan_cross"),
]
