from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.history.historical_records.models import HistoricalRecord
from services.controls.history.record_imports.rules import Lookups
from services.controls.policies.policies.models import Policy, PolicyVersion, VersionStatus
from services.controls.policies.policy_campaigns.models import Acknowledgement, CampaignStatus, PolicyCampaign
from services.controls.register.controls.models import Control
from services.controls.testing.procedures.models import Procedure
from shared.data.base import table_of
from shared.data.bulk import among
from shared.events.catalogue.history import RecordStatus
from shared.people.references import people_named
from shared.people.written import ids_by_name, reference_in
from shared.tables.tables import Row

_R = table_of(HistoricalRecord).c
_V = table_of(PolicyVersion).c
_K = table_of(PolicyCampaign).c
_A = table_of(Acknowledgement).c


async def looked_up(session: AsyncSession, rows: Sequence[Row]) -> Lookups:
    """What the codes and names in the rows mean, in a statement for each kind of thing."""
    codes = {row.cells.get("code", "").strip() for row in rows}
    procedures = {row.cells.get("procedure", "").strip() for row in rows}
    written = {text for row in rows if (text := row.cells.get("performed_by", "").strip())}
    policies = await _by_code(session, Policy, codes)
    drafts = select(_V.policy_id, _V.id).where(
        among(_V.policy_id, list(policies.values())), _V.status == VersionStatus.DRAFT
    )
    return Lookups(
        controls=await _by_code(session, Control, codes),
        policies=policies,
        procedures=await _by_code(session, Procedure, procedures),
        drafts=dict((await session.execute(drafts)).tuples().all()),
        campaigns=await _campaigns(session, list(policies.values())),
        names=await ids_by_name(session, written),
        people=await people_named(session, {ref for text in written if (ref := reference_in(text))}),
    )


async def _by_code(
    session: AsyncSession, model: type[Control] | type[Policy] | type[Procedure], codes: Collection[str]
) -> dict[str, UUID]:
    their = table_of(model).c
    rows = await session.execute(select(their.code, their.id).where(among(their.code, codes)))
    return {row.code: row.id for row in rows}


async def _campaigns(session: AsyncSession, policies: Collection[UUID]) -> dict[tuple[UUID, UUID], UUID]:
    """The open campaigns of these policies by policy and person asked; the newest, where several ask."""
    if not policies:
        return {}
    query = (
        select(_K.policy_id, _A.person_id, _K.id)
        .join_from(table_of(PolicyCampaign), table_of(Acknowledgement), _A.campaign_id == _K.id)
        .where(among(_K.policy_id, policies), _K.status == CampaignStatus.OPEN)
        .order_by(_K.created_at, _K.id)
    )
    return {(row.policy_id, row.person_id): row.id for row in await session.execute(query)}


async def on_record(session: AsyncSession, subjects: Collection[UUID]) -> dict[tuple[Any, ...], UUID]:
    """The records about these controls and policies that are not refused, by `key_of`."""
    about = or_(among(_R.control_id, subjects), among(_R.policy_id, subjects))
    query = select(HistoricalRecord).where(about, _R.status != RecordStatus.REFUSED)
    return {key_of(record): record.id for record in await session.scalars(query)}


def key_of(record: HistoricalRecord) -> tuple[Any, ...]:
    """What tells one act from another: what it was, of what, when, by whom."""
    told = (record.kind, record.control_id, record.policy_id, record.version_id, record.campaign_id)
    tested = (record.procedure_id, record.test_kind, record.outcome)
    person = record.performed_by["person"]
    return (*told, *tested, record.effective_on, record.due_on, person["id"] or person["name"])
