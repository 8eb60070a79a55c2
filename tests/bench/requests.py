"""What a team reads of its requests: a page of the list, of answers and of threads, of an engagement with many."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
import httpx

from deploy.client import Organisation, client, done
from deploy.firm import Firm
from deploy.local.stack import Stack
from services.audit.app import SERVICE
from services.audit.requests.request_answers.routes import routes as answer_routes
from services.audit.requests.request_comments.routes import routes as comment_routes
from services.audit.requests.requests.routes import routes as request_routes
from shared.data.reads import Listing
from shared.http.operations import Routes
from tests.audit.requested import DRAFT, DUE, WORDS
from tests.audit.sampled import Team
from tests.bench.report import Report
from tests.bench.seed import UNLIMITED, unfenced
from tests.bench.throughput import measure_reads

_COPIES = 5_000
# Each copy has ids of its own, and refers to the copy of the same number of what the original refers to.
_COPY = """
    insert into {table} select (jsonb_populate_record(r, jsonb_build_object(
        'id', md5(r.id::text || n)::uuid, 'created_at', r.created_at - n * interval '1 second',
        'updated_at', r.updated_at - n * interval '1 second', {also}))).*
    from {table} r, generate_series(1, $2) n where r.engagement_id = $1
"""
_OF_COPY = "'request_id', md5(r.request_id::text || n)::uuid"
_COPIED = {
    "requests": "'code', r.code || '-' || n",
    "request_answers": _OF_COPY,
    "request_comments": _OF_COPY,
}


async def measure(stack: Stack, report: Report) -> None:
    """The lists of an engagement with 5,000 requests, each with an answer and a comment, for a member of its team."""
    named = stack.operator()
    async with client(stack.url, named["ATTEST_OPERATOR_CLIENT_ID"], named["ATTEST_OPERATOR_SECRET"]) as operator:
        firm = await Firm.found(operator, "Requests & Partners LLP")
        team = await Team.of(await Organisation.found(operator, "Asked"), firm)
    await _fill(stack, team)
    async with httpx.AsyncClient(timeout=30) as asking:
        token = done(await asking.send(firm.token_request("staff", team.engagement)))["access_token"]
    own, clients = UUID(firm.id), UUID(team.org.id)
    for org_id, routes in ((own, (request_routes, comment_routes)), (clients, (answer_routes,))):
        await measure_reads(stack, report, replace(SERVICE, routes=_lists(routes)), org_id, token)
    await team.close()
    await firm.close()
    await team.org.close()


async def _fill(stack: Stack, team: Team) -> None:
    request = done(await team.staff.post("/v1/requests", json=DRAFT | DUE))
    path = f"/v1/requests/{request['id']}"
    done(await team.staff.post(f"{path}/releases", json={}))
    done(await team.org.owner.post(f"{path}/answers", json=WORDS))
    done(await team.staff.post(f"{path}/comments", json={"text": "Thank you."}))
    connection = await asyncpg.connect(unfenced(stack, "audit"), server_settings=UNLIMITED)
    for table, also in _COPIED.items():
        await connection.execute(_COPY.format(table=table, also=also), UUID(team.engagement), _COPIES)
        await connection.execute(f"analyze {table}")
    await connection.close()


def _lists(routes: Sequence[Routes]) -> list[Routes]:
    """The lists of these nouns; what is read of one thing says by its own condition for whom it is."""
    return [replace(each, reads=[read for read in each.reads if isinstance(read[1], Listing)]) for each in routes]
