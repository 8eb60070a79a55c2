"""Witnesses: a chain that was rewritten as a whole holds in itself, and is found all the same."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from attest.findings import Broken, Trust
from attest.trails import verify_trail
from deploy.local.stack import Stack
from shared.admin.witnesses import WitnessedHead
from shared.events.link import GENESIS, link
from tests.shared.given import SERVICES, sealed, some_events, superuser, verification
from tests.support import Organisation, eventually, ok, problem

WITNESS = {"controls": "risk", "evidence": "controls", "risk": "audit", "audit": "evidence", "gateway": "risk"}


async def announced(org: Organisation, service: str) -> dict[str, Any]:
    """The head that another service has kept of this one's trail."""
    ok(await org.admin.post(f"/v1/services/{service}/sweeps"))

    async def kept() -> dict[str, Any] | None:
        params = {"of": service}
        heads = ok(await org.admin.get(f"/v1/services/{WITNESS[service]}/trail/heads", params=params))["items"]
        return heads[0] if heads else None

    return await eventually(kept)


async def rewrite(connection: asyncpg.Connection, org: Organisation) -> None:
    """Say that somebody else did the second thing, and make all of it fit: digests, head, and what was announced."""
    await connection.execute("update events set actor = 'nobody' where org_id = $1 and position = 2", org.id)
    columns = "*, data::text as data, before::text as before, after::text as after"
    rows = await connection.fetch(
        f"select {columns} from events where org_id = $1 and digest is not null order by position",  # noqa: S608
        org.id,
    )
    previous = GENESIS
    for row in rows:
        previous = link(previous, row["position"], row)
        await connection.execute("update events set digest = $2 where id = $1", row["id"], previous)
    await connection.execute("update trail_heads set digest = $2 where org_id = $1", org.id, previous)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_rewritten_chain_is_found_in_every_service(
    org: Organisation, stack: Stack, service: str, tmp_path: Path
) -> None:
    await some_events(org, service)
    await sealed(org, service)
    head = await announced(org, service)
    assert head.keys() == WitnessedHead.model_fields.keys()
    assert (await sealed(org, service))["verified"] is True
    async with superuser(stack, service) as connection:
        await rewrite(connection, org)
        found = await verification(org, service)
        # The service heard of its own head too, and may have been told it again by whoever keeps it.
        assert (found["broken"], found["position"]) == ("rewritten", head["position"])
        assert found["witness"] in SERVICES
        # Whoever does that takes away what the service itself has kept, too.
        await connection.execute("delete from witnessed_heads where org_id = $1", org.id)
    assert (await verification(org, service))["verified"] is True
    found = await verification(org, service, f"{head['position']}:{head['digest']}")
    assert (found["broken"], found["witness"]) == ("rewritten", "caller")
    export = _kept(tmp_path / "trail.ndjson", (await org.admin.get(f"/v1/services/{service}/trail/export")).content)
    heads = _kept(tmp_path / "heads.json", json.dumps({"items": [head]}).encode())
    assert verify_trail(export, Trust())
    with pytest.raises(Broken, match="rewritten"):
        verify_trail(export, Trust(heads=(heads,)))


async def test_what_was_witnessed_comes_back_when_the_witness_announces(org: Organisation, stack: Stack) -> None:
    await some_events(org, "controls")
    await some_events(org, "risk")
    await sealed(org, "controls")
    await sealed(org, "risk")
    head = await announced(org, "controls")
    async with superuser(stack, "controls") as connection:
        await rewrite(connection, org)
        await connection.execute("delete from witnessed_heads where org_id = $1", org.id)
    ok(await org.admin.post("/v1/services/risk/sweeps"))

    async def found() -> dict[str, Any] | None:
        result = await verification(org, "controls")
        return None if result["verified"] else result

    result = await eventually(found)
    assert (result["broken"], result["witness"]) == ("rewritten", "risk")
    assert result["position"] <= head["position"]


async def test_a_tail_that_was_cut_with_its_head_is_found(org: Organisation, stack: Stack) -> None:
    await some_events(org, "controls")
    last = (await sealed(org, "controls"))["sealed"]
    await announced(org, "controls")
    async with superuser(stack, "controls") as connection:
        await connection.execute("delete from events where org_id = $1 and position >= $2", org.id, last)
        await connection.execute(
            "update trail_heads h set position = e.position, digest = e.digest from events e"
            " where h.org_id = $1 and e.org_id = h.org_id and e.position = $2",
            org.id,
            last - 1,
        )
    found = await verification(org, "controls")
    assert (found["broken"], found["position"]) == ("missing", last)


async def test_announcing_comes_to_an_end(org: Organisation, stack: Stack) -> None:
    for service in SERVICES:
        await some_events(org, service)
        await sealed(org, service)
    done: list[int] = []
    for _ in range(4):
        answers = [ok(await org.admin.post(f"/v1/services/{service}/sweeps")) for service in SERVICES]
        done.append(sum(each["done"]["announce_sealed_trail"] for each in answers))
        for service in SERVICES:
            await sealed(org, service)
    assert done[-1] == 0, done
    async with superuser(stack, "risk") as connection:
        count = await connection.fetchval(
            "select count(*) from events where org_id = $1 and type = 'risk.trail.sealed'", org.id
        )
    assert 1 <= count <= 3


async def test_heads_are_the_organisations_own_and_need_the_permission(
    org: Organisation, other_org: Organisation
) -> None:
    await some_events(org, "controls")
    await sealed(org, "controls")
    head = await announced(org, "controls")
    for service in SERVICES:
        theirs = ok(await other_org.admin.get(f"/v1/services/{service}/trail/heads", params={"limit": 200}))["items"]
        assert head["digest"] not in {each["digest"] for each in theirs}
        for path in ("heads", "timestamps", "export"):
            problem(await org.viewer.get(f"/v1/services/{service}/trail/{path}"), 403, "forbidden")


@pytest.mark.parametrize("head", ["1", "1:ab", "x:" + "0" * 64, "1:" + "g" * 64])
async def test_a_noted_head_is_a_position_and_a_digest(org: Organisation, head: str) -> None:
    path = "/v1/services/controls/trail/verification"
    problem(await org.admin.get(path, params={"head": head}), 422, "invalid")


def _kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
