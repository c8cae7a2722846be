"""Messages on their way out: what waits, what failed and why, and the groups' robots. 系统管理员 only."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns.access import roles
from campaigns.actions import delivery, robots
from campaigns.enums import Role
from campaigns.forms.robots import RobotForm
from campaigns.ground.notices import Channel, DeliveryState
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.table import Table, paginate
from campaigns.models import Delivery, Organization, Robot
from campaigns.roster import DELIVERIES, ROBOTS
from campaigns.roster_forms import DeliveryFilter


@roles(Role.ADMIN)
def delivery_list(request: HttpRequest) -> HttpResponse:
    rows = Delivery.objects.select_related("notice__recipient", "robot__organization").order_by("-pk")
    form = DeliveryFilter(request.GET or None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if said["q"]:
            who = Q(notice__recipient__username__contains=said["q"]) | Q(robot__name__contains=said["q"])
            rows = rows.filter(who)
        if said["state"]:
            rows = rows.filter(state=_value(DeliveryState, said["state"]))
        if said["channel"]:
            rows = rows.filter(channel=_value(Channel, said["channel"]))
    context = {"form": form, "table": Table(DELIVERIES, paginate(rows, request.GET.get("page")))}
    return render(request, "campaigns/delivery_list.html", context)


def _value(choices, label: str) -> str:
    return next(value for value, text in choices.choices if text == label)


@roles(Role.ADMIN)
@require_POST
def delivery_retry(request: HttpRequest) -> HttpResponse:
    """The picked ones, or all that failed; what didn't fail is left alone."""
    picked = [int(pk) for pk in request.POST.getlist("delivery") if pk.isdecimal()]
    if request.POST.get("act") == "all":
        picked = Delivery.objects.filter(state=DeliveryState.FAILED).values_list("pk", flat=True)
    count = delivery.send_again(deliveries=picked, by=request.posting, now=timezone.now())
    if count:
        messages.success(request, f"{count} 条消息已排队，两分钟内重新发送。")
    else:
        messages.warning(request, "选中的消息里没有发送失败的，没有重发。")
    return redirect("delivery_list")


@roles(Role.ADMIN)
def robot_list(request: HttpRequest) -> HttpResponse:
    rows = Robot.objects.select_related("organization").order_by("organization__path", "pk")
    table = Table(ROBOTS, paginate(rows, request.GET.get("page")), url=Robot.get_absolute_url)
    return render(request, "campaigns/robot_list.html", {"table": table})


@roles(Role.ADMIN)
def robot_new(request: HttpRequest) -> HttpResponse:
    return _robot_page(request, None)


@roles(Role.ADMIN)
def robot_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _robot_page(request, get_object_or_404(Robot.objects.select_related("organization"), pk=pk))


def _robot_page(request: HttpRequest, robot: Robot | None) -> HttpResponse:
    form, refusal, status = RobotForm(request.POST or None, robot=robot), "", 200
    if request.method == "POST":
        try:
            if form.is_valid():
                saved = robots.save_robot(
                    robot=robot, by=request.posting, now=timezone.now(), **form.cleaned_data
                )
                messages.success(request, f"已保存 {saved}。")
                return redirect("robot_list")
        except NotAllowed as sentence:
            refusal = str(sentence)
        status = 422
    units = Organization.objects.order_by("code")
    context = {"form": form, "robot": robot, "refusal": refusal, "unit_options": units}
    return render(request, "campaigns/robot_form.html", context, status=status)


@roles(Role.ADMIN)
@require_POST
def robot_try(request: HttpRequest, pk: int) -> HttpResponse:
    """试发: the answer comes within the time-out of the configuration."""
    robot = get_object_or_404(Robot.objects.select_related("organization"), pk=pk)
    try:
        robots.try_robot(robot=robot, by=request.posting, now=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"已发到 {robot}，请到群里查看。")
    return redirect(robot)
