from datetime import datetime
from uuid import UUID

from services.controls.base import Base
from shared.data.base import Touches, instant


class Standing(Base, table=True):
    """How one thing that is tested of a control stands: a procedure that people follow, or a check of a source.

    `concluded` is the last pass or fail and `concluded_by` the result that said so; `since` is from when on it has been
    that. `latest` is the last result of any kind, by when it was observed and not by when it came.
    """

    __tablename__ = "test_standings"
    __touches__ = Touches("control_id")

    control_id: UUID
    kind: str
    title: str
    procedure_id: UUID | None = None
    source: str | None = None
    check_name: str | None = None
    concluded: str | None = None
    since: datetime | None = instant(default=None)
    concluded_at: datetime | None = instant(default=None)
    concluded_by: UUID | None = None
    latest: str | None = None
    latest_at: datetime | None = instant(default=None)
    latest_by: UUID | None = None
    due_at: datetime | None = instant(default=None)
    withdrawn_at: datetime | None = instant(default=None)
