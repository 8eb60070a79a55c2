"""Vendors that tests begin with, and evidence as the risk service hears of it."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.risk.vendors.known_evidence.actions import EVIDENCE
from shared.clock import new_id
from shared.data.sessions import Database, instant_of
from shared.events.catalogue.evidence import EvidenceReturned, EvidenceSubmitted
from shared.events.event import Event, Heard
from shared.identity.callers import SYSTEM
from shared.schedule import Sweep
from tests.support import Organisation, created, ok

VENDOR: dict[str, Any] = {
    "code": "V-01",
    "name": "Example Hosting Ltd",
    "services": "Virtual machines in two data centres.",
    "data": ["Customer documents"],
    "data_class": "confidential",
    "access": "none",
    "dependence": "degraded",
    "replaceability": "weeks",
    "owner": "riley@example.com",
}
ASSESSMENT: dict[str, Any] = {"summary": "Sound.", "findings": [], "proposal": "approved"}
REASON = {"reason": "It was agreed."}


def today(days: int = 0) -> str:
    """Today in UTC, or so many days later."""
    return str(datetime.now(UTC).date() + timedelta(days=days))


async def registered_vendor(org: Organisation, **changes: Any) -> str:
    """A prospect's id."""
    return str(created(await org.risk.post("/v1/vendors", json=VENDOR | changes))["id"])


async def vendor_of(org: Organisation, vendor: str) -> dict[str, Any]:
    return ok(await org.viewer.get(f"/v1/vendors/{vendor}"))


async def started(org: Organisation, vendor: str, reviewer: str = "risk@example.com") -> str:
    """The id of a review that has begun."""
    answer = await org.risk.post(f"/v1/vendors/{vendor}/reviews", json={"reviewer": reviewer})
    return str(created(answer)["id"])


async def assessed(org: Organisation, vendor: str) -> str:
    """The id of a review that waits for its decision."""
    review = await started(org, vendor)
    ok(await org.risk.put(f"/v1/vendor-reviews/{review}/evidence", json={"note": "Their trust page."}))
    ok(await org.risk.put(f"/v1/vendor-reviews/{review}/assessment", json=ASSESSMENT))
    return review


async def decided(org: Organisation, vendor: str, outcome: str = "approved", **more: Any) -> str:
    """The id of a review that the manager decided and the risk manager closed."""
    review = await assessed(org, vendor)
    decision = {"outcome": outcome, "reason": "As proposed."} | more
    ok(await org.manager.post(f"/v1/vendor-reviews/{review}/decisions", json=decision))
    ok(await org.risk.post(f"/v1/vendor-reviews/{review}/closings"))
    return review


async def active_vendor(org: Organisation, **changes: Any) -> str:
    """The id of a vendor in use."""
    vendor = await registered_vendor(org, **changes)
    await decided(org, vendor)
    ok(await org.risk.post(f"/v1/vendors/{vendor}/activations"))
    return vendor


async def evidence(org: Organisation, database: Database, *, returned: bool = False) -> str:
    """An item of evidence that was handed in, as the risk service hears of it."""
    item = new_id()
    async with database.transaction(uuid.UUID(org.id)) as session:
        at = instant_of(session)
        about = {"title": "Mail of their administrator", "covers_from": at, "covers_until": at, "proves": []}
        event: Event = EvidenceSubmitted.model_validate(about | {"accepted_at": None})
        if returned:
            event = EvidenceReturned.model_validate(about | {"accepted_at": None})
        heard: Heard[Event] = Heard(new_id(), uuid.UUID(org.id), item, 1, at, SYSTEM, event)
        await EVIDENCE.note(session, [heard])
    return str(item)


async def strike(database: Database, sweep: Sweep, org: Organisation, as_of: date | datetime) -> int:
    """Have the clock strike for one sweep; how much it did. It looks at the organisation when there is something."""
    instant = as_of if isinstance(as_of, datetime) else datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=UTC)
    async with database.across_organisations() as everywhere:
        due = uuid.UUID(org.id) in set(await everywhere.scalars(sweep.due(instant)))
    async with database.transaction(uuid.UUID(org.id)) as session:
        done = int(await sweep.run(session, as_of=instant, limit=500))
    assert due == (done > 0)
    return done
