from uuid import UUID

from fastapi import Response

from services.controls.frameworks.crosswalk_entries import actions, queries
from services.controls.frameworks.crosswalk_entries.schemas import (
    EntryBatch,
    EntryBatchOut,
    EntryDraft,
    EntryOut,
    EntryRevision,
)
from shared.http.batches import answers
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import ComesWithAttest, NotFound

routes = Routes("crosswalk entries")


routes.list(
    "list_crosswalk_entries",
    "/v1/crosswalk-entries",
    queries.entries,
    EntryOut,
    permission=P.FRAMEWORKS_READ,
    description="Which requirements speak of the same, and how; an entry can be read from either end.",
)


routes.one(
    "get_crosswalk_entry",
    "/v1/crosswalk-entries/{entry_id}",
    queries.entry,
    EntryOut,
    permission=P.FRAMEWORKS_READ,
    description="One entry of a crosswalk.",
)


@routes.post(
    "/v1/crosswalk-entries",
    permission=P.FRAMEWORKS_WRITE,
    status_code=201,
    response_model=EntryOut,
    refuses=(NotFound, ComesWithAttest),
)
async def write_crosswalk_entry(draft: EntryDraft, write: Write) -> Response:
    """Say how a requirement of one framework stands to one of another, in a crosswalk of the organisation's own."""
    entry_id = await actions.write(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.entry, entry_id, f"/v1/crosswalk-entries/{entry_id}")


@routes.post(
    "/v1/crosswalk-entries/batch",
    permission=P.FRAMEWORKS_WRITE,
    response_model=EntryBatchOut,
    refuses=(NotFound, ComesWithAttest),
)
async def write_crosswalk_entries(batch: EntryBatch, write: Write) -> EntryBatchOut:
    """Write up to 1,000 entries at once; each is answered for itself, in the order of the batch."""
    became = await actions.write_all(write.session, batch=batch, by=write.caller.actor, at=write.at)
    results = answers(became, refusal="This entry cannot be written.")
    written = sum(result.id is not None for result in results)
    return EntryBatchOut(written=written, refused=len(results) - written, results=results)


@routes.patch(
    "/v1/crosswalk-entries/{entry_id}",
    permission=P.FRAMEWORKS_WRITE,
    response_model=EntryOut,
    refuses=(NotFound, ComesWithAttest),
)
async def revise_crosswalk_entry(
    entry_id: UUID, revision: EntryRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change how two requirements relate, or what is said of it."""
    await actions.revise(
        write.session, entry_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.entry, entry_id)


@routes.delete(
    "/v1/crosswalk-entries/{entry_id}",
    permission=P.FRAMEWORKS_WRITE,
    response_model=EntryOut,
    refuses=(NotFound, ComesWithAttest),
)
async def withdraw_crosswalk_entry(entry_id: UUID, expected: ExpectedVersion, write: Write) -> Response:
    """Withdraw an entry. It stays on record as a tombstone, so that whoever syncs learns of it."""
    await actions.withdraw(write.session, entry_id, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.entry, entry_id)
