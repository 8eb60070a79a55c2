from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, literal, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import AsOfDay, AsOfDayQuery
from services.controls.policies.policies.models import Policy, PolicyVersion
from services.controls.policies.policy_campaigns.models import (
    Acknowledgement,
    AcknowledgementStatus,
    CampaignStatus,
    PolicyCampaign,
)
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.data.sessions import organisation_of
from shared.http.fields import Search, UpdatedSince

_K = table_of(PolicyCampaign).c
_P = table_of(Policy).c
_V = table_of(PolicyVersion).c
_A = table_of(Acknowledgement).c

_OPEN = _K.status == literal_column("'open'")


def _overdue(today: ColumnElement[date]) -> ColumnElement[bool]:
    return and_(_OPEN, _K.due_on < today)


_OVERDUE = _overdue(bindparam("as_of", type_=Date()))

_CAMPAIGN = (
    select(
        _K.id,
        _K.policy_id,
        _P.code.label("policy_code"),
        _K.version_id,
        _V.number,
        _K.title,
        _K.due_on,
        _K.reminder_days,
        _K.next_reminder_on,
        _K.status,
        _OVERDUE.label("overdue"),
        _K.people,
        _K.acknowledged,
        _K.excused,
        (_K.people - _K.acknowledged - _K.excused).label("outstanding"),
        _K.started_by,
        _K.ended_by,
        _K.ended_at,
        _K.closing_reason,
        _K.version,
        _K.created_at,
        _K.updated_at,
    )
    .join(table_of(Policy), _P.id == _K.policy_id)
    .join(table_of(PolicyVersion), _V.id == _K.version_id)
)

campaign = One("campaign", _CAMPAIGN, by=_K.id, query=AsOfDayQuery)


class PolicyCampaignQuery(ListQuery):
    sort: Literal["due_on", "-due_on", "created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    policy_id: UUID | None = None
    version_id: UUID | None = None
    status: CampaignStatus | None = None
    overdue: bool | None = None
    as_of: AsOfDay = Field(description="Overdue as of this day in UTC; today when left out")
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


campaigns = Listing(_CAMPAIGN, id=_K.id, query=PolicyCampaignQuery)


def with_reminders_due(today: date) -> Select[tuple[UUID]]:
    """The organisations of open campaigns whose people are to be reminded."""
    return select(_K.org_id).where(_OPEN, _K.next_reminder_on <= today)


def unannounced_overdue(today: date) -> Select[tuple[UUID]]:
    """The organisations of open campaigns that are overdue, as nobody has been told of their due date yet."""
    return select(_K.org_id).where(_overdue(literal(today)), _K.overdue_told_for.is_distinct_from(_K.due_on))


_NEW = (
    insert(table_of(Acknowledgement)).on_conflict_do_nothing(index_elements=["campaign_id", "person"]).returning(_A.id)
)


async def ask(session: AsyncSession, campaign_id: UUID, people: Sequence[str], *, at: datetime) -> int:
    """Add these people to a campaign, as outstanding; how many were not there yet."""
    row: dict[str, Any] = {
        "org_id": organisation_of(session),
        "campaign_id": campaign_id,
        "status": AcknowledgementStatus.OUTSTANDING,
        "on_behalf": False,
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }
    rows = [{**row, "id": new_id(), "person": person} for person in people]
    return len((await session.execute(_NEW, rows)).all())
