from fastapi import Response

from services.evidence.intake.storage import queries
from services.evidence.intake.storage.schemas import StorageOut
from services.evidence.intake.store import the_store
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P

routes = Routes("storage")


@routes.get("/v1/storage", permission=P.ORGANISATION_READ, response_model=StorageOut)
async def get_storage(read: Read) -> Response:
    """How many bytes the organisation's files take, and how many more may come."""
    async with read.transaction() as session:
        usage = await queries.usage(session)
    return await read.computed(
        StorageOut(
            quota_bytes=usage.quota_bytes,
            used_bytes=usage.used_bytes,
            left_bytes=usage.left_bytes,
            largest_file_bytes=the_store().largest,
        )
    )
