"""Much evidence runs out at one moment, two workers may announce it, and the one that does is killed in the middle."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from deploy.client import ClientCredentials, Organisation, client, done
from deploy.local.ports import Ports
from deploy.local.stack import Stack
from tests.bench.sweeps import sweep_under_fire

ITEMS = 8000


async def test_each_is_announced_once_whoever_dies(tmp_path: Path) -> None:
    async with Stack(state=tmp_path / "state", ports=Ports.free()) as stack:
        named = stack.operator()
        async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as operator:
            org = await Organisation.found(operator, "Sweep")
        credentials = ClientCredentials(stack.url, *org.credentials.values())
        org.admin.auth = credentials
        done(await org.admin.get("/v1/evidence"))
        outcome = await sweep_under_fire(
            stack, UUID(org.id), credentials.token, items=ITEMS, delay=timedelta(seconds=15)
        )
        await org.close()
    assert (outcome.announced, outcome.different, outcome.left) == (ITEMS, ITEMS, 0)
    assert outcome.swept, "it was read meanwhile"
