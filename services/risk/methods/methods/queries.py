from sqlalchemy import false, select

from services.risk.methods.methods.schemas import MethodOut
from services.risk.terms.method_terms.models import Method
from services.risk.terms.presets.rules import DEFAULT, PRESETS
from shared.data.base import table_of
from shared.data.reads import One

_C = table_of(Method).c

_METHOD = select(
    _C.title,
    _C.likelihood,
    _C.impact,
    _C.levels,
    _C.matrix,
    _C.appetite,
    false().label("is_default"),
    _C.preset,
    _C.version,
    _C.created_at,
    _C.updated_at,
)

method = One("method of organisation", _METHOD, by=_C.id)

# What a reader sees while the organisation has set no method.
default_method = (
    MethodOut(
        **PRESETS[DEFAULT].model_dump(),
        is_default=True,
        preset=DEFAULT,
        version=0,
        created_at=None,
        updated_at=None,
    )
    .model_dump_json()
    .encode()
)
