"""A sample is drawn again: by the service, which finds what was changed, and outside of it."""

import io
import json
import subprocess
import sys
import uuid
import zipfile
import zlib
from pathlib import Path

from deploy.local.stack import Stack
from tests.audit.frames import changes, csv_of
from tests.audit.sampled import SEED, TYPED, Team, keys
from tests.shared.given import superuser
from tests.support import Organisation, ok, problem


async def test_a_sample_that_is_drawn_again_is_the_same(team: Team) -> None:
    population = await team.reliable(changes(100))
    sample = await team.released(population, size=10)
    items = await team.items(sample)
    await team.decided(items[4], "not_applicable")
    job = await team.finished(await team.quality.post(f"/v1/samples/{sample['id']}/verifications"))
    assert (job["state"], job["kind"]) == ("succeeded", "sample-verification")
    assert job["result"] == {
        "equal": True,
        "algorithm": "attest-draw-1",
        "seed": SEED,
        "rows": 100,
        "frame_sha256": population["frame_sha256"],
        "frame_sha256_now": population["frame_sha256"],
        "items": 10 + 45,
        "first_difference": None,
    }


async def test_what_was_changed_behind_the_service_is_found(team: Team, stack: Stack) -> None:
    population = await team.reliable(changes(50))
    sample = await team.drawn(population, size=5)
    path = f"/v1/samples/{sample['id']}/verifications"
    third = (await team.items(sample))[2]
    async with superuser(stack, "audit") as connection:
        await connection.execute("update sample_items set key = 'CHG-X' where id = $1", uuid.UUID(third["id"]))
        job = await team.finished(await team.staff.post(path))
        assert (job["result"]["equal"], job["result"]["first_difference"]) == (
            False,
            {"place": 3, "kept": "CHG-X", "drawn_again": third["key"]},
        )
        await connection.execute("update sample_items set key = $2 where id = $1", uuid.UUID(third["id"]), third["key"])
        key = uuid.UUID(population["id"])
        part = await connection.fetchval("select content from population_frame_parts where population_id = $1", key)
        changed = zlib.compress(zlib.decompress(part).replace(b"team 1", b"team 9"))
        await connection.execute(
            "update population_frame_parts set content = $2 where population_id = $1", key, changed
        )
    job = await team.finished(await team.staff.post(path))
    assert (job["result"]["equal"], job["result"]["first_difference"]) == (False, None)
    assert job["result"]["frame_sha256"] != job["result"]["frame_sha256_now"]
    other = await team.designed(population, method="targeted", size=1, picks=["CHG-0001"], selection_reason="Large")
    job = await team.finished(await team.staff.post(f"/v1/samples/{other['id']}/draws", json={}))
    assert job["problem"]["type"] == "/problems/frame-changed"


async def test_an_export_draws_the_same_sample_without_attest(team: Team, tmp_path: Path) -> None:
    content = csv_of(changes(200))
    population = await team.reliable(changes(200))
    designed = await team.designed(population, method="stratified", stratum_column="Team", size=9)
    path = f"/v1/samples/{designed['id']}"
    problem(await team.staff.get(f"{path}/export"), 409, "not-drawn")
    await team.finished(await team.staff.post(f"{path}/draws", json=TYPED))
    answer = await team.staff.get(f"{path}/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["README.txt", "draw.json", "draw.py", "frame.csv", "original.csv"]
        archive.extractall(tmp_path)
    assert (tmp_path / "original.csv").read_bytes() == content
    command = [sys.executable, "-I", "-X", "utf8", "draw.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603, ASYNC221 - our own script
    assert done.stdout.splitlines() == keys(await team.items(designed))
    draw = json.loads((tmp_path / "draw.json").read_text(encoding="utf-8"))
    assert (draw["seed"], draw["rows"], draw["frame_sha256"]) == (SEED, 200, population["frame_sha256"])


async def test_only_the_team_exports_and_verifies(team: Team, other_org: Organisation) -> None:
    sample = await team.drawn(await team.reliable())
    path = f"/v1/samples/{sample['id']}"
    items = await team.items(sample)
    for stranger in (team.org.admin, team.firm.admin, other_org.admin):
        problem(await stranger.get(path), 403, "forbidden")
        problem(await stranger.get(f"{path}/export"), 403, "forbidden")
        problem(await stranger.post(f"{path}/verifications"), 403, "forbidden")
        problem(await stranger.get(f"/v1/sample-items/{items[0]['id']}"), 403, "forbidden")
    other = await Team.of(other_org, team.firm)
    for answer in (
        await other.staff.get(path),
        await other.staff.get(f"{path}/export"),
        await other.staff.get(f"/v1/sample-items/{items[0]['id']}"),
        await other.staff.post(f"{path}/verifications"),
        await other.staff.post(f"{path}/draws", json={}),
        await other.staff.post(f"{path}/releases"),
        await other.staff.post(f"{path}/evaluations"),
        await other.staff.post(f"{path}/voidings", json={"reason": "Ours"}),
        await other.staff.post(f"{path}/extensions", json={"reason": "Ours", "size": 1}),
        await other.staff.post(f"/v1/sample-items/{items[0]['id']}/decisions", json={"status": "passed"}),
    ):
        problem(answer, 404, "not-found")
    assert ok(await other.staff.get("/v1/samples"))["items"] == []
    assert ok(await other.staff.get("/v1/sample-items"))["items"] == []
    await other.close()
    for change in (
        team.quality.post(f"{path}/releases"),
        team.quality.post(f"{path}/voidings", json={"reason": "Ours"}),
    ):
        problem(await change, 403, "forbidden")
