from enum import StrEnum
from uuid import UUID

from sqlmodel import Field

from services.risk.base import Fact
from shared.clock import new_id


class MoveDirection(StrEnum):
    """Where a risk's current level would go among the levels: methods may have more or fewer of them."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


class MethodMove(Fact, table=True):
    """How a version of the method would rate one risk, as previewed last."""

    __tablename__ = "method_moves"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    method_id: UUID
    risk_id: UUID
    risk_code: str
    risk_title: str
    level_before: str
    level_after: str
    direction: str
    standing_before: str
    standing_after: str
    likelihood_before: int
    impact_before: int
    likelihood_after: int
    impact_after: int
