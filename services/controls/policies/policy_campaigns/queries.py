from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, literal, literal_column, not_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.days import AsOfDay, AsOfDayQuery
from services.controls.policies.known_teams.models import KnownTeam
from services.controls.policies.policies.models import Policy, PolicyVersion
from services.controls.policies.policy_campaigns.models import (
    Acknowledgement,
    AcknowledgementStatus,
    CampaignStatus,
    PolicyCampaign,
)
from services.controls.policies.policy_campaigns.schemas import Audience
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.queries import ListQuery, Mentions
from shared.data.reads import Listing, One
from shared.data.sessions import organisation_of
from shared.data.tables import known_people
from shared.http.fields import Search, UpdatedSince
from shared.people.known import ACTIVE
from shared.people.references import require_people
from shared.problems import Fault, Invalid

_K = table_of(PolicyCampaign).c
_P = table_of(Policy).c
_V = table_of(PolicyVersion).c
_A = table_of(Acknowledgement).c
_T = table_of(KnownTeam).c

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
    insert(table_of(Acknowledgement))
    .on_conflict_do_nothing(index_elements=["campaign_id", "person_id"])
    .returning(_A.id)
)


async def ask(session: AsyncSession, campaign_id: UUID, person_ids: Sequence[UUID], *, at: datetime) -> int:
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
    rows = [{**row, "id": new_id(), "person_id": person_id} for person_id in person_ids]
    return len((await session.execute(_NEW, rows)).all())


async def people_of(session: AsyncSession, audience: Audience, pointer: str = "") -> list[UUID]:
    """Everyone whom an audience names, each once; `pointer` says where it stands in the input.

    Those of teams and of everyone are who have not left by now. `Invalid` names the teams that do not exist, and people
    are refused as `require_people` says.
    """
    references = {f"{pointer}/people/{place}": reference for place, reference in enumerate(audience.people)}
    named = {person.id for person in (await require_people(session, references)).values()}
    members = await _members(session, audience.teams, f"{pointer}/teams")
    there = select(known_people.c.id).where(known_people.c.status == ACTIVE)
    if audience.everyone:
        named |= set(await session.scalars(there))
    elif members:
        named |= set(await session.scalars(there.where(among(known_people.c.id, members))))
    if not named:
        faults = [Fault(f"{pointer}/teams", "nobody in them who has not left")]
        raise Invalid("Nobody is asked.", faults=faults)
    return sorted(named)


async def _members(session: AsyncSession, team_ids: Sequence[UUID], pointer: str) -> set[UUID]:
    known = {
        team.id: team.people
        for team in await session.execute(select(_T.id, _T.people).where(among(_T.id, team_ids), not_(_T.dissolved)))
    }
    unknown = [Fault(f"{pointer}/{place}", "unknown") for place, team_id in enumerate(team_ids) if team_id not in known]
    if unknown:
        raise Invalid("There is no such team.", faults=unknown, may_be_late=True)
    return {person_id for people in known.values() for person_id in people}
