"""What an export says of a draw, and the script that draws it again. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.audit.sampling.draws.rules import ALGORITHM
from services.audit.sampling.frames.rules import OWN_COLUMNS
from services.audit.sampling.populations.models import Population
from services.audit.sampling.samples.models import Sample
from services.audit.sampling.selections.rules import SelectionMethod
from shared.tables.formulas import guarded

_HEAD = """\
import csv, hashlib, json
draw = json.load(open("draw.json", encoding="utf-8"))
assert hashlib.sha256(open("frame.csv", "rb").read()).hexdigest() == draw["frame_sha256"], "another frame"
rows = list(csv.reader(open("frame.csv", encoding="utf-8", newline="")))[1:]
ticket = lambda key: hashlib.sha256(f"attest-draw-1\\n{draw['seed']}\\n{key}".encode()).hexdigest()
"""
_TAIL = """\
print(*drawn, sep="\\n")
raise SystemExit(drawn != draw["order"])
"""
_BODIES = {
    SelectionMethod.RANDOM: """\
order = sorted((ticket(row[2][int(row[1]) :]), row[2][int(row[1]) :]) for row in rows)
drawn = [key for _, key in order[: len(draw["order"])]]
""",
    SelectionMethod.STRATIFIED: """\
column, key = draw["stratum_place"], lambda row: row[2][int(row[1]) :]
order = lambda name: sorted((ticket(key(row)), key(row)) for row in rows if row[column] == name)
drawn = [key for name, size in draw["strata"] for _, key in order(name)[:size]]
""",
    SelectionMethod.SYSTEMATIC: """\
keys, count, size = sorted(row[2][int(row[1]) :] for row in rows), len(rows), len(draw["order"])
start = int(ticket("start"), 16) * size % count
drawn = [keys[(start + place * count) // size] for place in range(size)]
""",
}
_README = """\
{title}

frame.csv     the population as it was frozen, which the sample was drawn from: {rows} rows
draw.json     how it was drawn, and the items in their order
original.{kind}  the file that the frame was made of, as it was handed over
{script}
SHA-256 of frame.csv: {frame_sha256}
SHA-256 of original.{kind}: {file_sha256}

In frame.csv `guard` says how many characters stand before a key so that no spreadsheet program runs it as a formula.
"""
_BY_SCRIPT = (
    "draw.py       draws it again: `python3 draw.py` prints the items, and ends with status 1 when others come out\n"
)
_BY_PERSON = "\nThe items were picked by a person, as draw.json says, and cannot be drawn again.\n"


def script_of(method: SelectionMethod) -> str | None:
    """A program of about ten lines that needs nothing but Python; None where a person picked the items."""
    body = _BODIES.get(method)
    return None if body is None else _HEAD + body + _TAIL


def readme_of(sample: Sample, population: Population) -> str:
    """What is in the archive."""
    has_script = script_of(SelectionMethod(sample.method)) is not None
    return _README.format(
        title=sample.title,
        rows=population.row_count,
        kind=population.file_format,
        script=_BY_SCRIPT if has_script else _BY_PERSON,
        frame_sha256=population.frame_sha256,
        file_sha256=population.file_sha256,
    )


def draw_of(sample: Sample, population: Population, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`draw.json`, of the items in the order of the draw: those selected, and those that follow."""
    order = [item for item in items if item["origin"] == "selected"]
    return {
        "algorithm": ALGORITHM if sample.seed is not None else None,
        "method": sample.method,
        "seed": sample.seed,
        "seed_origin": sample.seed_origin,
        "seed_source": sample.seed_source,
        "seeded_at": sample.seeded_at and sample.seeded_at.isoformat(),
        "draw_number": sample.draw_number,
        "sample_id": str(sample.id),
        "population_id": str(population.id),
        "frame_sha256": population.frame_sha256,
        "file_sha256": population.file_sha256,
        "rows": population.row_count,
        "size": sample.size,
        "selection_reason": sample.selection_reason,
        **_strata_of(sample, population, order),
        "order": [item["key"] for item in order],
        "following": [item["key"] for item in items if item["origin"] != "selected"],
        "joined": [{"place": item["place"], "as": item["origin"]} for item in items if item["origin"] is not None],
    }


def _strata_of(sample: Sample, population: Population, order: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The place of the column of strata in the frame, and the size of each stratum as the frame calls it, in order."""
    if sample.stratum_column is None:
        return {}
    sizes: dict[str, int] = {}
    for item in order:
        sizes[item["stratum"]] = sizes.get(item["stratum"], 0) + 1
    place = len(OWN_COLUMNS) + (population.columns or []).index(sample.stratum_column)
    return {"stratum_place": place, "strata": [[guarded(name), size] for name, size in sizes.items()]}
