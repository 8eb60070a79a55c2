from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, literal, literal_column, select

from services.controls.days import AsOfDay, AsOfDayQuery
from services.controls.policies.policies.models import Policy
from services.controls.policies.policy_campaigns.models import CampaignStatus, PolicyCampaign
from services.controls.policies.policy_versions.models import PolicyVersion
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_K = table_of(PolicyCampaign).c
_P = table_of(Policy).c
_V = table_of(PolicyVersion).c

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


def untold_overdue(today: date) -> Select[tuple[UUID]]:
    """The organisations of open campaigns that are overdue, as nobody has been told of their due date yet."""
    return select(_K.org_id).where(_overdue(literal(today)), _K.overdue_told_for.is_distinct_from(_K.due_on))
