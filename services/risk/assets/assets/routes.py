from uuid import UUID

from fastapi import Response

from services.risk.assets.assets import actions, queries
from services.risk.assets.assets.schemas import AssetDraft, AssetOut, AssetRetirement, AssetRevision
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import CodeTaken, NotFound

routes = Routes("assets")


routes.list(
    "list_assets",
    "/v1/assets",
    queries.assets,
    AssetOut,
    permission=P.ASSETS_READ,
    description="The organisation's assets, retired ones included.",
)


routes.one(
    "get_asset",
    "/v1/assets/{asset_id}",
    queries.asset,
    AssetOut,
    permission=P.ASSETS_READ,
    description="One asset, with the relations that it names and the controls that protect it.",
)


@routes.post(
    "/v1/assets",
    permission=P.ASSETS_WRITE,
    status_code=201,
    response_model=AssetOut,
    refuses=(CodeTaken, *PERSON_REFUSALS),
)
async def register_asset(draft: AssetDraft, write: Write) -> Response:
    """Register an asset, with its owner and what relates it to others."""
    asset = await actions.register(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.asset, asset.id, f"/v1/assets/{asset.id}")


@routes.patch(
    "/v1/assets/{asset_id}", permission=P.ASSETS_WRITE, response_model=AssetOut, refuses=(NotFound, *PERSON_REFUSALS)
)
async def revise_asset(asset_id: UUID, revision: AssetRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change an asset. `relations` and `control_ids` are replaced as a whole."""
    await actions.revise(
        write.session, asset_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.asset, asset_id)


@routes.post(
    "/v1/assets/{asset_id}/activations",
    permission=P.ASSETS_WRITE,
    response_model=AssetOut,
    refuses=(NotFound,),
)
async def activate_asset(asset_id: UUID, write: Write) -> Response:
    """Say that a proposed asset is in use."""
    await actions.activate(write.session, asset_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.asset, asset_id)


@routes.post(
    "/v1/assets/{asset_id}/retirements",
    permission=P.ASSETS_WRITE,
    response_model=AssetOut,
    refuses=(NotFound, actions.AssetInUse),
)
async def retire_asset(asset_id: UUID, retirement: AssetRetirement, write: Write) -> Response:
    """Say that an asset is no longer in use, and why. It stays on record, and nothing is related to it any more."""
    await actions.retire(write.session, asset_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.asset, asset_id)
