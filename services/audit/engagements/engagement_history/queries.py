from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, any_, bindparam, func, select

from services.audit.engagements.engagement_history.models import KnownRecord
from services.audit.engagements.engagements.models import Engagement
from services.audit.fences import SCOPE
from shared.data.base import table_of
from shared.data.outside import ClientWords
from shared.data.queries import ListQuery, Where
from shared.data.reads import Listing
from shared.data.scopes import only_shown
from shared.events.catalogue.history import RecordStatus
from shared.http.fields import Instant, Title

_K = table_of(KnownRecord).c
_E = table_of(Engagement).c

_IN_PERIOD = _K.effective_on.between(
    func.coalesce(_E.as_of_date, _E.period_start), func.coalesce(_E.as_of_date, _E.period_end)
)
_AFTER_FREEZE = func.coalesce(func.coalesce(_K.decided_at, _K.recorded_at) > _E.fieldwork_at, False)


class EngagementHistoryQuery(ListQuery):
    sort: Literal["recorded_at", "-recorded_at", "effective_on", "-effective_on"] = "-recorded_at"
    kind: Title | None = Field(default=None, examples=["approval"])
    status: RecordStatus | None = None
    control_id: Annotated[UUID | None, Where(lambda control: control == any_(_K.control_ids))] = None
    in_period: bool | None = None
    after_freeze: bool | None = None
    recorded_since: Annotated[Instant | None, Where(lambda instant: _K.recorded_at >= instant)] = Field(
        default=None, description="Came into Attest then or later"
    )


_WORDS = ClientWords("code")

history = Listing(
    select(
        _K.id,
        _K.kind,
        _K.code,
        only_shown(_K.control_ids, scope=SCOPE).label("control_ids"),
        _K.status,
        _K.effective_on,
        _K.recorded_at,
        _K.decided_at,
        _IN_PERIOD.label("in_period"),
        _AFTER_FREEZE.label("after_freeze"),
    )
    .join(table_of(Engagement), _K.control_ids.overlap(_E.control_ids))
    .where(_E.id == bindparam("engagement_id", type_=Uuid())),
    id=_K.id,
    query=EngagementHistoryQuery,
    names_controls=_WORDS,
)
