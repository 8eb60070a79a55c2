from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import any_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.gateway.people.people.models import Person, PersonStatus
from services.gateway.people.teams.models import Team, TeamStatus
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.http.fields import Search, UpdatedSince

_C = table_of(Team).c
_P = table_of(Person).c

_NAMED = func.json_build_object("id", _P.id, "name", _P.name)
_PEOPLE = (
    select(func.coalesce(func.json_agg(aggregate_order_by(_NAMED, _P.name, _P.id)), func.json_build_array()))
    .where(_P.id == any_(_C.person_ids), _P.status == PersonStatus.ACTIVE)
    .scalar_subquery()
)

_TEAM = select(
    _C.id,
    _C.title,
    _PEOPLE.label("people"),
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

team = One("team", _TEAM, by=_C.id)


class TeamQuery(ListQuery):
    sort: Literal["title", "-title", "created_at", "-created_at", "updated_at", "-updated_at"] = "title"
    status: TeamStatus | None = None
    person: Annotated[UUID | None, Where(lambda person: person == any_(_C.person_ids))] = Field(
        default=None, description="Teams that this person is in"
    )
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


teams = Listing(_TEAM, id=_C.id, query=TeamQuery)
