from typing import Annotated, Literal
from uuid import UUID

from sqlalchemy import any_, select

from services.audit.description.described_engagements.models import DescribedStatus
from services.audit.description.system_incidents.models import SystemIncident
from services.audit.fences import SCOPE
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.data.scopes import only_shown
from shared.http.fields import Search, UpdatedSince

_C = table_of(SystemIncident).c

_COLUMNS = select(
    _C.id,
    _C.engagement_id,
    _C.title,
    _C.nature,
    _C.began_at,
    _C.ended_at,
    only_shown(_C.control_ids, scope=SCOPE).label("control_ids"),
    _C.commitment_ids,
    _C.effect,
    _C.disposition,
    _C.status,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

_WORDS = ClientWords("title", "nature", "effect", "disposition")
incident = One("system incident", _COLUMNS, by=_C.id, names_controls=_WORDS)


class SystemIncidentQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "created_at"
    engagement_id: UUID | None = None
    control_id: Annotated[UUID | None, Where(lambda key: key == any_(_C.control_ids))] = None
    commitment_id: Annotated[UUID | None, Where(lambda key: key == any_(_C.commitment_ids))] = None
    status: DescribedStatus | None = None
    q: Annotated[Search | None, Mentions("title", "nature")] = None
    updated_since: UpdatedSince = None


incidents = Listing(_COLUMNS, id=_C.id, query=SystemIncidentQuery, names_controls=_WORDS)
