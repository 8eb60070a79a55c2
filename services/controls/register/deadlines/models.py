from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field

from services.controls.base import Part
from shared.data.base import instant


class Deadline(Part, table=True):
    """When the expected occurrences of a control are to be judged next; null when none is expected any more.

    Every due day before `judged_until` has been judged: it was performed, or it is on record as missed.
    """

    __tablename__ = "occurrence_deadlines"

    control_id: UUID = Field(primary_key=True)
    judged_until: date
    next_at: datetime | None = instant(default=None)
