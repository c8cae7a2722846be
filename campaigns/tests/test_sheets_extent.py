"""How far a worksheet reaches and which cells have no value: element by element, whatever follows the cells."""

import pytest

from campaigns.ground.sheets.extent import Extent, TooLarge

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LOST = "没有计算结果的公式"


def extent_of(rows: str, after: str = "", *, most: int = 1000, block: int = 1 << 20) -> Extent:
    xml = (
        f'<worksheet xmlns="{MAIN}" xmlns:m="urn:m"><sheetData>{rows}</sheetData>{after}</worksheet>'.encode()
    )
    extent = Extent(most, most, most * most)
    for start in range(0, len(xml), block):
        extent.feed(xml[start : start + block])
    extent.feed(b"", last=True)
    return extent


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ('<row><c t="e"><v>#N/A</v></c></row>', {(1, 1): "#N/A"}),
        ('<row><c t="e"><v/></c></row>', {(1, 1): "#ERROR"}),
        ("<row><c><f>1+1</f></c></row>", {(1, 1): LOST}),
        ("<row><c><f>1+1</f><v/></c></row>", {(1, 1): LOST}),
        ("<row><c><f>1+1</f><v>2</v></c></row>", {}),
        ('<row><c t="str"><f>""</f><v></v></c></row>', {}),
        # What stands in one cell says nothing of the next.
        ("<row><c><f>1+1</f></c><c><v>1</v></c><c/></row>", {(1, 1): LOST}),
        ('<row><c t="e"><v>#REF!</v></c><c><v>#N/A</v></c></row>', {(1, 1): "#REF!"}),
        (
            "<row><c><f>1</f><v>1</v></c><c><f>2</f></c></row><row><c><f>3</f></c></row>",
            {(1, 2): LOST, (2, 1): LOST},
        ),
        (
            '<row r="7"><c r="C7"><is><r><rPr><b/></rPr><t>x</t></r></is></c><c r="D7"><f>1</f></c></row>',
            {(7, 4): LOST},
        ),
        ("<m:row><m:c><m:f>1</m:f></m:c></m:row>", {(1, 1): LOST}),
    ],
)
def test_cells_without_a_value_are_named(rows, broken):
    assert extent_of(rows).broken == broken
    assert extent_of(rows, block=7).broken == broken, "in blocks of seven bytes as in one"


@pytest.mark.parametrize(
    ("rows", "reach"),
    [
        ("<row><c><v>1</v></c><c/></row>", (1, 1)),
        ('<row r="9"><c r="B9" s="1"/></row>', (0, 0)),
        ('<row><c r="AB3"><v>1</v></c></row>', (3, 28)),
        ('<row><c t="inlineStr"><is><t>x</t></is></c></row><row/><row><c/><c><f>1</f></c></row>', (3, 2)),
    ],
)
def test_only_cells_that_hold_something_reach(rows, reach):
    extent = extent_of(rows)
    assert (extent.max_row, extent.max_column) == reach


@pytest.mark.parametrize(
    "after",
    [
        "<conditionalFormatting><cfRule><f>A1</f></cfRule></conditionalFormatting>",
        "<extLst><ext><m:f>Sheet1!A1</m:f><m:v>1</m:v></ext></extLst>",
        "<dataValidations><dataValidation><formula1>1</formula1></dataValidation></dataValidations>",
    ],
)
def test_formulas_that_are_no_cell_are_not_counted(after):
    """The last cell is empty, and far out: what comes after the cells must not be taken for its content."""
    extent = extent_of('<row><c><v>1</v></c></row><row r="900"><c r="ZZ900"/></row>', after)
    assert ((extent.max_row, extent.max_column), extent.broken) == ((1, 1), {})


def test_a_cell_beyond_the_limit_stops_the_reading():
    with pytest.raises(TooLarge):
        extent_of('<row r="1001"><c r="A1001"><v>1</v></c></row>')
