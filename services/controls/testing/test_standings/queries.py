from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import func, select

from services.controls.register.controls.models import Control
from services.controls.testing.test_standings.models import Standing
from shared.data.base import table_of
from shared.data.queries import ListQuery, Mentions, Where
from shared.data.reads import Listing, One
from shared.events.catalogue.testing import Outcome, TestKind
from shared.http.fields import Search, Title, UpdatedSince

_S = table_of(Standing).c
_C = table_of(Control).c

_STANDING = select(
    _S.id,
    _S.control_id,
    _C.code.label("control_code"),
    _S.kind,
    _S.title,
    _S.procedure_id,
    _S.source,
    _S.check_name.label("check"),
    _S.concluded,
    _S.since,
    _S.concluded_at,
    _S.concluded_by,
    _S.latest,
    _S.latest_at,
    _S.latest_by,
    _S.due_at,
    _S.withdrawn_at,
    _S.version,
    _S.created_at,
    _S.updated_at,
).join(table_of(Control), _C.id == _S.control_id)

standing = One("test standing", _STANDING, by=_S.id)


class StandingQuery(ListQuery):
    sort: Literal["created_at", "-created_at", "updated_at", "-updated_at"] = "-created_at"
    control_id: UUID | None = None
    kind: TestKind | None = None
    source: Title | None = Field(default=None, examples=["github-actions"])
    concluded: Literal[Outcome.PASS, Outcome.FAIL] | None = None
    latest: Outcome | None = None
    withdrawn: Annotated[bool | None, Where(lambda value: _S.withdrawn_at.is_not(None) == value)] = None
    q: Annotated[Search | None, Mentions("title")] = Field(default=None, description="In the title")
    updated_since: UpdatedSince = None


standings = Listing(_STANDING, id=_S.id, query=StandingQuery)

# What tests say of a control's design and of its operation: it fails as soon as one test of that kind does. One row for
# each control and kind that some test has concluded on, over few rows of an index by control.
CONCLUSIONS = (
    select(
        _S.control_id,
        _S.kind,
        func.bool_or(_S.concluded == Outcome.FAIL).label("failed"),
        func.max(_S.concluded_at).label("concluded_at"),
    )
    .where(_S.concluded.is_not(None), _S.withdrawn_at.is_(None))
    .group_by(_S.control_id, _S.kind)
)
