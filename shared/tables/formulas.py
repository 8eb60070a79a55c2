"""Cells that a spreadsheet program would run as a formula (OWASP, CSV injection), and how they are written.

A cell that begins like a formula gets an apostrophe before it, which reading takes away again. One that begins with
apostrophes and goes on like a formula gets one more, so that whatever is written is read back equal.
"""

import unicodedata

_BEGINNINGS = frozenset("=+-@\u2212")
_SEPARATORS = ("\t", "\r", "\n")


def guarded(cell: str) -> str:
    """The cell as it is written to a CSV."""
    return f"'{cell}" if runs(cell.lstrip("'")) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and runs(cell.lstrip("'")) else cell


def runs(cell: str) -> bool:
    """Whether some spreadsheet program takes it for a formula.

    Some take full-width and other compatibility forms of the signs (U+FF1D is `=`) for the signs themselves, and skip
    blanks and invisible characters before them.
    """
    if cell.startswith(_SEPARATORS):
        return True
    for character in cell:
        if not (character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}):
            return unicodedata.normalize("NFKC", character)[0] in _BEGINNINGS
    return False
