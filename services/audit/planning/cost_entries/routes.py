from uuid import UUID

from fastapi import Response

from services.audit.planning.cost_entries import actions, queries
from services.audit.planning.cost_entries.schemas import (
    CostEntryDraft,
    CostEntryOut,
    CostWithdrawal,
    CounterEntryDraft,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("cost entries")


routes.list(
    "list_cost_entries",
    "/v1/cost-entries",
    queries.entries,
    CostEntryOut,
    permission=P.COSTS_READ,
    description="Budget and actual costs of engagements and programmes, with withdrawn entries and counter-entries.",
)


routes.one(
    "get_cost_entry",
    "/v1/cost-entries/{entry_id}",
    queries.entry,
    CostEntryOut,
    permission=P.COSTS_READ,
    description="One cost entry.",
)


@routes.post("/v1/cost-entries", permission=P.COSTS_WRITE, status_code=201, response_model=CostEntryOut)
async def record_cost_entry(draft: CostEntryDraft, write: Write) -> Response:
    """Record an amount of the budget or an actual one. It is never edited: see counter-entries and withdrawals."""
    entry = await actions.record(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.entry, entry.id, f"/v1/cost-entries/{entry.id}")


@routes.post(
    "/v1/cost-entries/{entry_id}/counter-entries",
    permission=P.COSTS_WRITE,
    status_code=201,
    response_model=CostEntryOut,
    refuses=(NotFound, actions.IsCounterEntry),
)
async def counter_cost_entry(entry_id: UUID, draft: CounterEntryDraft, write: Write) -> Response:
    """Take an entry back, in part or in full, by one with the opposite sign that counts in the same place."""
    entry = await actions.counter(write.session, entry_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.entry, entry.id, f"/v1/cost-entries/{entry.id}")


@routes.post(
    "/v1/cost-entries/{entry_id}/withdrawals",
    permission=P.COSTS_WRITE,
    response_model=CostEntryOut,
    refuses=(NotFound, actions.HasCounterEntries),
)
async def withdraw_cost_entry(entry_id: UUID, withdrawal: CostWithdrawal, write: Write) -> Response:
    """Let an entry count no longer. It stays on record, and the trail keeps the reason."""
    await actions.withdraw(write.session, entry_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.entry, entry_id)
