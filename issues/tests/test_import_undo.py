"""Every kind of import, taken back: afterwards the database holds what it held before, record by record."""

import pytest
from django.apps import apps

from campaigns.actions.imports_undo import undo_import
from campaigns.actions.obligations import refresh_rosters
from campaigns.enums import OrganizationKind, Reach, Role
from campaigns.ground.refusal import NotAllowed
from campaigns.models import Matter, Organization, Posting, WalkSession
from campaigns.tests.factories import (
    NOW,
    assert_ways_are_told,
    make_campaign,
    make_matter,
    make_matter_unit,
    make_person,
    make_posting,
    make_unit,
)
from campaigns.tests.importing import exported, load, sheet, table
from campaigns.tests.test_import_cases import case
from campaigns.tests.test_import_complaints import order
from campaigns.tests.test_import_sessions import book, full, step, walk
from issues.actions.clue_flow import ask
from issues.actions.imports import IMPORTERS
from issues.actions.imports_undo import UNDOINGS
from issues.enums import ClueAct
from issues.models import Clue, ClueEntry, LedgerItem, Measure, Problem
from issues.tests.factories import CALENDAR, client_of
from issues.tests.test_import_lists import book_bytes, demand, measure, plan_step, problem

pytestmark = pytest.mark.django_db
# Traces that stay: files, the import itself, numbers that were given out.
TRACES = {"ImportRun", "ImportLine", "StoredFile", "AuditEvent", "Counter", "Job"}
BUREAU = "430400-031"


@pytest.fixture
def admin():
    """A city with two bureaus, an open campaign, a matter and somebody who walks; its 系统管理员."""
    city = make_unit("430400", name="衡阳市人民政府", short_name="市政府")
    bureau = make_unit(BUREAU, city, name="衡阳市医疗保障局", short_name="市医保局")
    make_unit("430400-014", city, name="衡阳市人力资源和社会保障局", short_name="市人社局")
    make_campaign()
    make_matter(bureau, "异地就医备案", "SX-1")
    walker = make_person(bureau, "周某", code="P1")
    make_posting(bureau, Role.WALKER, "yibaoju.tianbao", person=walker)
    return make_posting(city, Role.ADMIN, "sys.admin")


def rows(*lines: dict) -> bytes:
    return table(*lines)


def finding(**changes):
    units = {"填报单位编码": BUREAU, "责任单位编码": BUREAU, "配合单位编码": "市人社局"}
    return problem(登记编号=None, **{**units, **changes})


def unit(**changes):
    return {
        "单位编码": "U1",
        "单位名称": "新局",
        "单位类型": OrganizationKind.CITY_DEPARTMENT.label,
        "上级单位编码": "430400",
        **changes,
    }


def man(**changes):
    told = {"人员编号": "N1", "姓名": "张三", "单位编码": BUREAU, "职务": "科长", "身份": "工作人员"}
    return {**told, "手机号码": None, "登录账号": None, "系统角色": None, **changes}


NEW = {
    "organizations": lambda: rows(unit(), unit(单位编码="U2", 上级单位编码="U1", 单位类型="科股室")),
    "people": lambda: rows(man(登录账号="new.one", 系统角色="填报员、体验人"), man(人员编号="N2")),
    "postings": lambda: rows({"人员编号": "P1", "单位编码": "430400-014", "系统角色": "填报员"}),
    "matters": lambda: rows({"事项编码": "M9", "事项名称": "新事项", "主管单位编码": BUREAU}),
    "matter_units": lambda: rows({"事项编码": "SX-1", "实施单位编码": "430400-014", "环节数": 3}),
    "workdays": lambda: rows({"日期": "2031-05-01", "类型": "休息", "名称": "劳动节"}),
    "complaints": lambda: rows(order(满意度="满意"), order(工单编号="GD2", 满意度="满意")),
    "cases": lambda: rows(case()),
    "sessions": full,
    "problems": lambda: rows(finding()),
    "demands": lambda: rows(demand_of_bureau()),
}


def everything() -> dict[str, int]:
    """Model → number of rows, of everything but traces."""
    models = [
        model
        for config in ("campaigns", "issues")
        for model in apps.get_app_config(config).get_models(include_auto_created=True)
        if model.__name__ not in TRACES
    ]
    return {model.__name__: model._base_manager.count() for model in models}


def taken_in(kind: str, content: bytes, mode: str = "stop"):
    run = load(kind, content, mode, importers=IMPORTERS)
    assert run.errors == []
    return run


def take_back(run, admin):
    return undo_import(importer=IMPORTERS[run.kind], undoing=UNDOINGS[run.kind], run=run, by=admin, now=NOW)


@pytest.mark.parametrize("kind", NEW)
def test_new_records_go_with_all_that_came_along(admin, kind):
    refresh_rosters(
        by=admin, now=NOW
    )  # an import does it too; people who were there before stay on the roster
    before = everything()
    run = taken_in(kind, NEW[kind]())
    assert everything() != before
    take_back(run, admin)
    assert everything() == before


def test_every_kind_can_be_taken_back():
    assert UNDOINGS.keys() == IMPORTERS.keys()
    assert NEW.keys() | {"measures"} == IMPORTERS.keys()


def test_measures_go_and_their_items_are_as_they_were(admin):
    taken_in("problems", rows(finding(整改类型="长期坚持")))
    before = everything(), LedgerItem.objects.get().rectify_kind
    own = measure(填报单位编码=BUREAU, 牵头单位编码=BUREAU)
    run = taken_in("measures", book_bytes(sheet("措施", own), sheet("步骤", plan_step())))
    assert LedgerItem.objects.get().rectify_kind == "DATED"
    with pytest.raises(NotAllowed, match="不能撤销"):
        take_back(_run_of("problems"), admin)
    take_back(run, admin)
    assert (everything(), LedgerItem.objects.get().rectify_kind) == before


def _run_of(kind):
    return apps.get_model("campaigns", "ImportRun").objects.get(kind=kind)


def walk_changed() -> bytes:
    """Other words, another step, a point judged anew, one case less."""
    return book(
        [
            walk(
                体验情况="换一句话。",
                同行人员="赵某",
                窗口号="5号窗口",
                体验形式="坐窗办",
                实际费用="清空",
                照片指纹="清空",
            )
        ],
        [step(1, 等待分钟=3), step(2, 环节="受理", 开始时间="2022-05-20 09:10", 结束时间="2022-05-20 10:30")],
        [{"登记编号": walk()["登记编号"], "要点编码": "A01", "结论": "符合"}],
        [{"登记编号": walk()["登记编号"], "办件编号": "BJ1", "事项编码": "SX-1", "用时分钟": 20}],
    )


def measure_of_bureau(**changes):
    return measure(填报单位编码=BUREAU, 牵头单位编码=BUREAU, **changes)


def demand_of_bureau(**changes):
    units = {"填报单位编码": BUREAU, "责任单位编码": BUREAU}
    return demand(登记编号=None, 是否采纳="是", 办结时限="2022-08-01", **units, **changes)


# Kinds whose changed record has to come in first, in the order that needs it.
FIRST = {
    **{kind: {kind: NEW[kind]} for kind in ("complaints", "cases", "problems", "postings", "matter_units")},
    **{kind: {kind: NEW[kind]} for kind in ("workdays", "sessions", "demands")},
    "measures": {
        "problems": NEW["problems"],
        "measures": lambda: book_bytes(sheet("措施", measure_of_bureau()), sheet("步骤", plan_step())),
    },
}
CHANGED = {
    "organizations": lambda: rows(unit(单位编码=BUREAU, 单位名称="医保局", 单位简称="医保")),
    "people": lambda: rows(man(人员编号="P1", 姓名="周某", 手机号码="13800000009")),
    "postings": lambda: rows(
        {
            "人员编号": "P1",
            "单位编码": "430400-014",
            "系统角色": "填报员",
            "范围": "本级及下级",
            "截止日期": "2031-01-01",
        }
    ),
    "matter_units": lambda: rows(
        {"事项编码": "SX-1", "实施单位编码": "430400-014", "环节数": 5, "材料数": 2, "费用(元)": "12.50"}
    ),
    "workdays": lambda: rows({"日期": "2031-05-01", "类型": "上班", "名称": "调休"}),
    "sessions": walk_changed,
    "demands": lambda: rows(demand_of_bureau(具体需求="换一句话。", 期望效果="当天答复")),
    "measures": lambda: book_bytes(
        sheet("措施", measure_of_bureau(解决措施="换一句话。", 材料后=4, 成果类型="减材料")),
        sheet("步骤", plan_step(步骤="先改指南"), plan_step(序号=2, 步骤="再培训", 完成时限="2022-07-10")),
    ),
    "matters": lambda: rows({"事项编码": "SX-1", "事项名称": "改名", "主管单位编码": "430400-014"}),
    "complaints": lambda: rows(order(满意度="满意", 内容="换一句话。", 联系电话="13800000007")),
    "cases": lambda: rows(case(补正次数=3)),
    "problems": lambda: rows(finding(发现的问题="换一句话。", 配合单位编码="清空")),
}


@pytest.mark.parametrize("kind", CHANGED)
def test_changed_cells_get_their_old_values(admin, kind):
    for first, content in FIRST.get(kind, {}).items():
        taken_in(first, content())
    before = exported(kind, IMPORTERS)
    run = taken_in(kind, CHANGED[kind](), "update")
    assert run.counts["updated"] == 1
    assert exported(kind, IMPORTERS) != before
    take_back(run, admin)
    assert exported(kind, IMPORTERS) == before
    assert_ways_are_told()


def struck(session: WalkSession) -> Clue:
    """A 疑点 the nightly run raised on an imported walk."""
    facts = {"because": "走流程结束 5 个工作日以后才填报。", "others": []}
    return Clue.objects.create(rule="R10", session=session, weight=20, raised_on=NOW.date(), facts=facts)


def test_clues_nobody_took_up_go_with_their_walk(admin):
    before = everything()
    run = taken_in("sessions", NEW["sessions"]())
    clue = struck(WalkSession.objects.first())
    ClueEntry.objects.create(clue=clue, act=ClueAct.RENEW, at=NOW, note="事实再次成立。")
    take_back(run, admin)
    assert everything() == before


def test_a_walk_whose_clue_was_taken_up_stays_and_the_page_says_so(admin):
    run = taken_in("sessions", NEW["sessions"]())
    city = Organization.objects.get(code="430400")
    inspector = make_posting(city, Role.INSPECTOR, reach=Reach.SUBTREE)
    ask(
        clue=struck(WalkSession.objects.first()),
        question="为什么晚录？",
        by=inspector,
        now=NOW,
        calendar=CALENDAR,
    )
    with pytest.raises(NotAllowed, match="R10”已经由督查室核实，不能撤销这次导入"):
        take_back(run, admin)
    answer = client_of(admin).post(f"/imports/{run.token}/undo/", follow=True)
    assert answer.status_code < 500
    assert "已经由督查室核实，不能撤销这次导入。" in answer.content.decode()


def test_changed_cells_of_every_kind_are_tried():
    assert CHANGED.keys() == IMPORTERS.keys()


def test_a_role_whose_change_is_taken_back_still_waits_for_its_grant(admin):
    """What 安全管理员 granted was changed by the file: the old reach is back, the grant isn't (contract §5)."""
    walker = Posting.objects.get(role=Role.WALKER)
    assert walker.granted_at
    change = {"人员编号": "P1", "单位编码": BUREAU, "系统角色": "体验人", "范围": "本级及下级"}
    run = taken_in("postings", rows(change), "update")
    take_back(run, admin)
    walker.refresh_from_db()
    assert (walker.reach, walker.granted_at) == (Reach.OWN, None)


def test_a_finding_whose_item_went_on_stays(admin):
    run = taken_in("problems", NEW["problems"]())
    LedgerItem.objects.update(state="UNSIGNED")
    with pytest.raises(NotAllowed, match="已经开始办理，不能撤销"):
        take_back(run, admin)
    assert Problem.objects.count() == 1


def test_a_heap_that_opened_its_task_stays(admin):
    """Two bad marks open a compulsory 倒推办 at once (三、体验时间): the task was built on them."""
    run = taken_in("complaints", rows(order(), order(工单编号="GD2")))
    with pytest.raises(NotAllowed, match="倒推办任务"):
        take_back(run, admin)


def test_what_others_use_stays(admin):
    run = taken_in("matters", NEW["matters"]())
    make_matter_unit(Matter.objects.get(code="M9"), Organization.objects.get(code=BUREAU))
    with pytest.raises(NotAllowed, match="已被事项实施单位“.*”用到"):
        take_back(run, admin)


def test_only_the_administrator_takes_back(admin):
    run = taken_in("matters", NEW["matters"]())
    with pytest.raises(NotAllowed, match="系统管理员"):
        take_back(run, make_posting(Organization.objects.get(code=BUREAU), Role.REPORTER))
    assert not Measure.objects.exists()
