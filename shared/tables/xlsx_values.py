"""What the cells of a workbook hold: shared texts, and numbers that a style makes dates of (ECMA-376 part 1, 18.8)."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

# The formats that every program knows without being told (18.8.30), the ones of East Asian calendars among them.
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LONGEST_WHOLE = 1e15  # as far as a workbook's numbers are exact
_LAST_DAY = 2_958_466  # 10000-01-01
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - workbooks know no time zones
_LEAP_DAY = 60  # 1900-02-29, which the calendar of Lotus 1-2-3 has and no other


class SharedTexts:
    """The texts that cells name by number, without their phonetic hints."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._text = Text()

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._text.start(name)

    def text(self, data: str) -> None:
        self._text.add(data)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            self.all.append(self._text.take())


class Text:
    """Puts together what the `t` elements of a text hold."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._inside = False
        self._phonetic = False

    def start(self, name: str) -> None:
        if name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._inside = not self._phonetic

    def add(self, data: str) -> None:
        if self._inside:
            self._pieces.append(data)

    def end(self, name: str) -> None:
        if name == "rPh":
            self._phonetic = False
        elif name == "t":
            self._inside = False

    def take(self) -> str:
        text = unescaped("".join(self._pieces))
        self._pieces.clear()
        return text


class Styles:
    """Which cell formats show a number as a date or a time."""

    def __init__(self) -> None:
        self.are_dates: list[bool] = []
        self._own: dict[str, bool] = {}
        self._of_cells = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            letters = _NOT_LETTERS.sub("", attributes.get("formatCode", "").partition(";")[0])
            self._own[attributes.get("numFmtId", "")] = bool(_DATE_LETTERS.search(letters))
        elif name == "cellXfs":
            self._of_cells = True
        elif name == "xf" and self._of_cells:
            number = attributes.get("numFmtId", "0")
            self.are_dates.append(self._own.get(number, number.isdecimal() and int(number) in _DATES))

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._of_cells = False


def number(text: str) -> str:
    """A number as people write it: without the decimals it does not have. ValueError when it is none."""
    value = float(text)
    if value.is_integer() and abs(value) < _LONGEST_WHOLE:
        return str(int(value))
    if value - value != 0:
        raise ValueError(f"{text[:30]} is no number")
    return repr(value)


def moment(text: str, *, from_1904: bool) -> str:
    """A day count as the ISO 8601 date, or date and time to the second, that it stands for; a fraction is a time."""
    days = float(text)
    if not 0 <= days < _LAST_DAY:
        raise ValueError(f"{text[:30]} is no date")
    epoch = _EPOCH_1904 if from_1904 else _EPOCH if days >= _LEAP_DAY else _EPOCH + timedelta(days=1)
    instant = epoch + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return instant.time().isoformat()
    return instant.date().isoformat() if instant.time() == datetime.min.time() else instant.isoformat()


def unescaped(text: str) -> str:
    """The text with the characters that `_x000D_` and the like stand for (22.9.2.19)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return found[0] if "\ud800" <= character <= "\udfff" else character  # half of a surrogate pair is no character
