"""Every address of the product. Each app declares its own pages; the roof only joins them."""

from django.contrib.auth import views as auth
from django.urls import include, path
from django.views.generic import RedirectView

from campaigns import admin
from campaigns.access import public, signed_in
from campaigns.urls_log import log_urls
from campaigns.urls_plan import plan_urls
from campaigns.urls_roster import roster_urls
from campaigns.urls_walks import walk_urls
from campaigns.views.account import PasswordChange
from hengyang_walkflow import health
from issues.urls_clues import clue_urls
from issues.urls_collecting import collect_urls
from issues.urls_followups import followup_urls
from issues.urls_ledger import ledger_urls
from issues.urls_personnel import personnel_urls
from issues.urls_successions import succession_urls
from issues.urls_walks import walk_urls as walk_finding_urls
from reports.urls import api_urlpatterns, campaign_urlpatterns, exports_urlpatterns
from reports.views.draws import draw_report
from reports.views.home import home
from reports.views.slips import slip_docx

urlpatterns = [
    path("login/", public(auth.LoginView.as_view(redirect_authenticated_user=True)), name="login"),
    path("logout/", signed_in(auth.LogoutView.as_view()), name="logout"),
    path("password/", signed_in(PasswordChange.as_view()), name="password_change"),
    path("password/done/", signed_in(auth.PasswordChangeDoneView.as_view()), name="password_change_done"),
    path("healthz", public(health.healthz), name="healthz"),
    path("readyz", public(health.readyz), name="readyz"),
    path("favicon.ico", public(RedirectView.as_view(url="/static/favicon.svg")), name="favicon"),
    path("", home, name="home"),
    *roster_urls,
    *walk_urls,
    *log_urls,
    *plan_urls,
    *walk_finding_urls,
    *ledger_urls,
    *collect_urls,
    *clue_urls,
    *followup_urls,
    path("issues/slips/<int:pk>/docx/", slip_docx, name="slip_docx"),
    path("issues/draws/<int:pk>/report/", draw_report, name="draw_report"),
    *personnel_urls,
    *succession_urls,
    path("imports/", include("issues.urls_imports")),
    path("reports/", include("reports.urls")),
    path("exports/", include(exports_urlpatterns)),
    path("campaigns/", include(campaign_urlpatterns)),
    path("api/v1/", include(api_urlpatterns)),
    path("admin/", admin.site.urls),
]
