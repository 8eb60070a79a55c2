"""What the risk service announces of indicators."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class AboutIndicator(Event):
    """Every event about an indicator says which, whose, of which risks it warns, and how it stands."""

    code: str
    title: str
    owner_id: UUID
    risk_ids: list[UUID]
    state: str
    value: float | None
    measured_at: datetime | None
    amber: float
    red: float


class IndicatorDefined(AboutIndicator):
    """An indicator was defined; nothing is known of it yet."""

    name: ClassVar[str] = "risk.indicator.defined"


class IndicatorRevised(AboutIndicator):
    """An indicator's wording, owner or thresholds changed."""

    name: ClassVar[str] = "risk.indicator.revised"


class IndicatorRetired(AboutIndicator):
    """An indicator is measured no longer."""

    name: ClassVar[str] = "risk.indicator.retired"


class IndicatorMeasured(AboutIndicator):
    """Values of an indicator were recorded together: how many; late ones change only its history."""

    name: ClassVar[str] = "risk.indicator.measured"

    recorded: int


class IndicatorBreached(AboutIndicator):
    """An indicator went to amber or red, from a state that was better."""

    name: ClassVar[str] = "risk.indicator.breached"

    before: str


class IndicatorRecovered(AboutIndicator):
    """An indicator went back to amber or within its thresholds, from a state that was worse."""

    name: ClassVar[str] = "risk.indicator.recovered"

    before: str


class IndicatorSilent(AboutIndicator):
    """Nothing was heard of an indicator for longer than its period: its state is unknown."""

    name: ClassVar[str] = "risk.indicator.silent"
