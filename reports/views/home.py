"""工作台: what waits for me, overdue first; how things stand; the news. One page, a shape per role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from campaigns.access import signed_in
from campaigns.enums import Role
from campaigns.ground.workdays import load_calendar
from campaigns.models import Notice
from reports.clue_home import clue_desk
from reports.desk.desk import desk
from reports.desk.standing import nodes, standing
from reports.desk.system import system_desk
from reports.desk.works import Reader

NEWS = 5
# The way into each role's commonest deed: label, url name.
_DOORS = {
    Role.REPORTER: (("登记走流程", "walk_new"), ("现场记录", "walk_log")),
    Role.WALKER: (("现场记录", "walk_log"),),
    Role.HEAD: (("去审签", "sign_batch"), ("总览", "report_overview")),
    Role.DEPUTY: (("总览", "report_overview"),),
    Role.REFORM_OFFICE: (("总览", "report_overview"),),
    Role.INSPECTOR: (("总览", "report_overview"),),
}


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """One template; what it holds is decided by the role of the current posting. A fixed number of queries."""
    posting, on = request.posting, timezone.localdate()
    if posting is None:
        return render(request, "reports/home.html", {"nobody": True})
    context = {
        "news": Notice.objects.of(request.user)
        .fresh(on)
        .with_unread(on)
        .prefetch_related("lines")
        .order_by("-created_at", "-pk")[:NEWS],
        "doors": _DOORS.get(posting.role, ()),
    }
    room = system_desk(posting, on)
    if room is not None:
        return render(request, "reports/home.html", context | {"desk": room})
    reader = Reader(posting, on, load_calendar())
    context |= {
        "desk": desk(reader),
        "standing": standing(reader),
        "nodes": nodes(reader),
        "clue_desk": clue_desk(posting, on),
    }
    return render(request, "reports/home.html", context)
