"""What a cell means: every spelling of contract §6, and what is refused in words."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.ground.sheets.values import (
    BadValue,
    Broken,
    as_boolean,
    as_choice,
    as_code,
    as_date,
    as_datetime,
    as_decimal,
    as_email,
    as_integer,
    as_list,
    as_name,
    as_phone,
    as_text,
    is_blank,
    same_name,
)

DAY = dt.date(2022, 5, 20)


@pytest.mark.parametrize(
    "value",
    [
        "2022-5-20",
        "2022.5.20",
        "2022/5/20",
        "2022年5月20日",
        "2022年5月20号",
        "２０２２－０５－２０",
        " 2022 年 5 月 20 日 ",
        "2022-05-20 14:30",
        "2022年5月20日14:30",
        "2022年5月20日 14时30分",
        "2022-05-20T14:30:00",
        "20220520",
        20220520.0,
        44701,
        44701.604,
        "44701",
        DAY,
        dt.datetime(2022, 5, 20, 14, 30),
    ],
)
def test_every_spelling_of_a_day(value):
    assert as_date(value) == DAY


def test_excel_serial_numbers():
    assert as_date(42725) == dt.date(2016, 12, 21)
    assert as_date("42725.0") == dt.date(2016, 12, 21)
    assert as_datetime(44701.604166666664) == dt.datetime(2022, 5, 20, 14, 30)


@pytest.mark.parametrize(
    ("value", "hour", "minute"),
    [
        ("2022-5-20 14:30", 14, 30),
        ("2022.5.20 9:05:00", 9, 5),
        ("2022年5月20日下午2:30", 14, 30),
        ("2022/5/20 上午 9:05", 9, 5),
        ("2022年5月20日14点30分", 14, 30),
        ("2022-5-20", 0, 0),
    ],
)
def test_moments(value, hour, minute):
    assert as_datetime(value) == dt.datetime(2022, 5, 20, hour, minute)


@pytest.mark.parametrize(
    "value",
    [
        "21019-05-20",
        "2022-13-01",
        "2022-2-30",
        "2022-5",
        "22.5.20",
        "2022-5/20",
        "昨天",
        "1949-12-31",
        "2101-01-01",
        "2022-5-20 25:00",
        1,
        99999999,
        1e300,
        dt.date(1900, 1, 1),
        dt.datetime(9999, 12, 31, 23, 59, 59, 999_999),
        "2022-5-20 and more",
        True,
        dt.time(8, 30),
    ],
)
def test_impossible_and_absurd_dates_are_refused(value):
    with pytest.raises(BadValue, match="日期|年之间"):
        as_date(value)


@given(st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2100, 12, 31, 23, 59, 59)))
def test_moments_survive_as_text_and_as_serial(moment):
    moment = moment.replace(microsecond=0)
    assert as_datetime(moment.strftime("%Y-%m-%d %H:%M:%S")) == moment
    assert as_datetime(f"{moment.year}年{moment.month}月{moment.day}日") == dt.datetime.combine(
        moment, dt.time()
    )
    serial = (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    assert as_datetime(serial) == moment


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.times()))
def test_no_cell_ever_crashes_a_parser(value):
    for parser in (as_text, as_name, as_code, as_date, as_decimal, as_integer, as_boolean, as_phone, as_list):
        try:
            parser(value)
        except BadValue as error:
            assert str(error).strip()  # noqa: PT017 - the sentence is for a person


@given(st.text())
def test_cleaning_twice_changes_nothing(value):
    for parser in (as_text, as_name, as_code):
        once = parser(value)
        assert parser(once) == once


def test_texts_names_and_codes():
    assert as_text("\u3000 （一）材料 多\r\n第二行\u200b ") == "（一）材料 多\n第二行"
    assert as_name(" 张　 三 ") == "张三"
    assert as_name("欧阳 ·\n娜娜 Li  Ming") == "欧阳·娜娜 Li Ming"
    assert as_code(" ４３０４００－０２９ ") == "430400-029"
    assert as_code("ＷＴ（1）") == "WT(1)"
    assert as_code(430400.0) == "430400"
    assert as_code("430400–029") == "430400-029"
    assert same_name("衡阳市 医疗保障局（本级）") == same_name("衡阳市医疗保障局(本级)")
    assert as_text(None) == as_code(None) == as_name("　") == ""
    with pytest.raises(BadValue, match="15 位"):
        as_code(4.304e17)
    with pytest.raises(BadValue, match="超过 3 个字"):
        as_text("一二三四", max_length=3)
    with pytest.raises(BadValue, match="#N/A"):
        as_text(Broken("#N/A"))
    with pytest.raises(BadValue, match="#REF!"):
        as_date(Broken("#REF!"))


def test_choices_lists_and_booleans():
    kinds = {"A": "市政府", "B": "“一件事一次办”小程序"}
    assert as_choice("市 政府", kinds) == "A"
    assert as_choice('"一件事一次办"小程序', kinds) == "B"
    assert as_choice(None, kinds) == ""
    with pytest.raises(BadValue, match="“省政府”不在可选值内：市政府、"):
        as_choice("省政府", kinds)
    assert as_list("甲、乙，丙,丁;戊；己\n庚、、甲") == list("甲乙丙丁戊己庚")
    assert [as_boolean(v) for v in ("是", "Y", "y", "Ｙ", "√", 1.0, True, "TRUE")] == [True] * 8
    assert [as_boolean(v) for v in ("否", "N", "×", 0, False, "false")] == [False] * 6
    assert as_boolean(" ") is None
    with pytest.raises(BadValue, match="是"):
        as_boolean("也许")


def test_numbers():
    assert as_integer("３") == as_integer(3.0) == as_integer("3.0") == 3
    assert as_integer("1,200") == 1200
    assert as_decimal(0.1 + 0.2) == Decimal("0.3")
    assert as_decimal("12.50") == Decimal("12.5")
    assert as_integer("") is None
    for bad in ("三", "1.5", "-1", "1,2", 1e300, float("nan"), True, "9" * 12):
        with pytest.raises(BadValue):
            as_integer(bad)
    with pytest.raises(BadValue, match="2 位小数"):
        as_decimal("0.123")


def test_phones_and_addresses():
    assert as_phone(13800000001.0) == as_phone("138 0000-0001") == as_phone("+8613800000001") == "13800000001"
    assert as_phone("0734-8860001") == "0734-8860001"
    assert as_phone("(0734)8860001") == "0734-8860001"
    assert as_phone("138****0001") == "138****0001"
    assert as_phone(None) == ""
    with pytest.raises(BadValue, match="电话"):
        as_phone("12345678901234")
    assert as_email(" A.B@Example.CN ") == "a.b@example.cn"
    with pytest.raises(BadValue, match="邮箱"):
        as_email("a@b")


def test_blank():
    assert is_blank(None)
    assert is_blank(" \u3000\u200b")
    assert not is_blank(0)
    assert not is_blank(False)
