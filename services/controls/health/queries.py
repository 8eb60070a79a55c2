from sqlalchemy import DateTime, Text, bindparam, select

from services.controls.controls.models import Control
from services.controls.health.models import Health
from shared.data.base import table_of
from shared.data.reads import Listing, One

_H = table_of(Health).c
_C = table_of(Control).c

_HEALTH = select(_H.id, _C.code, _C.title, _H.state, _H.reasons, _H.since, _H.version, _H.updated_at).join(
    table_of(Control),
    _C.id == _H.id,
)

health = One("health of control", _HEALTH, by=_H.id)

healths = Listing(
    _HEALTH,
    id=_H.id,
    filters={
        "state": _H.state == bindparam("state", type_=Text()),
        "updated_since": _H.updated_at >= bindparam("updated_since", type_=DateTime(timezone=True)),
    },
    sorts={"code": _C.code, "since": _H.since},
)
