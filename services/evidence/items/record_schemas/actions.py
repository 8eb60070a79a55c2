"""The verb of a record schema: it is defined once, and a next number of it is another."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.evidence.items.record_schemas.models import RecordSchema
from services.evidence.items.record_schemas.rules import faults_of
from services.evidence.items.record_schemas.schemas import RecordSchemaDraft
from shared.data.sessions import organisation_of
from shared.events.catalogue.evidence_items import RecordSchemaDefined
from shared.events.trail import announce
from shared.problems import Fault, Invalid


class RecordDoesNotFit(Invalid):
    """The record is not what its schema says."""


class UnknownRecordSchema(Invalid):
    """There is no such record schema."""


async def define(session: AsyncSession, *, draft: RecordSchemaDraft, by: str, at: datetime) -> RecordSchema:
    """Say what records look like. Two at once of one code get one number, and the database refuses the second."""
    last = await session.scalar(select(func.max(RecordSchema.number)).where(RecordSchema.code == draft.code))
    schema = RecordSchema(
        **draft.model_dump(), number=(last or 0) + 1, org_id=organisation_of(session), created_at=at, updated_at=at
    )
    event = RecordSchemaDefined(code=schema.code, number=schema.number, title=schema.title)
    await announce(session, event, about=schema, by=by, at=at)
    return schema


async def known(session: AsyncSession, ids: Mapping[UUID, str]) -> dict[UUID, RecordSchema]:
    """The schemas by id, each with the pointer of the member that names it; `UnknownRecordSchema` for the others."""
    if not ids:
        return {}
    found = {each.id: each for each in await session.scalars(select(RecordSchema).where(col(RecordSchema.id).in_(ids)))}
    if faults := [Fault(pointer, "unknown") for each, pointer in ids.items() if each not in found]:
        raise UnknownRecordSchema("There is no such record schema.", faults=faults)
    return found


async def check(session: AsyncSession, record: dict[str, object], ids: Mapping[UUID, str]) -> None:
    """Compare a record with its schemas. `RecordDoesNotFit` names every member that is not as they say."""
    schemas = await known(session, ids)
    faults = [fault for each in sorted(schemas) for fault in faults_of(record, schemas[each].document, at="/record")]
    if faults:
        names = ", ".join(sorted(f"{each.code} {each.number}" for each in schemas.values()))
        raise RecordDoesNotFit(f"The record does not fit the schema {names}.", faults=faults)
