from enum import StrEnum
from uuid import UUID

from services.controls.base import Base


class CheckLinkStatus(StrEnum):
    """active → retired. What was recorded through a retired link stays."""

    ACTIVE = "active"
    RETIRED = "retired"


class CheckLink(Base, table=True):
    """That a check of a source tests a control.

    The source is one that is registered with integrations (`source_id`), or the name that result files are sent under
    (`source`). Without a `tool`, the check may be of any. `valid_days` is how long a result counts as current.
    """

    __tablename__ = "check_links"

    control_id: UUID
    source_id: UUID | None = None
    source: str | None = None
    tool: str | None = None
    check_name: str
    valid_days: int | None = None
    status: str = CheckLinkStatus.ACTIVE
