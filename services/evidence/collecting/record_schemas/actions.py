"""The verb of a record schema: it is defined once, and a next number of it is another."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.collecting.record_schemas.models import RecordSchema
from services.evidence.collecting.record_schemas.rules import too_costly
from services.evidence.collecting.record_schemas.schemas import RecordSchemaDraft
from services.evidence.records.problems import RecordSchemaUnusable
from services.evidence.records.tasks import faults_of_record, refuse_unusable
from shared.children.pool import Children
from shared.data.sessions import organisation_of
from shared.events.catalogue.evidence_items import RecordSchemaDefined
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid


class RecordDoesNotFit(Invalid):
    """The record does not match its schema."""


class UnknownRecordSchema(Invalid):
    """The record schema does not exist."""


async def define(
    session: AsyncSession, children: Children, *, draft: RecordSchemaDraft, by: Actor, at: datetime
) -> RecordSchema:
    """Say what records look like. Two at once of one code get one number, and the database refuses the second.

    `RecordSchemaUnusable` names what is too costly in it, or why it is no JSON Schema that stands by itself.
    """
    if faults := too_costly(draft.document):
        placed = [Fault(f"/document{fault.pointer}", fault.detail) for fault in faults]
        raise RecordSchemaUnusable("Records cannot be checked against this schema in limited time.", faults=placed)
    await refuse_unusable(children, organisation_of(session), draft.document)
    last = await session.scalar(select(func.max(RecordSchema.number)).where(RecordSchema.code == draft.code))
    schema = RecordSchema(
        **draft.model_dump(), number=(last or 0) + 1, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    session.add(schema)
    event = RecordSchemaDefined(code=schema.code, number=schema.number, title=schema.title)
    announce(session, event, about=schema, by=by, at=at)
    return schema


async def known(session: AsyncSession, ids: Mapping[UUID, str]) -> dict[UUID, RecordSchema]:
    """The schemas by id, each with the pointer of the member that names it; `UnknownRecordSchema` for the others."""
    if not ids:
        return {}
    found = {
        schema.id: schema for schema in await session.scalars(select(RecordSchema).where(col(RecordSchema.id).in_(ids)))
    }
    if faults := [Fault(pointer, "unknown") for schema_id, pointer in ids.items() if schema_id not in found]:
        raise UnknownRecordSchema("There is no such record schema.", faults=faults)
    return found


async def check(session: AsyncSession, children: Children, record: dict[str, object], ids: Mapping[UUID, str]) -> None:
    """Compare a record with its schemas. `RecordDoesNotFit` names every member that is not as they say.

    `LimitExceeded` when that takes longer than it may, `Busy` when too many records wait for it.
    """
    schemas = await known(session, ids)
    if not schemas:
        return
    documents = [schemas[schema].document for schema in sorted(schemas)]
    found = await faults_of_record(children, organisation_of(session), record, documents)
    if found:
        faults = [Fault(f"/record{fault.pointer}", fault.detail) for fault in found]
        names = ", ".join(sorted(f"{schema.code} {schema.number}" for schema in schemas.values()))
        raise RecordDoesNotFit(f"The record does not fit the schema {names}.", faults=faults)
