"""Witnesses: a chain that was rewritten as a whole holds in itself, and is found all the same."""

import asyncio
import json
import re
from operator import itemgetter
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from attest.__main__ import app
from attest.findings import Broken, Trust
from attest.trails import verify_trail
from deploy.client import ClientCredentials
from deploy.local.stack import Stack
from shared.admin.witnesses import WitnessedHead
from shared.trail.link import GENESIS, link
from tests.risk.given import identified
from tests.shared.given import SERVICES, sealed, some_events, superuser, verification
from tests.support import Organisation, eventually, ok, problem

WITNESS = {
    "controls": "risk",
    "evidence": "controls",
    "risk": "audit",
    "audit": "evidence",
    "integrations": "controls",
    "gateway": "risk",
}


async def announced(org: Organisation, service: str) -> dict[str, Any]:
    """The first head after the second event that another service has kept of this one's trail.

    The others announce before, so that none of them says anything more during the test.
    """
    for other in [*(other for other in SERVICES if other != service), service]:
        ok(await org.admin.post(f"/v1/services/{other}/sweeps"))

    async def kept() -> dict[str, Any] | None:
        params = {"of": service}
        heads = ok(await org.admin.get(f"/v1/services/{WITNESS[service]}/trail/heads", params=params))["items"]
        return min((head for head in heads if head["position"] > 1), key=itemgetter("position"), default=None)

    return await eventually(kept)


async def rewrite(connection: asyncpg.Connection, org: Organisation, service: str, *, announcements: bool) -> None:
    """Say that somebody else did the second thing, and make all of it fit: digests, head, what was announced."""
    await connection.execute("update events set person_name = 'nobody' where org_id = $1 and position = 2", org.id)
    columns = "*, data::text as data, before::text as before, after::text as after"
    rows = await connection.fetch(
        f"select {columns} from events where org_id = $1 and digest is not null order by position",  # noqa: S608
        org.id,
    )
    previous, digests = GENESIS, dict[int, str]()
    for row in map(dict, rows):
        if announcements and row["type"] == f"{service}.trail.sealed":
            told = json.loads(row["data"])
            row["data"] = json.dumps(told | {"digest": digests[told["position"]]})
        previous = link(previous, row["position"], row)
        digests[row["position"]] = previous.hex()
        await connection.execute(
            "update events set digest = $2, data = $3 where id = $1", row["id"], previous, row["data"]
        )
    await connection.execute("update trail_heads set digest = $2 where org_id = $1", org.id, previous)


async def forge_witnesses(connection: asyncpg.Connection, org: Organisation, service: str) -> None:
    """Have the service's own database say that it announced, and another has seen, what is there now."""
    await connection.execute("delete from witnessed_heads where org_id = $1 and service = $2", org.id, service)
    await connection.execute(
        """insert into witnessed_heads (id, org_id, service, witness, position, digest, heard_at)
           select uuidv7(), org_id, $2, witness, position, digest, now() from events, unnest(array[$2, 'risk']) witness
           where org_id = $1 and digest is not null on conflict do nothing""",
        org.id,
        service,
    )


@pytest.mark.parametrize("service", SERVICES)
async def test_a_rewritten_chain_is_found_in_every_service(
    org: Organisation, stack: Stack, service: str, tmp_path: Path
) -> None:
    await some_events(org, service)
    await sealed(org, service)
    head = await announced(org, service)
    assert head.keys() == WitnessedHead.model_fields.keys()
    assert (await sealed(org, service))["status"] == "verified"
    async with superuser(stack, service) as connection:
        await rewrite(connection, org, service, announcements=False)
        found = await verification(org, service)
        assert (found["broken"], found["position"], found["witness"]) == ("rewritten", head["position"], service)
        # Whoever does that takes away what the service itself has kept, too: its own announcements still tell.
        await connection.execute("delete from witnessed_heads where org_id = $1 and service = $2", org.id, service)
        found = await verification(org, service)
        assert (found["broken"], found["position"], found["witness"]) == ("rewritten", head["position"], service)
        await rewrite(connection, org, service, announcements=True)
        found = await verification(org, service)
        assert (found["status"], found["broken"]) == ("unwitnessed", None)
        assert found["witnesses_lost"] >= 1
        found = await verification(org, service, f"{head['position']}:{head['digest']}")
        assert (found["broken"], found["witness"]) == ("rewritten", "caller")
        await forge_witnesses(connection, org, service)
    # Alone, the service cannot know better; what the others hold is in their databases.
    assert (await verification(org, service))["status"] == "verified"
    answer = await verified_by_command(stack, org)
    assert answer.exit_code == 1
    assert f"trail of {service}, position {head['position']}: rewritten" in answer.stdout
    assert WITNESS[service] in answer.stdout
    export = _kept(tmp_path / "trail.ndjson", (await org.admin.get(f"/v1/services/{service}/trail/export")).content)
    heads = _kept(tmp_path / "heads.json", json.dumps({"items": [head]}).encode())
    assert verify_trail(export, Trust())
    with pytest.raises(Broken, match="rewritten"):
        verify_trail(export, Trust(heads=(heads,)))


async def verified_by_command(stack: Stack, org: Organisation) -> Result:
    """What `python -m attest verify ADDRESS` says."""
    ok(await org.admin.get("/v1/me"))  # the token is fresh
    auth = org.admin.auth
    assert isinstance(auth, ClientCredentials)
    return await asyncio.to_thread(run_command, stack.url, auth.token)


def run_command(address: str, token: str) -> Result:
    return CliRunner().invoke(app, ["verify", address], env={"ATTEST_TOKEN": token})


async def test_trails_that_others_have_seen_hold(org: Organisation, stack: Stack) -> None:
    for service in SERVICES:
        await some_events(org, service)
        await sealed(org, service)
    for service in SERVICES:
        await announced(org, service)
    answer = await verified_by_command(stack, org)
    assert (answer.exit_code, answer.stdout[:5]) == (0, "HOLDS"), answer.stdout
    for service in SERVICES:
        assert re.search(rf"{service}: \d+ events hold\n +up to position \d+ as .*{WITNESS[service]}", answer.stdout)
    for service in SERVICES:
        async with superuser(stack, service) as connection:
            await connection.execute("delete from witnessed_heads where org_id = $1 and service = 'risk'", org.id)
    answer = await verified_by_command(stack, org)
    assert (answer.exit_code, answer.stdout[:11]) == (2, "UNWITNESSED"), answer.stdout
    assert re.search(r"risk: \d+ events hold\n +no other service has seen any of them", answer.stdout)


async def test_an_installation_that_does_not_answer_is_neither_believed_nor_blamed(stack: Stack) -> None:
    for address in (stack.url, "http://127.0.0.1:9"):
        answer = await asyncio.to_thread(run_command, address, "wrong")
        assert (answer.exit_code, answer.stdout[:7]) == (2, "UNKNOWN")


async def test_a_witness_that_was_removed_is_missed(org: Organisation, stack: Stack) -> None:
    await some_events(org, "controls")
    await sealed(org, "controls")
    await announced(org, "controls")
    assert (await sealed(org, "controls"))["status"] == "verified"
    async with superuser(stack, "controls") as connection:
        await connection.execute("delete from witnessed_heads where org_id = $1 and service = 'controls'", org.id)
    found = await verification(org, "controls")
    assert (found["status"], found["broken"]) == ("unwitnessed", None)
    assert found["witnesses_lost"] >= 1


async def test_an_announcement_that_names_no_head_is_found(org: Organisation, stack: Stack) -> None:
    await some_events(org, "controls")
    await sealed(org, "controls")
    await announced(org, "controls")
    await sealed(org, "controls")
    async with superuser(stack, "controls") as connection:
        kind = "type = 'controls.trail.sealed'"
        spoil = f'update events set data = data || \'{{"position": "none"}}\' where org_id = $1 and {kind}'  # noqa: S608
        await connection.execute(spoil, org.id)
        await rewrite(connection, org, "risk", announcements=False)
    found = await verification(org, "controls")
    assert (found["broken"], found["witness"]) == ("rewritten", "controls")


async def test_what_was_witnessed_comes_back_when_the_witness_announces(org: Organisation, stack: Stack) -> None:
    await some_events(org, "controls")
    await some_events(org, "risk")
    await sealed(org, "controls")
    await sealed(org, "risk")
    head = await announced(org, "controls")
    async with superuser(stack, "controls") as connection:
        await rewrite(connection, org, "controls", announcements=True)
        await connection.execute("delete from witnessed_heads where org_id = $1", org.id)
    await identified(org, code="R-98")
    await identified(org, code="R-99")
    await sealed(org, "risk")
    ok(await org.admin.post("/v1/services/risk/sweeps"))

    async def came_back() -> bool:
        kept = ok(await org.admin.get("/v1/services/controls/trail/heads", params={"of": "controls"}))["items"]
        return any(one["witness"] == "risk" and one["position"] <= head["position"] for one in kept)

    await eventually(came_back)
    assert (await verification(org, "controls"))["broken"] == "rewritten"


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
