"""Every number of a 通报 equals its rows; change one and it is named; a number nobody counts is named, too."""

import dataclasses
import json
import re

import pytest
from django.core.management import call_command

from campaigns.tests.factories import at
from issues.enums import LedgerState
from issues.models import DrawItem
from issues.tests.draw_cases import signed
from issues.tests.factories import CALENDAR, make_city, make_item
from issues.tests.followup_cases import SOLVED, asked
from reports.bulletin_check import misprints
from reports.bulletin_facts import paper_of_day
from reports.inspections import checks_table, gather_checks
from reports.papers.document import Attachment, Heading, Table
from reports.scope import unit_scope

pytestmark = pytest.mark.django_db
ON = at("2022-06-20").date()


@dataclasses.dataclass
class World:
    city: object


@pytest.fixture
def scope():
    """A city with a late item, a draw signed as faulty, a solved and an unsolved 回访."""
    city = make_city()
    make_item(city, LedgerState.RECTIFYING, due_on=at("2022-06-13").date())
    signed(World(city))
    DrawItem.objects.update(outcome="FAULTY")
    asked(city, phone="13800000001")
    asked(city, SOLVED, phone="13800000002")
    return unit_scope(organization=city.shengaiban.organization, campaign=city.campaign, on=ON)


@pytest.fixture
def paper(scope):
    return paper_of_day(scope, CALENDAR)


def test_a_paper_of_the_day_is_right(scope, paper):
    assert [one.name for one in paper.attachments] == ["情况统计表", "逾期清单", "抽查回访结果"]
    assert misprints(paper, scope, CALENDAR) == []


def test_what_the_checks_found_is_said(scope, paper):
    words = next(block.run_in for block in paper.blocks if getattr(block, "text", "") == "抽查回访情况。")
    assert words == (
        "经两人签字的抽查结论1条，其中整改到位0条、整改不到位1条、不属实0条。有效回访2人次，"
        "回访满意率50.0%（1/2）；未解决或不属实1人次，据此恢复整改0条。见附件3。"
    )
    table = checks_table(gather_checks(scope))
    assert table.rows[-1] == ("合计", "1", "0", "1", "0", "2", "1", "1", "0")
    named = paper.attachments[2].blocks[1].rows
    assert sorted(row[3] for row in named) == ["回访未解决", "抽查整改不到位"]


def numbers_of(paper):
    """Each number of the sentences the system wrote: (place of the block, start, end)."""
    for place, block in enumerate(paper.blocks):
        if isinstance(block, Heading) and block.text in (
            "体验情况。",
            "查摆情况。",
            "整改情况。",
            "抽查回访情况。",
            "逾期未整改。",
        ):
            for found in re.finditer(r"\d+(?:\.\d+)?", re.sub(r"附件\d", "附件N", block.run_in)):
                yield place, found.start(), found.end()


def test_any_other_number_in_a_sentence_is_found(scope, paper):
    """Each number in turn is made one greater; not one of them slips by."""
    places = list(numbers_of(paper))
    assert len(places) > 30
    for place, start, end in places:
        block = paper.blocks[place]
        other = str(int(float(block.run_in[start:end])) + 1)
        wrong = dataclasses.replace(block, run_in=block.run_in[:start] + other + block.run_in[end:])
        blocks = (*paper.blocks[:place], wrong, *paper.blocks[place + 1 :])
        assert misprints(dataclasses.replace(paper, blocks=blocks), scope, CALENDAR), block.run_in[start:end]


def changed(paper, name: str, table: int, row: int, column: int):
    """The paper with one cell of an attachment one greater."""
    attachments = []
    for one in paper.attachments:
        blocks = list(one.blocks)
        if one.name == name:
            found: Table = blocks[table]
            rows = [list(cells) for cells in found.rows]
            rows[row][column] = str(int(re.sub(r"\D.*", "", rows[row][column]) or 0) + 1)
            blocks[table] = dataclasses.replace(found, rows=tuple(map(tuple, rows)))
        attachments.append(Attachment(one.name, tuple(blocks)))
    return dataclasses.replace(paper, attachments=tuple(attachments))


@pytest.mark.parametrize(
    ("name", "table", "row", "column"),
    [("情况统计表", 0, 3, 1), ("情况统计表", 1, 0, 3), ("逾期清单", 0, 0, 0), ("抽查回访结果", 0, 0, 1)],
)
def test_any_other_number_in_a_table_is_found(scope, paper, name, table, row, column):
    assert misprints(changed(paper, name, table, row, column), scope, CALENDAR)


def test_a_number_nobody_counts_is_found(scope, paper):
    place = next(i for i, block in enumerate(paper.blocks) if getattr(block, "text", "") == "查摆情况。")
    more = dataclasses.replace(paper.blocks[place], run_in=paper.blocks[place].run_in + "另有7件。")
    blocks = (*paper.blocks[:place], more, *paper.blocks[place + 1 :])
    assert misprints(dataclasses.replace(paper, blocks=blocks), scope, CALENDAR) == [
        "查摆情况。数字“7”没有对应的记录"
    ]


def test_the_command_reads_the_bulletin_too(scope, monkeypatch, capsys):
    call_command("check_figures", on=ON, campaign=scope.campaign.code, json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["mismatches"] == []
    monkeypatch.setattr("reports.bulletin_check.BAD", ())
    with pytest.raises(SystemExit):
        call_command("check_figures", on=ON, campaign=scope.campaign.code, json=True)
    wrong = json.loads(capsys.readouterr().out.splitlines()[-1])["mismatches"]
    assert any(line.startswith("通报：抽查回访情况。") for line in wrong)
