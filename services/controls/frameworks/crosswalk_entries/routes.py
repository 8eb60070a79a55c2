from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.controls.frameworks.crosswalk_entries import actions, queries
from services.controls.frameworks.crosswalk_entries.models import EntryStatus, Relation
from services.controls.frameworks.crosswalk_entries.schemas import (
    EntryBatch,
    EntryBatchOut,
    EntryDraft,
    EntryOut,
    EntryRevision,
)
from services.controls.frameworks.crosswalks.actions import ComesWithAttest
from services.controls.frameworks.requirements.schemas import RequirementRef
from shared.data.reads import PageRequest
from shared.http.batches import answers
from shared.http.doors import Read, Write
from shared.http.fields import Instant
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("crosswalk entries")


@routes.get("/v1/crosswalk-entries", permission=P.FRAMEWORKS_READ, response_model=Page[EntryOut])
async def list_crosswalk_entries(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["source", "-source", "created_at", "-created_at", "updated_at", "-updated_at"] = "source",
    crosswalk_id: UUID | None = None,
    requirement: Annotated[RequirementRef | None, Query(description="At either end")] = None,
    relation: Relation | None = None,
    status: EntryStatus | None = None,
    updated_since: Annotated[Instant | None, Query(description="Tombstones are among what changed since")] = None,
) -> Response:
    """Which requirements speak of the same, and how; an entry can be read from either end."""
    return await read.page(
        queries.entries,
        PageRequest(limit, cursor, sort),
        crosswalk_id=crosswalk_id,
        requirement=requirement,
        relation=relation,
        status=status,
        updated_since=updated_since,
    )


@routes.get(
    "/v1/crosswalk-entries/{entry_id}", permission=P.FRAMEWORKS_READ, response_model=EntryOut, refuses=(NotFound,)
)
async def get_crosswalk_entry(entry_id: UUID, read: Read) -> Response:
    """One entry of a crosswalk."""
    return await read.one(queries.entry, entry_id)


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
    written = sum(each.id is not None for each in results)
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
