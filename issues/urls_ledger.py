"""Addresses of the three lists, the ledger, 待审签 and 督办单 (contract §3)."""

from django.urls import path

from issues.views import (
    bulk,
    findings,
    gaps,
    institutions,
    ledger,
    look_back,
    measures,
    recurrences,
    selfchecks,
    signing,
    slips,
)

ledger_urls = [
    path("issues/problems/", findings.problem_list, name="problem_list"),
    path("issues/problems/new/", findings.problem_new, name="problem_new"),
    path("issues/problems/<int:pk>/", findings.problem_detail, name="problem_detail"),
    path("issues/demands/", findings.demand_list, name="demand_list"),
    path("issues/demands/new/", findings.demand_new, name="demand_new"),
    path("issues/demands/<int:pk>/", findings.demand_detail, name="demand_detail"),
    path("issues/demands/<int:pk>/decide/", findings.demand_decide, name="demand_decide"),
    path("issues/measures/", measures.measure_list, name="measure_list"),
    path("issues/measures/new/", measures.measure_new, name="measure_new"),
    path("issues/measures/<int:pk>/", measures.measure_detail, name="measure_detail"),
    path("issues/measures/<int:pk>/institution/", institutions.institution_edit, name="institution_edit"),
    path(
        "issues/measures/<int:pk>/institution/file/", institutions.institution_file, name="institution_file"
    ),
    path("issues/measures/<int:pk>/edit/", measures.measure_edit, name="measure_edit"),
    path("issues/measures/<int:pk>/steps/<int:sequence>/done/", measures.step_done, name="step_done"),
    path("issues/ledger/", ledger.ledger_list, name="ledger_list"),
    path("issues/ledger/bulk/", bulk.ledger_bulk, name="ledger_bulk"),
    path("issues/gaps/", gaps.gap_overview, name="gap_overview"),
    path("issues/gaps/<slug:slug>/", gaps.gap_list, name="gap_list"),
    path("issues/ledger/<int:pk>/", ledger.ledger_detail, name="ledger_detail"),
    path("issues/ledger/<int:pk>/files/<int:evidence>/", ledger.ledger_file, name="ledger_file"),
    path("issues/verifications/", look_back.verification_list, name="verification_list"),
    path("issues/ledger/<int:pk>/look-back/", look_back.look_back, name="look_back"),
    path("issues/ledger/<int:pk>/<slug:slug>/", ledger.ledger_act, name="ledger_act"),
    path("issues/recurrences/", recurrences.recurrence_list, name="recurrence_list"),
    path("issues/recurrences/<int:pk>/", recurrences.recurrence_detail, name="recurrence_detail"),
    path("issues/recurrences/<int:pk>/decide/", recurrences.recurrence_decide, name="recurrence_decide"),
    path("issues/selfchecks/", selfchecks.selfcheck_list, name="selfcheck_list"),
    path("issues/selfchecks/new/<int:item>/", selfchecks.selfcheck_new, name="selfcheck_new"),
    path("issues/selfchecks/rounds/<int:pk>/", selfchecks.selfcheck_round, name="selfcheck_round"),
    path("issues/selfchecks/<int:pk>/", selfchecks.selfcheck_detail, name="selfcheck_detail"),
    path("issues/selfchecks/<int:pk>/file/", selfchecks.selfcheck_file, name="selfcheck_file"),
    path("issues/sign/", signing.sign_batch, name="sign_batch"),
    path("issues/sign/<int:pk>/back/", signing.sign_back, name="sign_back"),
    path("issues/slips/", slips.slip_list, name="slip_list"),
    path("issues/slips/<int:pk>/", slips.slip_detail, name="slip_detail"),
    path("issues/slips/<int:pk>/sign/", slips.slip_sign, name="slip_sign"),
]
