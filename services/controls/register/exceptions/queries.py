from sqlalchemy import DateTime, Text, Uuid, bindparam, case, select

from services.controls.register.controls.models import Control
from services.controls.register.exceptions.models import ControlException, ControlExceptionPhase, ControlExceptionStatus
from shared.data.base import table_of
from shared.data.reads import Listing, One

_X = table_of(ControlException).c
_C = table_of(Control).c

_AS_OF = bindparam("as_of", type_=DateTime(timezone=True))

# `Term.phase` of `rules.py`, for the database.
_PHASE = case(
    (_X.status != ControlExceptionStatus.GRANTED.value, None),
    (_X.expires_at <= _AS_OF, ControlExceptionPhase.EXPIRED.value),
    (_X.expiring_from <= _AS_OF, ControlExceptionPhase.EXPIRING.value),
    (_X.starts_at <= _AS_OF, ControlExceptionPhase.IN_FORCE.value),
    else_=ControlExceptionPhase.UPCOMING.value,
)

_EXCEPTION = select(
    _X.id,
    _X.control_id,
    _C.code.label("control_code"),
    _C.title.label("control_title"),
    _X.reason,
    _X.scope,
    _X.risk_accepted,
    _X.compensating_control_id,
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

exception = One("exception", _EXCEPTION, by=_X.id)

exceptions = Listing(
    _EXCEPTION,
    id=_X.id,
    filters={
        "control_id": _X.control_id == bindparam("control_id", type_=Uuid()),
        "status": _X.status == bindparam("status", type_=Text()),
        "phase": bindparam("phase", type_=Text()) == _PHASE,
        "updated_since": _X.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"created_at": _X.created_at, "expires_at": _X.expires_at, "updated_at": _X.updated_at},
)
