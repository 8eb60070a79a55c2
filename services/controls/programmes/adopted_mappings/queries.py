from typing import Literal
from uuid import UUID

from sqlalchemy import select

from services.controls.frameworks.crosswalks.models import Relation
from services.controls.frameworks.requirements.schemas import RequirementRef
from services.controls.programmes.adoptions.models import AdoptedMapping, AdoptedMappingStatus, Adoption
from services.controls.register.controls.models import Control
from shared.data.base import table_of
from shared.data.queries import ListQuery
from shared.data.reads import Listing, One
from shared.http.fields import UpdatedSince

_C = table_of(AdoptedMapping).c
_A = table_of(Adoption).c
_CONTROL = table_of(Control).c

_MAPPING = (
    select(
        _C.id,
        _C.adoption_id,
        _C.control_id,
        _CONTROL.code.label("control"),
        _C.requirement,
        _C.via,
        _C.entry_id,
        _C.crosswalk,
        _C.relation,
        _C.strength,
        _C.reason,
        _C.status,
        _A.adopted_by,
        _C.version,
        _C.created_at,
        _C.updated_at,
    )
    .join(table_of(Control), _CONTROL.id == _C.control_id)
    .join(table_of(Adoption), _A.id == _C.adoption_id)
)

mapping = One("adopted mapping", _MAPPING, by=_C.id)


class AdoptedMappingQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    adoption_id: UUID | None = None
    control_id: UUID | None = None
    requirement: RequirementRef | None = None
    relation: Relation | None = None
    status: AdoptedMappingStatus | None = None
    updated_since: UpdatedSince = None


mappings = Listing(_MAPPING, id=_C.id, query=AdoptedMappingQuery)
