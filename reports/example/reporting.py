"""The first reports of June 30: a few units are early, 审改办 has received some and returned one; most still owe theirs.

No chance is drawn here, so that the rest of the city stays what its seed says.
"""

from campaigns.enums import OrganizationKind, Role
from campaigns.models import Organization
from reports.actions.submissions import accept, report, save_words, send_back
from reports.example.city import City
from reports.example.stage import Life, Moment
from reports.models import Submission

_PLAN = "本单位成立专班，主要负责人带头走流程，分管负责人每周调度，5月中旬前走完全部重点事项。"
_WORDS = (
    "组织窗口人员与走流程人员面对面复盘，把群众最常问的问题整理成一张纸，在大厅和网上同时更新。",
    "建立“走一次、改一批、查一类”的做法，整改完成后由科室交叉再走一遍，防止走过场。",
    "对需要上级系统支持的问题，列出清单逐条提请协调，建议统一数据接口和材料标准。",
)
_RETURNED = "典型经验只有做法没有成效，请补充办件数据，并上传盖章的问题清单。"
# Left open: their people try the deed themselves (contract §4), and 审改办's own unit.
_OPEN = ("430400-031", "430400-016", "430400-003")
_REPORTS, _ACCEPTED = 6, 3


def hand_in(city: City) -> Life:
    """Two units a day in the week before the anchor; three received, one returned, the others wait."""
    last = city.timeline.last
    units = _early(city)
    for place, unit in enumerate(units):
        moment = yield (last - 5 + place // 2, (9 + 6 * (place % 2)) * 60 + 20)
        _report(city, unit, place, moment)
    office = city.assigner
    for place, unit in enumerate(units[: _ACCEPTED + 1]):
        moment = yield (last - 1, 15 * 60 + 10 * place)
        given = {"submission": _of(city, unit), "by": office(unit), "now": moment.now}
        if place < _ACCEPTED:
            accept(**given)
        else:
            send_back(reason=_RETURNED, calendar=city.calendar, **given)


def _early(city: City) -> list[Organization]:
    """The first departments of the city, by code, that have a 填报员 and a 主要负责人."""
    found = [
        unit
        for code, unit in sorted(city.organizations.items())
        if unit.kind == OrganizationKind.CITY_DEPARTMENT
        and unit.is_participant
        and code not in _OPEN
        and city.seat(Role.REPORTER, unit)
        and city.seat(Role.HEAD, unit)
    ]
    return found[:_REPORTS]


def _report(city: City, unit: Organization, place: int, moment: Moment) -> None:
    submission = _of(city, unit)
    words = _WORDS[place % len(_WORDS)]
    clerk, head = city.seat(Role.REPORTER, unit), city.seat(Role.HEAD, unit)
    save_words(submission=submission, plan=_PLAN, words=words, files=[], by=clerk, now=moment.now)
    report(submission=submission, by=head, now=moment.now)


def _of(city: City, unit: Organization) -> Submission:
    rows = Submission.objects.select_related("organization", "campaign")
    return rows.get(campaign=city.campaign, organization=unit)
