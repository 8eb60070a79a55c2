"""Rows to read: 10,000 controls in one organisation and as many in five others, so that an index has work to do."""

from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from deploy.local.stack import Stack

CONTROLS = 10_000
_OTHERS = 5
_FENCE = "select set_config('app.org_id', $1, true)"
_CONTROLS = """
    insert into controls
    select uuidv7(), $1, 'C-' || lpad(n::text, 6, '0'), 'Access to system ' || n || ' is reviewed every quarter',
           'The owner of system ' || n || ' reviews who has access to it, removes what is no longer needed, and'
           || ' records the outcome.',
           'owner' || n % 50 || '@example.com', (array['preventive', 'detective', 'corrective'])[1 + n % 3],
           (array['manual', 'automated', 'hybrid'])[1 + n % 3], 'quarterly', array['soc2:CC6.2', 'soc2:CC6.3'],
           'implemented', 'client:seed', 3, now() - interval '1 day', now()
    from generate_series(1, $2) n
"""


async def seed(stack: Stack, org_id: UUID) -> list[UUID]:
    """Write the controls as the application role, one fenced transaction an organisation; some ids of `org_id`."""
    connection = await asyncpg.connect(stack.environment("controls")["ATTEST_DATABASE_URL"])
    try:
        for owner in (org_id, *(uuid7() for _ in range(_OTHERS))):
            async with connection.transaction():
                await connection.execute(_FENCE, str(owner))
                await connection.execute(_CONTROLS, owner, CONTROLS)
        async with connection.transaction():
            await connection.execute(_FENCE, str(org_id))
            rows = await connection.fetch("select id from controls order by random() limit 500")
    finally:
        await connection.close()
    owner_connection = await asyncpg.connect(stack.environment("controls")["ATTEST_OWNER_DATABASE_URL"])
    try:
        await owner_connection.execute("vacuum analyze controls")
    finally:
        await owner_connection.close()
    return [row["id"] for row in rows]


def unfenced(stack: Stack, service: str) -> str:
    """The address of a service's database as the superuser, whom no policy binds: for looking, and for the bare app."""
    address = urlsplit(stack.environment(service)["ATTEST_SUPERUSER_DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{service}"))
