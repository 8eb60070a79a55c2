"""The script of an export draws the same sample with nothing but Python, and says when it does not."""

import json
import subprocess
import sys
import uuid
import zlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.audit.sampling.populations.models import Population
from services.audit.sampling.sample_exports.rules import draw_of, readme_of, script_of
from services.audit.sampling.samples.models import Sample
from services.audit.sampling.selections.rules import SelectionMethod
from tests.audit.frames import keys_of, read, selected

AT = datetime(2026, 7, 31, tzinfo=UTC)
# Headings that a frame has itself, keys that a spreadsheet program would run, and strata as well.
HEADINGS = ("key", "row", "day", "=Team")
_SAMPLE: dict[str, Any] = {"title": "Changes", "org_id": uuid.uuid4(), "design": {}, "attributes": []}


def _file() -> bytes:
    signs = ("=", "CHG-", "@", "Ä-", "a,b ")
    rows = [
        f'"{signs[n % 5]}{n}",{n},2026-0{n % 6 + 1}-{n % 27 + 1:02},{("=red", "blue", "")[n % 3]}' for n in range(300)
    ]
    return "\n".join([",".join(HEADINGS), *rows]).encode()


def _exported(folder: Path, method: SelectionMethod, **asked: Any) -> list[str]:
    parts, summary = read(_file(), key="key", day="day")
    found = selected(parts, method=method, size=12, stratum=asked.get("stratum_column"), strata=asked.get("strata"))
    named: dict[str, Any] = {"engagement_id": uuid.uuid4(), "series_id": uuid.uuid4(), "control_id": uuid.uuid4()}
    times: dict[str, Any] = {"created_at": AT, "updated_at": AT}
    population = Population(
        **named,
        **times,
        org_id=uuid.uuid4(),
        title="Changes",
        description="All",
        file_format="csv",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 6, 30),
        columns=summary["headings"],
        row_count=summary["rows"],
        frame_sha256=summary["sha256"],
        file_sha256="f",
    )
    sample = Sample(
        **named,
        **times,
        **_SAMPLE,
        population_id=population.id,
        method=method,
        size=12,
        seed="5eed-2026-07-31",
        stratum_column=asked.get("stratum_column"),
    )
    items = [
        {"place": place, "key": item["key"], "stratum": item["stratum"], "origin": origin}
        for origin, name in (("selected", "selected"), (None, "reserve"))
        for place, item in enumerate(found[name], start=1)
    ]
    (folder / "frame.csv").write_bytes(b"".join(zlib.decompress(part) for part in parts))
    (folder / "draw.json").write_text(json.dumps(draw_of(sample, population, items)), encoding="utf-8")
    script = script_of(method)
    assert script
    assert len(script.splitlines()) <= 10
    (folder / "draw.py").write_text(script, encoding="utf-8")
    assert summary["sha256"] in readme_of(sample, population)
    return keys_of(found["selected"])


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-X", "utf8", "draw.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")  # noqa: S603 - our own script


@pytest.mark.parametrize(
    ("method", "asked"),
    [
        (SelectionMethod.RANDOM, {}),
        (SelectionMethod.SYSTEMATIC, {}),
        (SelectionMethod.STRATIFIED, {"stratum_column": "=Team"}),
        (SelectionMethod.STRATIFIED, {"stratum_column": "=Team", "strata": {"=red": 10, "": 2}}),
    ],
)
def test_the_script_draws_the_same(tmp_path: Path, method: SelectionMethod, asked: dict[str, Any]) -> None:
    drawn = _exported(tmp_path, method, **asked)
    done = _run(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == drawn
    draw = json.loads((tmp_path / "draw.json").read_text(encoding="utf-8"))
    draw["order"][3] = "CHG-1"
    (tmp_path / "draw.json").write_text(json.dumps(draw), encoding="utf-8")
    assert _run(tmp_path).returncode == 1
    with (tmp_path / "frame.csv").open("ab") as frame:
        frame.write(b"\r\n")
    assert "another frame" in _run(tmp_path).stderr


def test_what_a_person_picked_has_no_script() -> None:
    assert script_of(SelectionMethod.HAPHAZARD) is None
    assert script_of(SelectionMethod.TARGETED) is None
