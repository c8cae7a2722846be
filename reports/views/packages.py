"""总结材料包: the list, the button that has one built in the background, the way to its file."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.views.decorators.http import require_GET

from campaigns.access import roles
from campaigns.ground.serving import file_to_save
from campaigns.ground.table import Column, Table, paginate
from campaigns.models import Campaign, Job
from reports.actions.packages import BUILDERS, ask_for_package, record_download
from reports.forms import PackageForm
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
    Column("生成人", lambda row: row.built_by.username if row.built_by else "系统"),
    Column("生成时间", lambda row: row.built_at, "datetime"),
)


def _rows(package: Package, name: str) -> int | None:
    """Rows of a sheet or file as the manifest tells them."""
    for each in package.manifest.get("files", []):
        if name in each.get("sheets", {}):
            return each["sheets"][name]
        if each["name"].startswith(name):
            return each["rows"]
    return None


@roles(*BUILDERS)
def package_list(request: HttpRequest) -> HttpResponse:
    """GET: the packages in reach. POST: have one built; the page then shows how far it is."""
    campaign, on = Campaign.objects.current(), timezone.localdate()
    form = PackageForm(request.POST or None, posting=request.posting, initial={"on": on})
    if request.method == "POST" and campaign and form.is_valid():
        ask_for_package(campaign=campaign, by=request.posting, now=timezone.now(), **form.cleaned_data)
        messages.success(request, "已提交，正在后台生成，完成后可在本页下载。")
        return redirect("package_list")
    rows = Package.objects.visible_to(request.posting).select_related("organization", "built_by")
    page = paginate(rows.order_by("-built_at", "-pk"), request.GET.get("page"))
    context = {
        "campaign": campaign,
        "form": form,
        "table": Table(PACKAGES, page, url=lambda row: row.get_absolute_url()),
        **_jobs(request),
    }
    return render(request, "reports/package_list.html", context, status=422 if form.errors else 200)


def _jobs(request: HttpRequest) -> dict:
    """The user's latest package jobs; `busy` while one is waiting or running."""
    jobs = list(Job.objects.filter(kind="package", asked_by=request.user).order_by("-pk")[:JOBS_SHOWN])
    return {"jobs": jobs, "busy": any(not job.is_finished for job in jobs)}


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
def package_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in the package and the digests to check it by."""
    package = _visible(request, pk)
    facts = [
        ("单位", package.organization.name),
        ("截至日期", package.on),
        ("范围", package.manifest.get("reach", "")),
        ("生成时间", package.built_at),
        ("生成人", package.built_by.username if package.built_by else "系统"),
        ("大小", filesizeformat(package.file.size)),
        ("SHA-256", package.file.sha256),
    ]
    return render(request, "reports/package_detail.html", {"package": package, "facts": facts})


@roles(*BUILDERS)
def package_download(request: HttpRequest, pk: int) -> FileResponse:
    """The zip itself; each download is logged."""
    package = _visible(request, pk)
    answer = file_to_save(package.file)
    record_download(package=package, by=request.posting, now=timezone.now())
    return answer


def _visible(request: HttpRequest, pk: int) -> Package:
    rows = Package.objects.visible_to(request.posting).select_related("organization", "file", "built_by")
    return get_object_or_404(rows, pk=pk)
