from typing import Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import DateTime, bindparam, case, or_, select

from services.controls.register.controls.models import Control
from services.controls.register.waivers.models import Waiver, WaiverPhase, WaiverStatus
from services.controls.register.waivers.rules import PHASES
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.data.scopes import is_shown
from shared.http.fields import AsOf, AsOfQuery, UpdatedSince

_X = table_of(Waiver).c
_C = table_of(Control).c

# A waiver that counts now, as announced.
IN_FORCE = or_(*(_X.announced == phase.value for phase in (WaiverPhase.IN_FORCE, WaiverPhase.EXPIRING)))

_AS_OF = bindparam("as_of", type_=DateTime(timezone=True))

_PHASE = case((_X.status == WaiverStatus.GRANTED.value, PHASES.case(_X, _AS_OF)))

_WAIVER = select(
    _X.id,
    _X.control_id,
    _C.code.label("control_code"),
    _C.title.label("control_title"),
    _X.reason,
    _X.scope,
    _X.risk_accepted,
    case((is_shown(_X.compensating_control_id), _X.compensating_control_id)).label("compensating_control_id"),
    _X.compensating_measures,
    _X.renews,
    _X.starts_at,
    _X.expiring_from,
    _X.expires_at,
    _X.status,
    _PHASE.label("phase"),
    _X.requested_by,
    _X.decided_by,
    _X.decided_at,
    _X.decision_reason,
    _X.revoked_by,
    _X.revoked_at,
    _X.revocation_reason,
    _X.version,
    _X.created_at,
    _X.updated_at,
).join(table_of(Control), _C.id == _X.control_id)

waiver = One("waiver", _WAIVER, by=_X.id, query=AsOfQuery)


class WaiverQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "expires_at", "-expires_at", "updated_at", "-updated_at"] = "-created_at"
    control_id: UUID | None = None
    status: WaiverStatus | None = None
    phase: WaiverPhase | None = Field(default=None, description="Of those granted, as of `as_of`")
    as_of: AsOf = Field(description="Phases as of this instant; now when left out")
    updated_since: UpdatedSince = None


waivers = Listing(_WAIVER, id=_X.id, query=WaiverQuery)
