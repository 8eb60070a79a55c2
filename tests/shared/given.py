"""What the tests of trails begin with: a few events in any service's trail, and someone who can get at the rows."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from deploy.local.stack import Stack
from tests.audit.given import type1
from tests.evidence.given import an_expectation
from tests.integrations.given import registered
from tests.risk.given import identified
from tests.support import Organisation, created, eventually, ok

SERVICES = ["controls", "evidence", "risk", "audit", "integrations", "gateway"]


async def some_events(org: Organisation, service: str) -> None:
    """At least three events in the organisation's trail of a service; founding it has left some in the gateway's."""
    make: dict[str, Callable[[int], Awaitable[Any]]] = {
        "controls": lambda n: org.manager.post("/v1/controls", json=_control(n)),
        "evidence": lambda _n: an_expectation(org),
        "risk": lambda n: identified(org, code=f"R-0{n}"),
        "integrations": lambda _n: registered(org),
        "audit": lambda n: org.manager.post("/v1/engagements", json=type1(title=f"SOC 2, {n}")),
    }
    for number in range(3 * (service in make)):
        answer = await make[service](number)
        if service in {"controls", "audit"}:
            created(answer)


async def sealed(org: Organisation, service: str) -> dict[str, Any]:
    """The verification once everything has been sealed."""

    async def all_of_it() -> dict[str, Any] | None:
        result = ok(await org.admin.get(f"/v1/services/{service}/trail/verification"))
        return result if result["sealed"] and not result["unsealed"] else None

    return await eventually(all_of_it)


async def verification(org: Organisation, service: str, *heads: str) -> dict[str, Any]:
    path = f"/v1/services/{service}/trail/verification"
    result = ok(await org.admin.get(path, params={"head": list(heads)}))
    assert (result["status"] == "broken") is (result["broken"] is not None)
    return result


@asynccontextmanager
async def superuser(stack: Stack, service: str) -> AsyncIterator[asyncpg.Connection]:
    """Someone who can get at the rows past every fence."""
    address = stack.environment(service)["ATTEST_SUPERUSER_DATABASE_URL"].rpartition("/")[0] + f"/{service}"
    connection = await asyncpg.connect(address)
    try:
        yield connection
    finally:
        await connection.close()


def _control(number: int) -> dict[str, Any]:
    return {
        "code": f"LG-0{number}",
        "title": "Logs are kept",
        "statement": "Audit logs of production are kept for a year.",
        "owner": "kim@example.com",
        "kind": "detective",
        "nature": "automated",
        "frequency": "continuous",
    }
