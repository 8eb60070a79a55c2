from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.history.historical_records.models import HistoricalRecord, RecordKind
from services.controls.history.historical_records.schemas import HistoricalRecordDraft
from services.controls.policies.policies.models import Policy, PolicyVersion
from services.controls.policies.policy_campaigns.models import PolicyCampaign
from services.controls.register.controls.models import Control
from services.controls.testing.procedures.models import Procedure
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One
from shared.events.catalogue.history import RecordStatus
from shared.http.fields import Day, Instant, PersonRef, UpdatedSince
from shared.people.known import is_person

_R = table_of(HistoricalRecord).c
_C = table_of(Control).c
_P = table_of(Policy).c

_PERFORMER = cast(_R.performed_by[("person", "id")].astext, Uuid)

_RECORD = select(
    _R.id,
    _R.import_id,
    _R.kind,
    _R.status,
    _R.control_id,
    _C.code.label("control_code"),
    _R.policy_id,
    _P.code.label("policy_code"),
    _R.version_id,
    _R.campaign_id,
    _R.procedure_id,
    _R.test_kind,
    _R.outcome,
    _R.effective_on,
    _R.created_at.label("recorded_at"),
    _R.performed_by,
    _R.due_on,
    _R.notes,
    _R.evidence,
    _R.recorded_by,
    _R.decided_by,
    _R.decided_at,
    _R.decision_reason,
    _R.result_id,
    _R.version,
    _R.created_at,
    _R.updated_at,
).select_from(
    table_of(HistoricalRecord)
    .join(table_of(Control), _C.id == _R.control_id, isouter=True)
    .join(table_of(Policy), _P.id == _R.policy_id, isouter=True)
)

record = One("historical record", _RECORD, by=_R.id)


class HistoricalRecordQuery(ListQuery):
    sort: Literal["recorded_at", "-recorded_at", "effective_on", "-effective_on", "updated_at", "-updated_at"] = (
        "-recorded_at"
    )
    kind: RecordKind | None = None
    status: RecordStatus | None = None
    control_id: UUID | None = None
    policy_id: UUID | None = None
    import_id: UUID | None = Field(default=None, description="Those that one sheet brought in")
    performed_by: Annotated[PersonRef | None, Where(lambda person: is_person(_PERFORMER, person))] = None
    effective_from: Annotated[Day | None, Where(lambda day: _R.effective_on >= day)] = Field(
        default=None, description="Done on this day or later"
    )
    effective_until: Annotated[Day | None, Where(lambda day: _R.effective_on <= day)] = Field(
        default=None, description="Done on this day or before"
    )
    recorded_since: Annotated[Instant | None, Where(lambda instant: _R.created_at >= instant)] = Field(
        default=None, description="Came into Attest then or later"
    )
    updated_since: UpdatedSince = None


records = Listing(_RECORD, id=_R.id, query=HistoricalRecordQuery)


@dataclass(frozen=True, slots=True)
class Subjects:
    """What some records are about: controls by id, procedures, and the policies of versions and of campaigns."""

    controls: Mapping[UUID, Control]
    procedures: Collection[UUID]
    of_versions: Mapping[UUID, Policy]
    of_campaigns: Mapping[UUID, Policy]


async def subjects_of(session: AsyncSession, drafts: Sequence[HistoricalRecordDraft]) -> Subjects:
    """What these drafts are about, as far as it is there."""

    def ids(member: str) -> list[UUID]:
        return list({key for draft in drafts if (key := getattr(draft, member)) is not None})

    async def policies(model: type[PolicyVersion] | type[PolicyCampaign], member: str) -> dict[UUID, Policy]:
        if not (wanted := ids(member)):
            return {}
        their = table_of(model).c
        query = select(their.id, Policy).join(Policy, _P.id == their.policy_id).where(among(their.id, wanted))
        return dict((await session.execute(query)).tuples().all())

    controls = await session.scalars(select(Control).where(among(_C.id, ids("control_id"))))
    procedures = table_of(Procedure).c.id
    return Subjects(
        controls={control.id: control for control in controls},
        procedures=set(await session.scalars(select(procedures).where(among(procedures, ids("procedure_id"))))),
        of_versions=await policies(PolicyVersion, "version_id"),
        of_campaigns=await policies(PolicyCampaign, "campaign_id"),
    )
