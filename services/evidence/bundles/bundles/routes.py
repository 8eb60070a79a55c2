from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from services.evidence.archive import TrailNotSealed, archive
from services.evidence.bundles.bundles import actions, queries
from services.evidence.bundles.bundles.schemas import BundleDraft, BundleOut, SealingKeys
from services.evidence.items.items.rules import attachment
from services.evidence.sealing import published_keys
from services.evidence.store import StoreUnavailable
from shared.http.doors import Read, Write, platform_of
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("evidence bundles")


routes.list(
    "list_bundles",
    "/v1/bundles",
    queries.bundles,
    BundleOut,
    permission=P.BUNDLES_READ,
    description="The organisation's bundles.",
)


routes.one(
    "get_bundle",
    "/v1/bundles/{bundle_id}",
    queries.bundle,
    BundleOut,
    permission=P.BUNDLES_READ,
    description="One bundle.",
)


@routes.post("/v1/bundles", permission=P.BUNDLES_WRITE, status_code=201, response_model=BundleOut)
async def assemble_bundle(draft: BundleDraft, write: Write) -> Response:
    """Say which evidence an archive holds: what proves these controls, covers the period and is accepted by now."""
    bundle = await actions.assemble(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.bundle, bundle.id, f"/v1/bundles/{bundle.id}")


@routes.get(
    "/v1/bundles/{bundle_id}/archive",
    permission=P.BUNDLES_READ,
    response_class=StreamingResponse,
    responses={200: {"description": "The archive", "content": {"application/zip": {}}}},
    refuses=(NotFound, TrailNotSealed, StoreUnavailable),
)
async def download_bundle(bundle_id: UUID, read: Read) -> Response:
    """The archive as a ZIP, streamed; `attest verify` checks it offline. One that breaks off is found by that too."""
    name, chunks = await archive(read.platform.database, read.caller.org_id, bundle_id)
    headers = {"Content-Disposition": attachment(f"{name}.zip"), "Cache-Control": "private, no-cache"}
    return StreamingResponse(chunks, 200, headers, "application/zip")


@routes.get("/.well-known/attest-sealing-keys.json", permission=None, response_model=SealingKeys)
async def get_sealing_keys(request: Request) -> SealingKeys:
    """The public keys that certificates and bundles are signed with. Learn the one you trust by another way as well."""
    return SealingKeys.model_validate({"keys": await published_keys(platform_of(request).database)})
