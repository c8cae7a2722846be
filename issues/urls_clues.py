"""Addresses of 疑点, their rules and the restricted register of what followed (contract §3)."""

from django.urls import path

from issues.views import clue_rules, clues

clue_urls = [
    path("issues/clues/", clues.clue_list, name="clue_list"),
    path("issues/clues/rules/", clue_rules.rule_list, name="clue_rules"),
    path("issues/clues/rules/weigh/", clue_rules.rule_weigh, name="clue_weigh"),
    path("issues/clues/rules/hours/", clue_rules.rule_hours, name="clue_hours"),
    path("issues/clues/outcomes/", clues.outcome_list, name="clue_outcomes"),
    path("issues/clues/<int:pk>/", clues.clue_detail, name="clue_detail"),
    path("issues/clues/<int:pk>/<slug:slug>/", clues.clue_act, name="clue_act"),
]
