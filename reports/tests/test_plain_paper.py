"""A paper's body as text and back: marks, exhibits, what nobody may invent."""

import pytest

from campaigns.ground.refusal import NotAllowed
from reports.papers.document import Heading, Lines, Paragraph, Table, bars_of
from reports.papers.plain_paper import check_exhibits, exhibits, from_text, to_text

BARS = bars_of("图1　五种形式", {"亲身办": 4, "帮代办": 2}, "场次")
LINES = Lines("图2　走势", ("4-19", "4-26"), (("列入台账", (0, 3)), ("已销号", (0, 1))))
TABLE = Table(("身份", "应走"), (("主要负责人", "3"),), caption="表1　应走人员")
BLOCKS = (
    Paragraph("根据方案要求。"),
    Heading(1, "工作开展情况"),
    Heading(2, "组织走流程。", "应走3人。已走2人。"),
    BARS,
    TABLE,
    Heading(1, "整改成效"),
    Heading(2, "逐一销号。", "销号率77.0%。"),
    Heading(3, "第一项。", "做完。"),
    LINES,
)


def test_text_and_back_is_the_same_paper():
    text = to_text(BLOCKS)
    assert text.splitlines()[1:4] == [
        "一、工作开展情况",
        "（一）组织走流程。应走3人。已走2人。",
        "【图1　五种形式】",
    ]
    assert from_text(text, exhibits(BLOCKS)) == BLOCKS


def test_marks_are_counted_anew_and_other_brackets_are_read():
    text = "一、工作开展情况\n三、整改成效\n(一) 逐一销号。完成。\n2022年6月共3条。\n1.5倍不是标题"
    assert from_text(text, ()) == (
        Heading(1, "工作开展情况"),
        Heading(1, "整改成效"),
        Heading(2, "逐一销号。", "完成。"),
        Paragraph("2022年6月共3条。"),
        Paragraph("1.5倍不是标题"),
    )


def test_a_chart_that_is_no_more_is_left_out_when_printed_and_refused_when_typed():
    text = "开头。\n【图9　没有的图】\n【图1　五种形式】"
    assert from_text(text, [BARS]) == (Paragraph("开头。"), BARS)
    with pytest.raises(NotAllowed, match="没有名为“图9　没有的图”的图表，可用的有：【图1　五种形式】"):
        check_exhibits(text, [BARS])
