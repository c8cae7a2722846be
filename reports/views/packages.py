"""总结材料包: the list, the button that has one built in the background, the way to its file."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.access import roles
from campaigns.forms.filters import of_round
from campaigns.ground.refusal import NotAllowed
from campaigns.ground.serving import file_answer, file_to_save
from campaigns.ground.table import Column, Table, paginate
from campaigns.models import Job
from campaigns.permissions_plan import allows
from campaigns.rounds import shown_campaign
from reports.actions.packages import (
    BUILDERS,
    add_scans,
    again_package,
    ask_for_package,
    cancel_package,
    check_can_build,
    record_download,
)
from reports.forms import PackageForm, ScansForm
from reports.models import Package

JOBS_SHOWN = 5
PACKAGES = (
    Column("单位", lambda row: row.organization.label, link=True, width=20),
    Column("截至日期", lambda row: row.on, "date"),
    Column("范围", lambda row: row.manifest.get("reach", "")),
    Column("问题", lambda row: _rows(row, "问题清单"), "number"),
    Column("需求", lambda row: _rows(row, "需求清单"), "number"),
    Column("措施", lambda row: _rows(row, "解决措施清单"), "number"),
    Column("台账", lambda row: _rows(row, "整改台账"), "number"),
    Column("生成人", lambda row: _builder(row)),
    Column("生成时间", lambda row: row.built_at, "datetime"),
)


def _builder(package: Package) -> str:
    """Who built it, by name."""
    user = package.built_by
    person = getattr(user, "person", None) if user else None
    return person.name if person else user.username if user else "系统"


def _rows(package: Package, name: str) -> int | None:
    """Rows of a sheet or file as the manifest tells them."""
    for each in package.manifest.get("files", []):
        if name in each.get("sheets", {}):
            return each["sheets"][name]
        if each["name"] == f"{name}.xlsx":  # of packages built before a book told its sheets
            return each["rows"]
    return None


@roles(*BUILDERS)
def package_list(request: HttpRequest) -> HttpResponse:
    """GET: the packages in reach. POST: have one built; the page then shows how far it is."""
    campaign, on = shown_campaign(request.GET.get("campaign", "")), timezone.localdate()
    form = PackageForm(request.POST or None, posting=request.posting, initial={"on": on})
    refusal = ""
    if request.method == "POST" and campaign and form.is_valid():
        try:
            ask_for_package(campaign=campaign, by=request.posting, now=timezone.now(), **form.cleaned_data)
        except NotAllowed as busy:
            refusal = str(busy)
        else:
            messages.success(request, "已提交，正在后台生成，完成后可在本页下载。")
            return redirect("package_list")
    rows = of_round(Package.objects.visible_to(request.posting), request.GET)
    rows = rows.select_related("organization", "built_by__person")
    page = paginate(rows.order_by("-built_at", "-pk"), request.GET.get("page"))
    context = {
        "campaign": campaign,
        "is_this_round": campaign == shown_campaign(),  # whose texts the desk of papers opens
        "form": form,
        "refusal": refusal,
        "unit": request.posting.organization,
        "table": Table(PACKAGES, page, url=lambda row: row.get_absolute_url()),
        **_jobs(request),
    }
    status = 422 if form.errors else 409 if refusal else 200
    return render(request, "reports/package_list.html", context, status=status)


def _jobs(request: HttpRequest) -> dict:
    """The user's latest package jobs; `busy` while one is waiting or running."""
    jobs = list(_own_jobs(request).order_by("-pk")[:JOBS_SHOWN])
    return {"jobs": jobs, "busy": any(not job.is_finished for job in jobs)}


def _own_jobs(request: HttpRequest):
    return Job.objects.filter(kind="package", asked_by=request.user)


@roles(*BUILDERS)
@require_POST
def package_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stops one's own package under way."""
    cancel_package(job=get_object_or_404(_own_jobs(request), pk=pk), now=timezone.now())
    messages.success(request, "已取消，没有留下文件。")
    return redirect("package_list")


@roles(*BUILDERS)
@require_POST
def package_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts one's own failed or cancelled package once more."""
    again_package(job=get_object_or_404(_own_jobs(request), pk=pk), by=request.posting, now=timezone.now())
    messages.success(request, "已重新提交。")
    return redirect("package_list")


@roles(*BUILDERS)
@require_GET
def package_jobs(request: HttpRequest) -> HttpResponse:
    """The progress fragment, asked for every two seconds while something is under way."""
    jobs = _jobs(request)
    response = render(request, "reports/_package_jobs.html", jobs)
    response["Cache-Control"] = "no-store"
    if request.htmx and not jobs["busy"]:
        response["HX-Refresh"] = "true"  # the list below has a new row
    return response


@roles(*BUILDERS)
@require_GET
def package_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in the package and the digests to check it by."""
    return _detail(request, _visible(request, pk))


def _detail(
    request: HttpRequest, package: Package, *, form: ScansForm | None = None, status: int = 200
) -> HttpResponse:
    facts = [
        ("单位", package.organization.name),
        ("截至日期", package.on),
        ("范围", package.manifest.get("reach", "")),
        ("生成时间", package.built_at),
        ("生成人", _builder(package)),
        ("大小", filesizeformat(package.file.size)),
        ("SHA-256", package.file.sha256),
    ]
    context = {
        "package": package,
        "facts": facts,
        "form": form or ScansForm(),
        "scans": list(package.scans.order_by("pk")),
        "submissions": list(package.submissions.select_related("organization")),
        "may_add": allows(check_can_build, request.posting, package.organization),
    }
    return render(request, "reports/package_detail.html", context, status=status)


@roles(*BUILDERS)
@require_POST
def package_scans(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds signed and stamped scans to a package."""
    package = _visible(request, pk)
    form = ScansForm(request.POST, request.FILES)
    if not form.is_valid():
        return _detail(request, package, form=form, status=422)
    files = form.cleaned_data["files"]
    add_scans(package=package, files=files, by=request.posting, now=timezone.now())
    messages.success(request, "已上传扫描件。")
    return redirect(package)


@roles(*BUILDERS)
@require_GET
def package_scan(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """A scan of a package."""
    return file_answer(get_object_or_404(_visible(request, pk).scans, pk=file))


@roles(*BUILDERS)
def package_download(request: HttpRequest, pk: int) -> FileResponse:
    """The zip itself; each download is logged."""
    package = _visible(request, pk)
    answer = file_to_save(package.file)
    record_download(package=package, by=request.posting, now=timezone.now())
    return answer


def _visible(request: HttpRequest, pk: int) -> Package:
    rows = Package.objects.visible_to(request.posting).select_related(
        "organization", "file", "built_by__person"
    )
    return get_object_or_404(rows, pk=pk)
