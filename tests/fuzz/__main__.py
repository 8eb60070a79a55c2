"""Schemathesis on every operation: no input makes a 5xx, and the contract promises every answer.

It sends the boundary values of each schema once, then random input in rounds until ATTEST_FUZZ_SECONDS (600) are over.
Each run prints its seed and has another one; ATTEST_FUZZ_SEED repeats a run. Each failure is printed as a curl command.
Every service has the same operations below /v1/services: ATTEST_FUZZ_SERVICE=controls keeps those of controls only.
`--once` sends each operation two random inputs and nothing else, with seed 1 and for controls if none is named.
"""

import asyncio
import os
import random
import sys
import sysconfig
import tempfile
from datetime import timedelta
from pathlib import Path

import httpx

from deploy.client import Organisation, client, done
from deploy.firm import Firm
from deploy.local.ports import Ports
from deploy.local.services import ROOT
from deploy.local.stack import Stack
from deploy.story import implemented_control, proposed_engagement

CONTRACT = ROOT / "services/gateway/contract/openapi.json"
CONFIGURATION = ROOT / "tests/fuzz/schemathesis.toml"
ONCE = sys.argv[1:] == ["--once"]
SECONDS = os.environ.get("ATTEST_FUZZ_SECONDS") or "600"
SEED = os.environ.get("ATTEST_FUZZ_SEED") or ("1" if ONCE else str(random.randrange(2**32)))
SERVICE = os.environ.get("ATTEST_FUZZ_SERVICE") or ("controls" if ONCE else None)


def command(url: str) -> list[str]:
    """The command line of Schemathesis."""
    words = [
        *(f"{sysconfig.get_path('scripts')}/schemathesis", "--config-file", str(CONFIGURATION)),
        *("run", str(CONTRACT), "--url", url, "--seed", SEED),
        *(("--phases", "fuzzing") if ONCE else ("--max-time", SECONDS)),
    ]
    return [*words, "--exclude-path-regex", f"^/v1/services/(?!{SERVICE}/)"] if SERVICE else words


async def fuzz(stack: Stack) -> int:
    """Found an organisation and a firm, and run Schemathesis as admin, as engagement partner and as the operator."""
    named = stack.operator()
    async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as operator:
        org, firm = await Organisation.found(operator, "Fuzz"), await Firm.found(operator)
    engagement = await proposed_engagement(org, [await implemented_control(org, "AC-01")], firm_id=firm.id)
    await firm.accept(org.manager, engagement)
    partner = firm.token_request("partner", engagement, lasts=timedelta(seconds=2 * int(SECONDS) + 3600))
    named["ATTEST_PARTNER_FORM"] = partner.content.decode()
    named["ATTEST_OWN_IDS"] = ",".join(
        [named["ATTEST_OPERATOR_CLIENT_ID"], *await own_ids(org.admin, org.credentials["client_id"])]
    )
    named["ATTEST_ADMIN_CLIENT_ID"] = org.credentials["client_id"]
    named["ATTEST_ADMIN_SECRET"] = org.credentials["client_secret"]
    await org.close()
    await firm.close()
    process = await asyncio.create_subprocess_exec(*command(stack.url), cwd=ROOT, env=os.environ | named)
    return await process.wait()


async def own_ids(admin: httpx.AsyncClient, *clients: str) -> list[str]:
    """The ids of what these clients act by: themselves, their secrets, who is responsible for them, the memberships."""
    secrets = [done(await admin.get(f"/v1/api-clients/{client_id}/secrets"))["items"] for client_id in clients]
    person = done(await admin.get("/v1/me"))["person"]["id"]
    members = done(await admin.get("/v1/members", params={"limit": 200}))["items"]
    memberships = [member["id"] for member in members if member["person"]["id"] == person]
    return [*clients, person, *memberships, *(secret["id"] for listed in secrets for secret in listed)]


async def main() -> int:
    if ONCE:
        print(f"Sending every operation two random inputs, from seed {SEED}")
    else:
        print(f"Fuzzing for {SECONDS} s; the same again: make fuzz SEED={SEED}")
    with tempfile.TemporaryDirectory(prefix="attest-fuzz-") as folder:
        async with Stack(state=Path(folder) / "state", ports=Ports.free()) as stack:
            return await fuzz(stack)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
