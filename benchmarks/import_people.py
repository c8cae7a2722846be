"""A roster of 100,000 people into PostgreSQL: ours, django-import-export row by row, and the floor (issue 5).

Everything is written into transactions that are thrown away, so any migrated database will do. The default way runs on
a slice and is scaled: at its pace the whole would take most of an hour. The floor reads with the fastest reader and
hands the rows to COPY, checking nothing; once more with the telephone encrypted, as no import may leave it plain.
"""

import io
import statistics
import time
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

NOW = datetime(2022, 6, 20, 2, tzinfo=UTC)
ROWS = 100_000
SLICE = 1_000
ROUNDS = 3
UNITS = 100
HEADER = ("人员编号", "姓名", "单位编码", "职务", "身份", "手机号码", "是否应走", "任职日期")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def measure(scale: str | None, times: int, folder: Path) -> list[dict]:
    """Seconds of each way, and how they compare."""
    from django.core.management import call_command

    if scale:
        call_command("migrate", verbosity=0)
    rows = [_person(number) for number in range(ROWS)]
    content = _workbook(rows)
    ways = {
        "ours: gate, read, plan, lines, COPY, audit": lambda: _ours(content),
        f"import-export row by row, {SLICE} rows": lambda: _row_by_row(rows[:SLICE]),
        "floor: calamine and COPY, nothing checked": lambda: _floor(content, sealed=False),
        "floor, telephone encrypted and indexed": lambda: _floor(content, sealed=True),
    }
    taken = _in_turns(ways)
    ours, default, floor, sealed = taken.values()
    told = [{"what": name, "seconds": round(seconds, 2)} for name, seconds in taken.items()]
    scaled = default * ROWS / SLICE
    return [
        *told,
        {"what": f"… scaled to {ROWS} rows", "seconds": round(scaled, 1)},
        {"what": "row by row / ours (asked: at least 10)", "ratio": round(scaled / ours, 1)},
        {"what": "ours / floor (asked: at most 3)", "ratio": round(ours / floor, 2)},
        {"what": "ours / floor with encryption", "ratio": round(ours / sealed, 2)},
    ]


def _in_turns(ways: dict[str, Callable[[], None]]) -> dict[str, float]:
    """The median seconds of each way. They take turns: a machine that slows down slows all of them."""
    took: dict[str, list[float]] = {what: [] for what in ways}
    for _ in range(ROUNDS):
        for what, done in ways.items():
            with _thrown_away():
                begun = time.perf_counter()
                done()
                took[what].append(time.perf_counter() - begun)
    return {what: statistics.median(seconds) for what, seconds in took.items()}


@contextmanager
def _thrown_away():
    from django.db import transaction

    from campaigns.models import Organization

    with transaction.atomic():
        root = Organization.objects.create(code="BENCH", name="测速市", kind="CITY", path="/BENCH/")
        Organization.objects.bulk_create(
            Organization(
                code=f"BENCH-{number}",
                name=f"测速{number}局",
                kind="CITY_DEPARTMENT",
                parent=root,
                path=f"/BENCH/BENCH-{number}/",
            )
            for number in range(UNITS)
        )
        yield
        transaction.set_rollback(True)


def _person(number: int) -> tuple:
    code = f"BENCH-{number % UNITS}"
    phone = f"1380{number:07d}"
    return (
        f"{code}-{number:06d}",
        f"王{chr(0x4E00 + number % 5000)}",
        code,
        "科员",
        "工作人员",
        phone,
        "是",
        "2021-06-01",
    )


def _workbook(rows: list[tuple]) -> bytes:
    """An .xlsx of texts, written by hand: openpyxl would take longer than the import."""
    lines = [
        "<row>"
        + "".join(f'<c t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>' for cell in row)
        + "</row>"
        for row in [HEADER, *rows]
    ]
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type='
        f'"{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets><sheet name="人员" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type='
        f'"{_RELS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return target.getvalue()


def _ours(content: bytes) -> None:
    from campaigns.actions.imports import IMPORTERS, import_now
    from campaigns.models import User

    run = import_now(
        importer=IMPORTERS["people"],
        content=content,
        name="人员.xlsx",
        mode="stop",
        by=User.objects.get(username="system"),
        now=NOW,
    )
    if run.counts["created"] != ROWS:
        raise RuntimeError(run.errors[:3])


def _row_by_row(rows: list[tuple]) -> None:
    """The same Resource as django-import-export runs it; the unit as it wants a foreign key, accounts left out."""
    import tablib
    from import_export import fields, widgets

    from campaigns.models import Organization
    from campaigns.resources import PersonResource

    class RowByRow(PersonResource):
        organization = fields.Field(
            "organization", "单位编码", widgets.ForeignKeyWidget(Organization, "code")
        )

        class Meta(PersonResource.Meta):
            fields = tuple(name for name in PersonResource.Meta.fields if name not in ("login", "roles"))

    data = tablib.Dataset(*rows, headers=HEADER)
    resource = RowByRow()
    for name in ("login", "roles"):
        resource.fields.pop(name, None)
    result = resource.import_data(data, raise_errors=True, use_transactions=True)
    if result.totals["new"] != len(rows):
        raise RuntimeError(result.totals)


def _floor(content: bytes, *, sealed: bool) -> None:
    """The same rows with nothing checked; `sealed`: with the telephone as its column must hold it."""
    from django.conf import settings
    from django.db import connection
    from python_calamine import CalamineWorkbook

    from campaigns.ground.secret import blind_index
    from campaigns.models import Organization, Person

    seal = Person._meta.get_field("phone").get_prep_value
    if connection.vendor != "postgresql":
        raise SystemExit("import_people 要在 PostgreSQL 上测：请设置 DATABASE_URL。")
    units = dict(Organization.objects.values_list("code", "pk"))
    columns = "code, name, organization_id, title, rank, phone, phone_index, email, is_obligated, appointed_on, exemption_reason"
    with TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        path = Path(folder, "a.xlsx")
        path.write_bytes(content)
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).iter_rows()
        next(rows)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY campaigns_person ({columns}) FROM STDIN") as copy,
        ):
            for code, name, unit, title, _, phone, _, day in rows:
                secret, index = (seal(phone), blind_index(phone)) if sealed else (phone, "")
                copy.write_row((code, name, units[unit], title, "STAFF", secret, index, "", True, day, ""))
