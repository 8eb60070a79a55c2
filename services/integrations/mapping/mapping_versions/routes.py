from uuid import UUID

from fastapi import Response

from services.integrations.mapping.mapping_versions import actions, queries
from services.integrations.mapping.mapping_versions.schemas import (
    MappingDraft,
    MappingRules,
    MappingVersionOut,
    ShippedRulesOut,
)
from services.integrations.mapping.rule_writing.rules import terms_of
from services.integrations.mapping.senders.rules import SHIPPED, VERSION
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.pages import Page
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("mapping versions")


@routes.get("/v1/mapping-versions/shipped", permission=P.SOURCES_READ, response_model=Page[ShippedRulesOut])
async def list_shipped_mapping_rules() -> Page[ShippedRulesOut]:
    """The rules that Attest ships, by kind of sender."""
    items = [
        ShippedRulesOut(
            kind=kind,
            version=VERSION,
            rules=[terms_of(rule) for rule in shipped.rules],
            no_facts=list(shipped.no_facts),
        )
        for kind, shipped in SHIPPED.items()
    ]
    return Page(items=items, next_cursor=None)


routes.list(
    "list_mapping_versions",
    "/v1/mapping-versions",
    queries.mapping_versions,
    MappingVersionOut,
    permission=P.SOURCES_READ,
    description="The versions of the organisation's own mapping rules, the newest first.",
)


routes.one(
    "get_mapping_version",
    "/v1/mapping-versions/{version_id}",
    queries.mapping_version,
    MappingVersionOut,
    permission=P.SOURCES_READ,
    description="One version of the organisation's own rules for a kind of sender.",
)


@routes.post(
    "/v1/mapping-versions",
    permission=P.MAPPING_VERSIONS_WRITE,
    status_code=201,
    response_model=MappingVersionOut,
)
async def draft_mapping_version(draft: MappingDraft, write: Write) -> Response:
    """Draft rules for a kind of sender. Nothing is mapped by them until they are tried and put in force."""
    version = await actions.draft(write.session, given=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.mapping_version, version.id, f"/v1/mapping-versions/{version.id}")


@routes.put(
    "/v1/mapping-versions/{version_id}",
    permission=P.MAPPING_VERSIONS_WRITE,
    response_model=MappingVersionOut,
    refuses=(NotFound,),
)
async def revise_mapping_version(
    version_id: UUID, rules: MappingRules, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a version that was never in force. It has to be tried again."""
    await actions.revise(write.session, version_id, given=rules, expected=expected, by=write.caller.actor, at=write.at)
    return await write.changed(queries.mapping_version, version_id)


@routes.post(
    "/v1/mapping-versions/{version_id}/discards",
    permission=P.MAPPING_VERSIONS_WRITE,
    response_model=MappingVersionOut,
    refuses=(NotFound,),
)
async def discard_mapping_version(version_id: UUID, write: Write) -> Response:
    """Discard a version that was never in force. It stays in the list."""
    await actions.discard(write.session, version_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.mapping_version, version_id)


@routes.post(
    "/v1/mapping-versions/{version_id}/activations",
    permission=P.MAPPING_VERSIONS_WRITE,
    response_model=MappingVersionOut,
    refuses=(NotFound, actions.NotTried),
)
async def put_mapping_version_in_force(version_id: UUID, write: Write) -> Response:
    """Map by this version what is delivered from now on. What was delivered before is mapped again by a remapping."""
    await actions.put_in_force(write.session, version_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.mapping_version, version_id)
