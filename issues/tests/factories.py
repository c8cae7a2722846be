"""A small city for the tests of the ledger, and items walked into any state by the actions themselves.

Built on campaigns.tests.factories; nothing random, no clock. Names are invented.
"""

import io
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.test import Client
from PIL import Image

from campaigns.enums import OrganizationKind, Reach, Role
from campaigns.ground.calendar import Calendar
from campaigns.ground.uploads import Vetted
from campaigns.ground.workdays import calendar_of, shipped_workdays
from campaigns.models import Category, Organization, Posting
from campaigns.tests.factories import (
    at,
    make_campaign,
    make_matter,
    make_person,
    make_posting,
    make_unit,
)
from issues.actions import findings, ledger, requests
from issues.enums import ConsentKind, LedgerState, RectifyKind
from issues.models import Demand, LedgerItem, Measure, Problem

CALENDAR: Calendar = calendar_of(shipped_workdays())
S = LedgerState
NOW = at("2022-05-10", "10:00")  # a Tuesday
ON = date(2022, 5, 10)
DUE = date(2022, 6, 10)  # 22 working days after ON


class City(SimpleNamespace):
    """市 → 市行政审批局 (home of 审改办), 市医保局, 市人社局; 耒阳 → 耒阳人社. Postings by name: city.yibao_head …"""

    def post(self, unit: Organization, role: str, name: str, reach: str = Reach.OWN, home=None) -> Posting:
        person = make_person(home or unit, name=name)
        posting = make_posting(unit, role, username=name, reach=reach, person=person)
        setattr(self, name, posting)
        return posting


def make_city() -> City:
    """The city with its campaign, a matter of 市医保局, and one posting of every role that has to do with the ledger."""
    city = City()
    city.root = make_unit("430400", name="衡阳市人民政府", short_name="市政府")
    city.hall = make_unit("430400-001", city.root, name="衡阳市行政审批服务局", short_name="市行政审批局")
    city.yibao = make_unit("430400-031", city.root, name="衡阳市医疗保障局", short_name="市医保局")
    city.renshe = make_unit("430400-010", city.root, name="衡阳市人社局", short_name="市人社局")
    city.leiyang = make_unit("430481", city.root, OrganizationKind.COUNTY, "耒阳市人民政府", "耒阳市")
    city.leiyang_renshe = make_unit(
        "430481-010", city.leiyang, OrganizationKind.COUNTY_DEPARTMENT, "耒阳市人社局", "耒阳人社局"
    )
    city.province = make_unit(
        "430000", kind=OrganizationKind.SUPERIOR, name="省医疗保障局", short_name="省医保局"
    )
    for key in ("hall", "yibao", "renshe", "leiyang_renshe"):
        for role in (Role.REPORTER, Role.DEPUTY, Role.HEAD):
            city.post(getattr(city, key), role, f"{key}_{role.lower()}")
    city.post(city.yibao, Role.WALKER, "yibao_walker")
    city.post(city.root, Role.REFORM_OFFICE, "shengaiban", Reach.SUBTREE, home=city.hall)
    city.post(city.root, Role.INSPECTOR, "duchashi", Reach.SUBTREE)
    city.post(city.leiyang, Role.REPORTER, "leiyang_reporter", Reach.SUBTREE)
    city.post(city.leiyang, Role.HEAD, "leiyang_head")
    city.post(city.leiyang, Role.REFORM_OFFICE, "leiyang_shengaiban", Reach.SUBTREE)
    city.post(city.leiyang, Role.INSPECTOR, "leiyang_ducha", Reach.SUBTREE)
    city.post(city.root, Role.ADMIN, "admin_posting")
    city.post(city.root, Role.AUDITOR, "auditor")
    city.campaign = make_campaign()
    city.matter = make_matter(city.yibao, name="异地就医备案", code="YB-0001")
    return city


def client_of(posting: Posting) -> Client:
    """A browser of the posting's account."""
    client = Client()
    client.force_login(posting.person.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def vetted(text: str = "已增设引导牌，照片附后。", name: str = "说明.txt") -> Vetted:
    return Vetted(text.encode(), "text/plain", name)


def picture(color: str = "blue") -> bytes:
    """A small real JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), color).save(out, "JPEG")
    return out.getvalue()


def make_problem(
    city: City,
    *,
    responsible: Organization | None = None,
    by: Posting | None = None,
    now: datetime = NOW,
    category: str = "B05",
    kind: str = "",
    **facts: Any,
) -> Problem:
    """A problem registered by its action; by default 市医保局's own, of category B (no 核验)."""
    by = by or city.yibao_reporter
    values = {
        "text": "窗口叫号系统午间停摆，群众排队超过一小时。",
        "cause": "午间无人值守。",
        "source": "WALK",
        "proposed_kind": kind,
        "found_on": ON,
        "matter": city.matter,
    }
    return findings.register_problem(
        by=by,
        now=now,
        campaign=city.campaign,
        reporting_unit=by.organization,
        responsible_unit=responsible or by.organization,
        category=Category.objects.get(code=category),
        calendar=CALENDAR,
        **{**values, **facts},
    )


def make_demand(city: City, *, by: Posting | None = None, now: datetime = NOW, **facts: Any) -> Demand:
    by = by or city.yibao_reporter
    values = {
        "party": "CITIZEN",
        "source": "陪同办听取",
        "text": "希望备案结果短信告知。",
        "found_on": ON,
        "is_accepted": True,
        "responsible_unit": by.organization,
    }
    return findings.register_demand(
        by=by,
        now=now,
        campaign=city.campaign,
        reporting_unit=by.organization,
        calendar=CALENDAR,
        **{**values, **facts},
    )


def make_measure(
    item: LedgerItem,
    by: Posting,
    *,
    now: datetime = NOW,
    kind: str = "DATED",
    due_on: date | None = DUE,
    **facts,
) -> Measure:
    """A measure of one item with two steps (none for 立行立改)."""
    steps = (
        [
            {"text": "排查叫号系统", "due_on": due_on - timedelta(days=10), "person_text": "信息科"},
            {"text": "增设午间值守", "due_on": due_on, "person_text": ""},
        ]
        if due_on
        else []
    )
    return findings.write_measure(
        by=by,
        now=now,
        items=[LedgerItem.objects.get(pk=item.pk)],
        lead_unit=by.organization,
        steps=facts.pop("steps", steps),
        calendar=CALENDAR,
        **{"text": "安排午间值守，修复叫号系统。", "rectify_kind": kind, "due_on": due_on, **facts},
    )


def fresh(item: LedgerItem) -> LedgerItem:
    """The item as the database has it now."""
    return LedgerItem.objects.select_related(
        "responsible_unit", "deadline", "turn", "problem__category", "problem__session", "demand"
    ).get(pk=item.pk)


def unit_postings(city: City, unit: Organization) -> SimpleNamespace:
    """填报员, 分管负责人, 主要负责人 of a unit of the city."""
    key = next(name for name, value in vars(city).items() if value == unit)
    return SimpleNamespace(
        **{role: getattr(city, f"{key}_{role}") for role in ("reporter", "deputy", "head")}
    )


def make_item(
    city: City,
    state: str,
    *,
    kind: str = "DATED",
    category: str = "B05",
    unit: Organization | None = None,
    now: datetime = NOW,
    due_on: date = DUE,
    **facts: Any,
) -> LedgerItem:
    """An item in `state`, walked there by the actions: `unit` (default 市医保局) is responsible.

    `kind`: 整改类型; 待转办 and 待签收 are found by 市人社局 (by 市医保局 where 市人社局 is responsible).
    """
    unit = unit or city.yibao
    foreign = state in (S.UNASSIGNED, S.ASSIGNED)
    own = unit_postings(city, unit)
    finder = (
        (city.renshe_reporter if unit != city.renshe else city.yibao_reporter) if foreign else own.reporter
    )
    proposed = RectifyKind.QUICK if kind == "QUICK" else ""
    problem = make_problem(
        city, responsible=unit, by=finder, now=now, category=category, kind=proposed, **facts
    )
    item = problem.item
    for step in _WAY[state, kind] if (state, kind) in _WAY else _WAY[state, "DATED"]:
        step(city, item, own, now, kind, due_on)
        item = fresh(item)
    return item


def _assign(city, item, own, now, kind, due_on):
    ledger.assign(item=item, by=city.shengaiban, now=now, calendar=CALENDAR)


def _plan(city, item, own, now, kind, due_on):
    make_measure(
        item, own.reporter, now=now, kind=kind, due_on=None if kind in ("QUICK", "LASTING") else due_on
    )


def _agree(city, item, own, now, kind, due_on):
    consent = requests.ask_consent(item=item, by=own.reporter, now=now, kind="LASTING", reason="需长期坚持。")
    requests.decide_consent(
        consent=consent, by=_decider(city, item), now=now, granted=True, calendar=CALENDAR
    )


def _decider(city, item):
    """审改办's own house is decided about by 督查室."""
    return city.duchashi if item.responsible_unit_id == city.hall.pk else city.shengaiban


def _submit(city, item, own, now, kind, due_on):
    ledger.submit_plan(item=item, by=own.reporter, now=now, calendar=CALENDAR)


def _sign(city, item, own, now, kind, due_on):
    ledger.sign(item=item, by=own.head, now=now, calendar=CALENDAR)


def _apply(city, item, own, now, kind, due_on):
    ledger.apply_for_closure(item=item, by=own.reporter, now=now, files=[vetted()], calendar=CALENDAR)


def _finish(city, item, own, now, kind, due_on):
    ledger.finish_quick(item=item, by=own.reporter, now=now, files=[vetted()], calendar=CALENDAR)


def _review(city, item, own, now, kind, due_on):
    ledger.pass_review(item=item, by=own.deputy, now=now, calendar=CALENDAR)


def _close(city, item, own, now, kind, due_on):
    if item.problem.category.code[:1] in "AC" and item.rectify_kind == "DATED":
        LedgerItem.objects.filter(pk=item.pk).update(waiver_reason="同批已核验")
        item = fresh(item)
    ledger.close(item=item, by=_decider(city, item), now=now, calendar=CALENDAR)


def _refuse(city, item, own, now, kind, due_on):
    ledger.refuse(item=item, by=city.shengaiban, now=now, note="不属实。", calendar=CALENDAR)


def _merge(city, item, own, now, kind, due_on):
    into = make_problem(city, by=own.reporter, now=now, text="并入的那一条。").item
    ledger.merge(item=item, into=into, by=city.shengaiban, now=now, note="同一件事。", calendar=CALENDAR)


def _escalate(city, item, own, now, kind, due_on):
    consent = requests.ask_consent(
        item=item, by=own.reporter, now=now, kind=ConsentKind.ESCALATE, reason="省级系统问题。"
    )
    requests.decide_consent(
        consent=consent, by=_decider(city, item), now=now, granted=True, calendar=CALENDAR
    )


_WAY = {
    (S.UNASSIGNED, "DATED"): (),
    (S.ASSIGNED, "DATED"): (_assign,),
    (S.PLANNING, "DATED"): (_plan,),
    (S.UNSIGNED, "DATED"): (_plan, _submit),
    (S.UNSIGNED, "LASTING"): (_plan, _agree, _submit),
    (S.RECTIFYING, "DATED"): (_plan, _submit, _sign),
    (S.RECTIFYING, "LASTING"): (_plan, _agree, _submit, _sign),
    (S.APPLIED, "DATED"): (_plan, _submit, _sign, _apply),
    (S.APPLIED, "LASTING"): (_plan, _agree, _submit, _sign, _apply),
    (S.REVIEWED, "DATED"): (_plan, _submit, _sign, _apply, _review),
    (S.REVIEWED, "LASTING"): (_plan, _agree, _submit, _sign, _apply, _review),
    (S.REVIEWED, "QUICK"): (_plan, _finish),
    (S.CLOSED, "DATED"): (_plan, _submit, _sign, _apply, _review, _close),
    (S.CLOSED, "QUICK"): (_plan, _finish, _close),
    (S.STAGED, "DATED"): (),
    (S.STAGED, "LASTING"): (_plan, _agree, _submit, _sign, _apply, _review, _close),
    (S.REFUSED, "DATED"): (_refuse,),
    (S.MERGED, "DATED"): (_merge,),
    (S.ESCALATED, "DATED"): (_plan, _submit, _sign, _escalate),
}
