from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.evidence.items.record_schemas import actions, queries
from services.evidence.items.record_schemas.schemas import RecordSchemaDraft, RecordSchemaOut
from shared.data.reads import PageRequest
from shared.http.doors import Read, Write
from shared.http.fields import Code
from shared.http.operations import Routes
from shared.http.pages import After, Limit, Page
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("record schemas")


@routes.get("/v1/record-schemas", permission=P.EVIDENCE_READ, response_model=Page[RecordSchemaOut])
async def list_record_schemas(
    read: Read,
    limit: Limit = 50,
    cursor: After = None,
    sort: Literal["created_at", "-created_at"] = "-created_at",
    code: Annotated[Code | None, Query()] = None,
) -> Response:
    """What records have to look like, with all their numbers."""
    return await read.page(queries.record_schemas, PageRequest(limit, cursor, sort), code=code)


@routes.get(
    "/v1/record-schemas/{schema_id}", permission=P.EVIDENCE_READ, response_model=RecordSchemaOut, refuses=(NotFound,)
)
async def get_record_schema(schema_id: UUID, read: Read) -> Response:
    """One number of a record schema."""
    return await read.one(queries.record_schema, schema_id)


@routes.post("/v1/record-schemas", permission=P.EXPECTATIONS_WRITE, status_code=201, response_model=RecordSchemaOut)
async def define_record_schema(draft: RecordSchemaDraft, write: Write) -> Response:
    """Say what records have to look like; an expectation then names it, or the evidence itself."""
    schema = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.record_schema, schema.id, f"/v1/record-schemas/{schema.id}")
