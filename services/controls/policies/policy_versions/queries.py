from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text, Uuid, and_, column, func, not_, or_, select, table, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.earlier import dates
from services.controls.policies.policies.models import PolicyVersion, VersionStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing, One, json_object
from shared.http.fields import Day, UpdatedSince
from shared.people.duties import rows_of
from shared.people.known import all_named

_V = table_of(PolicyVersion).c
# The policy's own table, by name: its queries are made of this one.
_POLICIES = table("policies", column("id", Uuid()), column("code", Text()), column("org_id", Uuid()))

_SUMMARY = select(
    _V.id,
    _V.policy_id,
    _POLICIES.c.code.label("policy_code"),
    _V.number,
    _V.sha256,
    _V.summary,
    _V.status,
    _V.authors,
    all_named(_V.approver_ids).label("approvers"),
    _V.quorum,
    _V.published_by,
    _V.published_at,
    _V.effective_on,
    _V.effective_until,
    dates(_V.published_at, _V.recorded_at, _V.historical_record_id).label("dates"),
    _V.version,
    _V.created_at,
    _V.updated_at,
).join(_POLICIES, _POLICIES.c.id == _V.policy_id)

version = One("version", _SUMMARY.add_columns(_V.markdown, _V.file, _V.round, _V.decisions), by=_V.id)


class PolicyVersionQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    policy_id: UUID | None = None
    status: VersionStatus | None = None
    in_force_on: Annotated[
        Day | None,
        Where(lambda day: and_(_V.effective_on <= day, or_(_V.effective_until.is_(None), _V.effective_until > day))),
    ] = Field(default=None, description="What was, is or will be in force on this day")
    updated_since: UpdatedSince = None


versions = Listing(_SUMMARY, id=_V.id, query=PolicyVersionQuery)

_APPROVERS = func.unnest(_V.approver_ids).table_valued(column("id", Uuid()), name="approver").render_derived()
_APPROVER = _APPROVERS.c.id
_BY_THEM = json_object(round=_V.round, by=json_object(person=json_object(id=_APPROVER)))
_DECIDED = _V.decisions.contains(func.jsonb_build_array(_BY_THEM))
to_decide = (
    rows_of(
        id=_V.id,
        title=_POLICIES.c.code + " " + _V.summary,
        person=_APPROVER,
        where=and_(_V.status == VersionStatus.IN_APPROVAL.value, not_(_DECIDED)),
    )
    .select_from(table_of(PolicyVersion).join(_POLICIES, _POLICIES.c.id == _V.policy_id))
    .join(_APPROVERS, true())
)

_UNFINISHED = (VersionStatus.DRAFT, VersionStatus.IN_APPROVAL, VersionStatus.APPROVED)


async def next_number(session: AsyncSession, policy_id: UUID) -> tuple[int, int | None]:
    """The number of the next version, and that of the one which is still on its way, if there is one."""
    on_its_way = func.max(_V.number).filter(_V.status.in_(_UNFINISHED))
    query = select(func.coalesce(func.max(_V.number), 0) + 1, on_its_way).where(_V.policy_id == policy_id)
    number, unfinished = (await session.execute(query)).one()
    return number, unfinished
