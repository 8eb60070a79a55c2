import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.documents.contents import Entry
from services.controls.frameworks.differences.queries import Pinnable, pinnable
from services.controls.frameworks.differences.rules import changed, missing
from services.controls.frameworks.differences.schemas import DifferencesOut
from services.controls.frameworks.requirements.queries import entries_of
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Fault, Invalid, NotFound

routes = Routes("framework differences")


@routes.get(
    "/v1/framework-versions/{version_id}/differences",
    permission=P.FRAMEWORKS_READ,
    response_model=DifferencesOut,
    refuses=(NotFound,),
)
async def compare_framework_versions(
    version_id: UUID, read: Read, to: Annotated[UUID, Query(description="Another version of the same framework")]
) -> Response:
    """What another version of the framework adds, removes and changes, each change with the old and the new."""
    async with read.transaction() as session:
        before = await pinnable(session, version_id)
        if before is None:
            raise NotFound(f"There is no framework version {version_id}.")
        after = await pinnable(session, to)
        if after is None or after.framework_id != before.framework_id:
            detail = f"there is no such version of {before.framework}"
            raise Invalid(f"These cannot be compared: {detail}.", faults=[Fault("query/to", detail)])
        entries = await entries_of(session, before.version_id), await entries_of(session, after.version_id)
    return await read.computed(await asyncio.to_thread(_differences, before, after, *entries))


def _differences(before: Pinnable, after: Pinnable, old: list[Entry], new: list[Entry]) -> DifferencesOut:
    removed, different = missing(old, new), changed(old, new)
    return DifferencesOut(
        framework=before.framework,
        from_version_id=before.version_id,
        from_version=before.label,
        to_version_id=after.version_id,
        to_version=after.label,
        added=missing(new, old),
        removed=removed,
        changed=different,
        unchanged=len(old) - len(removed) - len(different),
    )
