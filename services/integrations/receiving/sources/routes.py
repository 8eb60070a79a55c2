from uuid import UUID

from fastapi import Response

from services.integrations.receiving.deliveries.queries import tallies
from services.integrations.receiving.deliveries.schemas import TallyOut
from services.integrations.receiving.sources import actions, queries
from services.integrations.receiving.sources.schemas import (
    SourceDraft,
    SourceOut,
    SourceRegisteredOut,
    SourceRetirement,
    SourceRevision,
    SourceSecretDraft,
    SourceSecretIssuedOut,
    SourceSecretOut,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion, etag
from shared.identity.permissions import P
from shared.people.references import PERSON_REFUSALS
from shared.problems import NotFound

routes = Routes("sources")


routes.list(
    "list_sources",
    "/v1/sources",
    queries.sources,
    SourceOut,
    permission=P.SOURCES_READ,
    description="The systems that report to the organisation.",
)


routes.one(
    "get_source",
    "/v1/sources/{source_id}",
    queries.source,
    SourceOut,
    permission=P.SOURCES_READ,
    description="One source: where it sends to, how it proves itself, and who answers for it.",
)


@routes.post(
    "/v1/sources",
    permission=P.SOURCES_WRITE,
    status_code=201,
    response_model=SourceRegisteredOut,
    refuses=PERSON_REFUSALS,
)
async def register_source(draft: SourceDraft, write: Write) -> Response:
    """Let a system report to the organisation. Enter `path` and `secret`, which is shown this once, in that system."""
    new = await actions.register(write.session, draft=draft, by=write.caller.actor, at=write.at)
    out = SourceRegisteredOut.model_validate(
        {
            **new.source.model_dump(),
            "owner": {"id": new.owner.id, "name": new.owner.name},
            "path": f"/v1/hooks/{new.source.address}",
            "secret": new.secret,
            "standing": {},
        }
    )
    headers = {"Location": f"/v1/sources/{new.source.id}", "ETag": etag(new.source.version)}
    return Response(out.model_dump_json(), 201, headers, "application/json")


@routes.patch(
    "/v1/sources/{source_id}",
    permission=P.SOURCES_WRITE,
    response_model=SourceOut,
    refuses=(NotFound, *PERSON_REFUSALS),
)
async def revise_source(source_id: UUID, revision: SourceRevision, expected: ExpectedVersion, write: Write) -> Response:
    """Change a source. Another kind or scheme is another source."""
    await actions.revise(
        write.session, source_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.source, source_id)


@routes.post(
    "/v1/sources/{source_id}/retirements",
    permission=P.SOURCES_WRITE,
    response_model=SourceOut,
    refuses=(NotFound,),
)
async def retire_source(source_id: UUID, retirement: SourceRetirement, write: Write) -> Response:
    """Take nothing from a source any more: it is answered 410. What it sent is kept."""
    await actions.retire(write.session, source_id, reason=retirement.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.source, source_id)


routes.list(
    "list_source_tallies",
    "/v1/sources/{source_id}/tallies",
    tallies,
    TallyOut,
    permission=P.SOURCES_READ,
    description="Requests to the source's address that were not kept, by day and by what they came to.",
    parent=queries.source,
)


routes.list(
    "list_source_secrets",
    "/v1/sources/{source_id}/secrets",
    queries.source_secrets,
    SourceSecretOut,
    permission=P.SOURCES_READ,
    description="When a source's secrets were issued, used and revoked; never the secrets.",
    parent=queries.source,
)


@routes.post(
    "/v1/sources/{source_id}/secrets",
    permission=P.SOURCES_WRITE,
    status_code=201,
    response_model=SourceSecretIssuedOut,
    refuses=(NotFound, actions.TooManySourceSecrets, actions.SourceNeedsNoSecret),
)
async def issue_source_secret(source_id: UUID, draft: SourceSecretDraft, write: Write) -> Response:
    """One more secret, shown this once if it is made here. The others go on working until they end or are revoked."""
    row, made = await actions.issue_secret(
        write.session,
        source_id,
        given=draft.secret,
        others_end_at=draft.others_end_at,
        by=write.caller.actor,
        at=write.at,
    )
    out = SourceSecretIssuedOut(**SourceSecretOut.model_validate(row, from_attributes=True).model_dump(), secret=made)
    headers = {"Location": f"/v1/sources/{source_id}/secrets"}
    return Response(out.model_dump_json(), 201, headers, "application/json")


@routes.post(
    "/v1/sources/{source_id}/secrets/{secret_id}/revocations",
    permission=P.SOURCES_WRITE,
    response_model=SourceOut,
    refuses=(NotFound,),
)
async def revoke_source_secret(source_id: UUID, secret_id: UUID, write: Write) -> Response:
    """Say that a secret proves nothing any more; what is signed with it is refused from now on."""
    await actions.revoke_secret(write.session, source_id, secret_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.source, source_id)
