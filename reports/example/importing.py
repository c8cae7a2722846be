"""系统管理员 imports two files through the engine itself: one goes in whole, one comes back with its faults marked."""

from datetime import datetime, timedelta

from campaigns.actions.imports import IMPORTERS, confirm_import, preview_import
from campaigns.actions.imports_plan import ImportMode
from campaigns.enums import Role
from campaigns.ground.sheets.write import WriteColumn, WriteSheet, write_workbook
from campaigns.models import ImportRun
from reports.example import roster
from reports.example.city import City
from reports.example.stage import Life

_CASES = (
    "办件编号",
    "事项编码",
    "实施单位编码",
    "渠道",
    "申请时间",
    "受理时间",
    "办结时间",
    "补正次数",
    "到场次数",
)
_PEOPLE = ("人员编号", "姓名", "单位编码", "职务", "身份", "是否应走", "任职日期")
_UNIT = "430400-014"  # 市人社局


def import_files(city: City) -> Life:
    """办件数据 of one unit with everything in order; then a personnel sheet with four wrong cells, which writes nothing."""
    last = city.timeline.last
    moment = yield (last - 4, 10 * 60 + 15)
    run = _preview(city, "cases", "办件数据（市人社局）.xlsx", _CASES, _cases(city), moment.now)
    confirm_import(
        importer=IMPORTERS["cases"], run=run, by=city.seats[Role.ADMIN, roster.CITY], now=moment.now
    )
    moment = yield (last - 2, 15 * 60 + 30)
    _preview(city, "people", "人员变动表.xlsx", _PEOPLE, _people(city), moment.now)


def _preview(
    city: City, kind: str, name: str, labels: tuple[str, ...], rows: list[tuple], now: datetime
) -> ImportRun:
    sheet = WriteSheet(IMPORTERS[kind].resource.sheet, [WriteColumn(label, 20) for label in labels], rows)
    return preview_import(
        importer=IMPORTERS[kind],
        content=write_workbook([sheet]),
        name=name,
        mode=ImportMode.STOP,
        by=city.seats[Role.ADMIN, roster.CITY],
        now=now,
    )


def _cases(city: City) -> list[tuple]:
    """Ten cases of the unit's first matter, a day apart, each done the next working day."""
    matter = next(matter for matter in city.matters if matter.owner.code == _UNIT)
    rows = []
    for number in range(10):
        applied = city.timeline.at(20 + number, 9 * 60 + 5 * number)
        finished = city.timeline.at(21 + number, 15 * 60 + 10)
        facts = (applied, applied + timedelta(minutes=25), finished, number % 3 == 1, 1 + number % 2)
        rows.append(
            (f"430400{applied:%Y%m%d}5{number:03d}", matter.code, _UNIT, "线下窗口", *map(_cell, facts))
        )
    return rows


def _cell(value: datetime | int) -> datetime | int:
    """A moment as the wall clock showed it; True and False as 1 and 0."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else int(value)


def _people(city: City) -> list[tuple]:
    """A unit nobody knows, a 身份 the document hasn't, a day the calendar hasn't, a 职务 left out."""
    since = city.timeline.day(city.timeline.last - 13)
    never = f"{since:%Y}-06-31"
    return [
        ("430400-014-91", "欧阳某", _UNIT, "四级调研员", "工作人员", "否", since),
        ("430400-014-92", "司马某", "市人社保障局", "副局长", "班子成员", "是", since),
        ("430400-014-93", "上官某", _UNIT, "科长", "中层干部", "是", never),
        ("430400-014-94", "诸葛某", _UNIT, "", "工作人员", "否", since),
    ]
