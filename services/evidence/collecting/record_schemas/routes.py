from fastapi import Response

from services.evidence.collecting.record_schemas import actions, queries
from services.evidence.collecting.record_schemas.schemas import RecordSchemaDraft, RecordSchemaOut
from services.evidence.records.problems import RecordSchemaUnusable
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import Busy, LimitExceeded

routes = Routes("record schemas")


routes.list(
    "list_record_schemas",
    "/v1/record-schemas",
    queries.record_schemas,
    RecordSchemaOut,
    permission=P.EVIDENCE_READ,
    description="What records have to look like, with all their numbers.",
)


routes.one(
    "get_record_schema",
    "/v1/record-schemas/{schema_id}",
    queries.record_schema,
    RecordSchemaOut,
    permission=P.EVIDENCE_READ,
    description="One number of a record schema.",
)


@routes.post(
    "/v1/record-schemas",
    permission=P.EXPECTATIONS_WRITE,
    status_code=201,
    response_model=RecordSchemaOut,
    refuses=(RecordSchemaUnusable, LimitExceeded, Busy),
)
async def define_record_schema(draft: RecordSchemaDraft, write: Write) -> Response:
    """Say what records have to look like; an expectation then names it, or the evidence itself."""
    schema = await actions.define(
        write.session, write.platform.children, draft=draft, by=write.caller.actor, at=write.at
    )
    return await write.created(queries.record_schema, schema.id, f"/v1/record-schemas/{schema.id}")
