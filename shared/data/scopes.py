"""What of a row a token for one engagement shows where the row itself is shown: nothing that lies outside its scope."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, ColumnElement, Uuid, any_, case, func, literal_column, select

from shared.data.platform import of_engagement

# Whether who reads has a token for one engagement: by the role that such reads run as, which no order of evaluation
# changes. Were the scope asked for before the setting, it would be empty.
AUDITING: ColumnElement[bool] = literal_column(r"(current_user::text like '%\_auditor')", Boolean())
# The controls in its scope.
_IN_SCOPE = f"{of_engagement('control_ids')}::uuid[]"
_SCOPE: ColumnElement[Any] = literal_column(_IN_SCOPE, ARRAY(Uuid()))


def is_shown(control_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether a control may be named to who reads: to an auditor one that is in the scope."""
    return case((AUDITING, control_id == any_(_SCOPE)), else_=literal_column("true"))


def only_shown(control_ids: ColumnElement[Any], *, scope: str = _IN_SCOPE) -> ColumnElement[Any]:
    """These ids of controls, to an auditor those in the scope, which a service may know by an SQL of its own."""
    each = func.unnest(control_ids, type_=Uuid()).column_valued("each")
    in_scope = select(func.coalesce(func.array_agg(each), literal_column("'{}'::uuid[]"))).where(
        each == any_(literal_column(scope, ARRAY(Uuid())))
    )
    return case((AUDITING, in_scope.scalar_subquery()), else_=control_ids)


def not_to_auditors(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of management's own, which is null to an auditor."""
    return case((AUDITING.is_(False), column))
