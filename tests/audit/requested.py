"""What the tests of requests begin with: an engagement in planning, and what its team asks for."""

import uuid
from collections.abc import Sequence
from typing import Any

import httpx

from deploy.firm import Firm
from services.audit.requests.known_evidence.actions import EVIDENCE
from shared.clock import new_id
from shared.data.sessions import Database, instant_of
from shared.events.catalogue.evidence import EvidenceSubmitted
from shared.events.event import Event, Heard
from shared.identity.callers import SYSTEM, Actor
from tests.audit.given import day, moved, planned
from tests.support import Organisation, created, ok

DRAFT = {
    "title": "List of all user accounts",
    "text": "All accounts of the production systems, with roles, as of the period's end.",
    "example": "An export of the identity provider that shows the query, the system and the time.",
}
DUE = {"due_on": day(14)}
WORDS = {"text": "The accounts of contractors are on the second sheet."}


async def in_planning(
    org: Organisation, database: Database, firm: Firm, *people: str, controls: Sequence[uuid.UUID] = ()
) -> dict[str, Any]:
    """An engagement of the firm in planning, with these people on its team: a tester when left out."""
    engagement = await planned(org, None, *controls)
    engagement = await moved(database, org, engagement, "accepted", "planning", firm_id=firm.id)
    for person in people or ("staff",):
        await firm.assign(engagement["id"], person)
    return engagement


async def drafted(staff: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    return created(await staff.post("/v1/requests", json=DRAFT | DUE | changes))


async def released(staff: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """A request that the client is asked for."""
    draft = await drafted(staff, **changes)
    return ok(await staff.post(f"/v1/requests/{draft['id']}/releases", json={}))


async def answered(org: Organisation, request: dict[str, Any], **answer: Any) -> dict[str, Any]:
    """The answer of a control owner of the client."""
    return created(await org.owner.post(f"/v1/requests/{request['id']}/answers", json=answer or WORDS))


async def evidence(org: Organisation, database: Database, title: str = "Accounts, 30 June", by: Actor = SYSTEM) -> str:
    """An item of evidence that the client handed in, as the audit service hears of it."""
    item = new_id()
    async with database.transaction(uuid.UUID(org.id)) as session:
        at = instant_of(session)
        event = EvidenceSubmitted(title=title, covers_from=at, covers_until=at, accepted_at=None, proves=[])
        heard: Heard[Event] = Heard(new_id(), uuid.UUID(org.id), item, 1, at, by, event)
        await EVIDENCE.note(session, [heard])
    return str(item)


async def told(client: httpx.AsyncClient, subject: str) -> list[str]:
    """The types of the events about a thing in the audit trail of the client's organisation, oldest first."""
    events = ok(await client.get("/v1/services/audit/trail", params={"subject": subject}))["items"]
    return [each["type"].removeprefix("audit.") for each in events]
