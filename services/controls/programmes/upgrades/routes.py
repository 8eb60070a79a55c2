from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.controls.programmes.upgrades import actions, queries
from services.controls.programmes.upgrades.schemas import UpgradeDetails, UpgradeDraft, UpgradeOut, UpgradePreview
from shared.http.doors import Read, Write
from shared.http.fields import Code
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("programme upgrades")


@routes.get(
    "/v1/programmes/{programme_id}/upgrade-preview",
    permission=P.PROGRAMMES_READ,
    response_model=UpgradePreview,
    refuses=(NotFound, actions.AlreadyPinned),
)
async def preview_upgrade(
    programme_id: UUID,
    read: Read,
    framework_version_id: Annotated[UUID, Query(description="Another version of the programme's framework")],
    categories: Annotated[
        list[Code] | None, Query(max_length=50, description="Which are in scope then; as now when left out")
    ] = None,
) -> Response:
    """What an upgrade would add, remove and change, and which mappings of controls would hold. Changes nothing."""
    draft = UpgradeDraft(framework_version_id=framework_version_id, categories=categories)
    async with read.transaction() as session:
        return await read.computed(await actions.preview(session, programme_id, draft=draft))


@routes.post(
    "/v1/programmes/{programme_id}/upgrades",
    permission=P.PROGRAMMES_WRITE,
    status_code=201,
    response_model=UpgradeDetails,
    refuses=(NotFound, actions.AlreadyPinned),
)
async def upgrade_programme(programme_id: UUID, draft: UpgradeDraft, write: Write) -> Response:
    """Move a programme to another version of its framework. Mappings that still hold are kept."""
    upgrade = await actions.upgrade(write.session, programme_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.upgrade, upgrade.id, f"/v1/upgrades/{upgrade.id}")


routes.list(
    "list_upgrades",
    "/v1/upgrades",
    queries.upgrades,
    UpgradeOut,
    permission=P.PROGRAMMES_READ,
    description="The upgrades of the organisation's programmes.",
)


routes.one(
    "get_upgrade",
    "/v1/upgrades/{upgrade_id}",
    queries.upgrade,
    UpgradeDetails,
    permission=P.PROGRAMMES_READ,
    description="One upgrade, with its effect.",
)


@routes.post(
    "/v1/upgrades/{upgrade_id}/rollbacks",
    permission=P.PROGRAMMES_WRITE,
    response_model=UpgradeDetails,
    refuses=(NotFound, actions.ProgrammeMovedOn),
)
async def roll_upgrade_back(upgrade_id: UUID, write: Write) -> Response:
    """Undo an upgrade: the programme is again exactly where it was before."""
    await actions.roll_back(write.session, upgrade_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.upgrade, upgrade_id)
