from fastapi import Request, Response

from services.evidence.bundles.bundles import actions, queries
from services.evidence.bundles.bundles.schemas import BundleDraft, BundleOut
from services.evidence.sealing import KEYS
from shared.http.doors import Write, platform_of
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.trail.sealing import SealingKeys

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
    bundle = actions.assemble(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.bundle, bundle.id, f"/v1/bundles/{bundle.id}")


@routes.get("/.well-known/attest-sealing-keys.json", permission=None, response_model=SealingKeys)
async def get_sealing_keys(request: Request) -> SealingKeys:
    """The public keys that certificates and bundles are signed with. Learn the one you trust by another way as well."""
    return SealingKeys.model_validate({"keys": await KEYS.every(platform_of(request).database)})
