"""The heat map of 重点事项 × places: every cell a number, a sign and a link; its colour only repeats them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.urls import reverse

from campaigns.coverage import Coverage, counties
from campaigns.enums import MatterFocus, OrganizationKind, Reach
from campaigns.ground import table
from campaigns.ground.charts import heat_level
from campaigns.lists import words_of
from campaigns.models import Matter, Organization, Posting
from campaigns.process_places import CITY

FULL, PARTLY, NONE, ELSEWHERE = "✓", "◐", "✗", "·"
_WORDS = {FULL: "全程走完", PARTLY: "走过，没走完全程", NONE: "还没有走", ELSEWHERE: "不在这里办"}


@dataclass(frozen=True)
class Column:
    """A place: `place` is what the list of walks is narrowed by."""

    label: str
    path: str
    place: str
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    place: str
    sign: str
    walks: int
    level: int
    url: str
    words: str


@dataclass(frozen=True)
class Line:
    """One matter; `cells` in the order of the map's columns."""

    matter: Matter
    cells: tuple[Cell, ...]
    done: int
    asked: int

    @property
    def walks(self) -> int:
        return sum(cell.walks for cell in self.cells)

    def places(self, sign: str) -> str:
        """Labels of the places with this sign, by 、."""
        return "、".join(cell.place for cell in self.cells if cell.sign == sign)


@dataclass(frozen=True)
class HeatMap:
    """done of asked: cells that are walked through, of those that ought to be."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    done: int
    asked: int


class CoverageFilter(forms.Form):
    campaign = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    q = forms.CharField(label="事项或主管单位", required=False, max_length=100)
    focus = forms.ChoiceField(
        label="重点类别",
        required=False,
        choices=[("", "全部"), *((label, label) for label in MatterFocus.labels)],
    )
    owner_kind = forms.ChoiceField(
        label="主管单位类型",
        required=False,
        choices=[("", "全部"), *((label, label) for label in OrganizationKind.labels)],
    )
    state = forms.ChoiceField(
        label="覆盖", required=False, choices=[("", "全部"), ("有缺口", "有缺口"), ("已全覆盖", "已全覆盖")]
    )

    def shows(self, line: Line) -> bool:
        """Whether the line is one the filter asks for; a filter that makes no sense shows nothing."""
        if not self.is_bound:
            return True
        if not self.is_valid():
            return False
        said, matter = self.cleaned_data, line.matter
        if (
            said["q"]
            and said["q"] not in f"{matter.name} {matter.code} {matter.owner.label} {matter.owner.name}"
        ):
            return False
        if said["owner_kind"] and said["owner_kind"] != matter.owner.get_kind_display():
            return False
        focuses = dict(zip(MatterFocus.labels, MatterFocus.values, strict=True))
        if said["focus"] and focuses[said["focus"]] not in matter.focuses:
            return False
        return not said["state"] or (line.done < line.asked) == (said["state"] == "有缺口")


COVERAGE = (
    table.Column("事项编码", lambda row: row.code, width=16),
    table.Column("重点事项", lambda row: row.name, link=True, width=26),
    table.Column("主管单位", lambda row: row.owner.label, width=16),
    table.Column("主管单位类型", lambda row: row.owner.get_kind_display(), width=12),
    table.Column("重点类别", lambda row: words_of(row.focuses, MatterFocus), width=16),
    table.Column("应走地方数", lambda row: row.line.asked, "number", width=10),
    table.Column("全程走完地方数", lambda row: row.line.done, "number", width=12),
    table.Column("走流程次数", lambda row: row.line.walks, "number", width=10),
    table.Column("全程走完的地方", lambda row: row.line.places(FULL), "long", width=40),
    table.Column("走过、没走完全程的地方", lambda row: row.line.places(PARTLY), "long", width=40),
    table.Column("还没有走的地方", lambda row: row.line.places(NONE), "long", width=40),
)


def heat_map(coverage: Coverage, posting: Posting, form: CoverageFilter) -> HeatMap:
    """Key matters that concern the posting's reach, by the places in it; the filter's lines only."""
    columns = _columns(posting)
    top = max((tally.walks for tally in coverage.tallies.values()), default=0)
    path = posting.organization.path
    matters = coverage.matters if _is_city(posting) else coverage.matters_of(path)
    lines = [_line(coverage, matter, columns, min(top, 8)) for matter in matters]
    shown = tuple(line for line in lines if form.shows(line))
    return HeatMap(tuple(columns), shown, sum(line.done for line in shown), sum(line.asked for line in shown))


def _is_city(posting: Posting) -> bool:
    return posting.organization.kind == OrganizationKind.CITY


def _columns(posting: Posting) -> list[Column]:
    """市本级 and the counties for the city's reach; a county and its departments; else the unit alone."""
    unit = posting.organization
    if _is_city(posting) and posting.reach == Reach.SUBTREE:
        places = counties()
        own = Column(CITY, "", CITY, tuple(place.path for place in places))
        return [own, *(Column(place.label, place.path, place.code) for place in places)]
    units = [unit]
    if posting.reach == Reach.SUBTREE:
        below = Organization.objects.under(unit).filter(Q(is_participant=True) & ~Q(pk=unit.pk))
        units += list(below.order_by("code"))
    return [Column(each.label, each.path, each.code) for each in units]


def _line(coverage: Coverage, matter: Matter, columns: list[Column], top: int) -> Line:
    cells = tuple(_cell(coverage, matter, column, top) for column in columns)
    asked = [cell for cell in cells if cell.sign != ELSEWHERE]
    return Line(matter, cells, sum(cell.sign == FULL for cell in asked), len(asked))


def _cell(coverage: Coverage, matter: Matter, column: Column, top: int) -> Cell:
    """The sign is the node's own (walked through at the owner's or the place's unit), the number that of the list behind."""
    path = column.path or matter.owner.path
    walks, tally = _walks(coverage, matter, column), coverage.at(matter, path)
    runs = any(own.startswith(path) for own in coverage.running[matter.pk])
    sign = FULL if tally.full else PARTLY if walks else NONE if runs else ELSEWHERE
    query = {"matter": matter.code, "place": column.place, "state": "不含草稿"}
    url = f"{reverse('walk_list')}?{urlencode(query)}" if walks else ""
    words = f"{matter.name}，{column.label}：{_WORDS[sign]}" + (f"，共 {walks} 次" if walks else "")
    return Cell(column.label, sign, walks, heat_level(walks, top), url, words)


def _walks(coverage: Coverage, matter: Matter, column: Column) -> int:
    """At a unit and below it; 市本级 is the whole city without its counties."""
    if column.path:
        return coverage.at(matter, column.path).walks
    whole = coverage.at(matter, f"/{matter.owner.path.split('/')[1]}/").walks
    return whole - sum(coverage.at(matter, path).walks for path in column.without)
