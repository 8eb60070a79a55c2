"""What the risk service announces."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class RiskMethodSet(Event):
    """The organisation laid down how it rates risk, and how much it accepts."""

    name: ClassVar[str] = "risk.method.set"

    title: str


class AboutRisk(Event):
    """Every event about a risk says which, how it is treated, and which controls answer it."""

    code: str
    title: str
    treatment: str
    controls: list[UUID]


class RatedRisk(AboutRisk):
    """What is said of a risk when its rating has changed: the names of its level and of the highest one accepted."""

    residual: str
    appetite: str


class RiskIdentified(AboutRisk):
    """A risk was written down."""

    name: ClassVar[str] = "risk.risk.identified"


class RiskRevised(AboutRisk):
    """A risk's wording, inherent rating or controls were changed."""

    name: ClassVar[str] = "risk.risk.revised"


class RiskRated(RatedRisk):
    """A risk was rated for the first time, or its residual rating changed; the reason says why."""

    name: ClassVar[str] = "risk.risk.rated"


class RiskExceededAppetite(RatedRisk):
    """A risk's residual rating went above the organisation's appetite."""

    name: ClassVar[str] = "risk.risk.exceeded_appetite"


class RiskBackWithinAppetite(RatedRisk):
    """A risk's residual rating is within the organisation's appetite again."""

    name: ClassVar[str] = "risk.risk.back_within_appetite"
