"""Search among 100,000 pieces of evidence, with as many of another organisation beside them.

A word that all have, one that one has, one that is still being typed, and two that never stand together.
"""

import json
import time
from uuid import UUID

import asyncpg
import httpx
from uuid_utils.compat import uuid7

from deploy.client import done
from deploy.local.stack import Stack
from tests.bench.machine import percentile
from tests.bench.report import Limit, Report
from tests.bench.seed import unfenced
from tests.support import acting

ITEMS = 100_000
_TIMES = 40
_ASKED = {
    "a word of all": "review",
    "a word of one": "n77777",
    "the beginning of words": "review n7",
    "a word of a tenth and one of a seventh": "tenth seventh",
    "two common words that never meet": "even odd",
    "a word of none": "nothing",
}
_ITEMS = """
    insert into evidence_items (id, org_id, title, kind, url, source, collected_at, covers_from, covers_until, status,
                                submitter, series_id, number, record_schema_ids, version, created_at, updated_at)
    select id, $1, 'Access review n' || n || case when n % 2 = 0 then ' even' else ' odd' end
           || case when n % 10 = 0 then ' tenth' else '' end || case when n % 7 = 0 then ' seventh' else '' end,
           'link', 'https://example.com/' || n, 'directory', now(), now() - interval '90 days', now(), 'submitted',
           $3::jsonb, id, 1, '{}', 1, now() - n * interval '1 second', now()
    from (select n, uuidv7() as id from generate_series(1, $2) n) made
"""
_WORDS = """
    insert into evidence_words (item_id, word, org_id)
    select i.id, word, i.org_id
    from evidence_items i, unnest(tsvector_to_array(to_tsvector('simple', i.title || ' ' || i.source))) word
    where i.org_id = $1
    on conflict do nothing  -- other measurements of this run have written evidence too
"""


async def measure(stack: Stack, report: Report, org_id: UUID, token: str) -> None:
    """Report how long each search takes at the service, 50 found."""
    database = await asyncpg.connect(unfenced(stack, "evidence"))
    for owner in (org_id, uuid7()):
        await database.execute(_ITEMS, owner, ITEMS, json.dumps(acting("submitter").recorded))
        await database.execute(_WORDS, owner)
    await database.execute("vacuum analyze evidence_items, evidence_words")
    await database.close()
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=stack.service_url("evidence"), headers=headers, timeout=30) as service:
        for name, words in _ASKED.items():
            taken: list[float] = []
            for _ in range(_TIMES):
                began = time.perf_counter()
                done(await service.get("/v1/evidence", params={"q": words}))
                taken.append((time.perf_counter() - began) * 1000)
            report.tell(f"search for {name}, p50", percentile(taken, 0.5), "ms", limit=Limit(most=100))
