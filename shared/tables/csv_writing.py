"""Lines of a CSV (RFC 4180) in which nothing runs as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from shared.tables.formulas import guarded


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """The rows as lines, each cell guarded."""
    out = io.StringIO()
    csv.writer(out).writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()
