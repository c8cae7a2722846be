"""How far a worksheet reaches: counted element by element with expat, holding nothing but the farthest cell.

Knows positions and error marks only. Limits come in as arguments; sentences are the gate's.
"""

import re
from xml.parsers import expat

MAX_ELEMENTS = 20_000_000
MAX_LAG = 8 << 20
MAX_BROKEN = 2_000
MAX_NAMES = 1_000
_REF = re.compile(r"([A-Za-z]{1,4})([0-9]{1,10})\Z")
_CONTENT = {"v", "is", "f"}


class TooLarge(Exception):
    """A cell lies beyond the limits."""


class TooTangled(Exception):
    """Not well-formed, or built to exhaust the parser."""


class _Declared(Exception):
    pass


class Extent:
    """Fed with blocks of one XML part; if its root is a worksheet, knows the farthest cell with content."""

    def __init__(self, max_rows: int, max_columns: int, max_cells: int):
        self.max_rows, self.max_columns, self.max_cells = max_rows, max_columns, max_cells
        self.is_worksheet: bool | None = None
        self.max_row = self.max_column = 0
        self.broken: dict[tuple[int, int], str] = {}
        self._row = self._column = self._elements = self._fed = 0
        self._in_cell, self._kind, self._seen, self._text = False, "", set(), None
        self._letters: dict[str, int] = {}
        self._local = _LocalNames()
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._root
        self._parser.StartDoctypeDeclHandler = self._doctype

    @property
    def area(self) -> int:
        """The rectangle a reader would hold: from A1 to the farthest cell."""
        return self.max_row * self.max_column

    def feed(self, block: bytes, *, last: bool = False) -> None:
        """Count on; nothing once the root turned out to be something else. Raises TooLarge, TooTangled."""
        if self.is_worksheet is False:
            return
        try:
            self._parser.Parse(block, last)
        except expat.ExpatError as error:
            if self.is_worksheet is None:
                self.is_worksheet = False
                return
            raise TooTangled(str(error)) from error
        except _Declared as error:
            raise TooTangled("DOCTYPE") from error
        self._fed += len(block)
        # One endless token would be scanned again from its start with every block (expat before 2.6).
        if self.is_worksheet is not False and self._fed - self._parser.CurrentByteIndex > MAX_LAG:
            raise TooTangled("token")

    def _doctype(self, *_) -> None:
        raise _Declared

    def _root(self, name: str, _attributes) -> None:
        self.is_worksheet = name.rpartition(":")[2] == "worksheet"
        self._parser.StartElementHandler = self._start if self.is_worksheet else None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise TooLarge
        name = self._local[name]
        if name == "c":
            self._cell(attributes)
        elif name in _CONTENT:
            self._content(name)
        else:
            # Within a cell only the text of <is> comes now, and that stands last; else we have left the cells.
            self._in_cell = False
            if name == "row":
                number = attributes.get("r", "")
                self._row = int(number) if number.isascii() and number.isdigit() else self._row + 1
                self._column = 0

    def _cell(self, attributes: dict[str, str]) -> None:
        ref = _REF.match(attributes["r"]) if "r" in attributes else None
        if ref:
            letters = ref[1].upper()
            if letters not in self._letters:
                self._letters[letters] = _column_number(letters)
            self._column, self._row = self._letters[letters], int(ref[2])
        else:
            self._column += 1
        self._in_cell, self._kind = True, attributes.get("t", "")
        self._seen.clear()

    def _content(self, name: str) -> None:
        """Only cells that hold something count: formatted empty ones take no room in the reader."""
        if not self._in_cell:
            return
        self._seen.add(name)
        if self._row > self.max_row or self._column > self.max_column:
            self._reach()
        if self._kind != "e" and "f" not in self._seen:
            return
        # Ends are told for formulas and error cells only: asking for all takes a third of the gate's time.
        self._parser.EndElementHandler = self._end
        if name == "v":
            self._text = []
            self._parser.CharacterDataHandler = self._text.append

    def _reach(self) -> None:
        """A cell farther out than any before."""
        self.max_row = max(self.max_row, self._row)
        self.max_column = max(self.max_column, self._column)
        if self.max_row > self.max_rows or self.max_column > self.max_columns or self.area > self.max_cells:
            raise TooLarge

    def _end(self, name: str) -> None:
        name = self._local[name]
        if name == "v" and self._text is not None:
            self._parser.CharacterDataHandler = None
            self._value("".join(self._text))
            self._text = None
        elif name == "c":
            self._parser.EndElementHandler = None
            if self._seen == {"f"}:
                self._mark("没有计算结果的公式")

    def _value(self, text: str) -> None:
        """The value of an error cell or of a formula; a formula whose text is empty (t="str") has been calculated."""
        if self._kind == "e":
            self._mark(text[:20] or "#ERROR")
        elif not text and not self._kind:
            self._seen.discard("v")

    def _mark(self, reason: str) -> None:
        if len(self.broken) < MAX_BROKEN:
            self.broken[self._row, self._column] = reason


class _LocalNames(dict):
    """Element name → the name without its prefix; found out once a name, and a file of endless names fills nothing."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        if len(self) < MAX_NAMES:
            self[name] = local
        return local


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
