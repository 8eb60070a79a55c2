from pydantic import Field

from services.risk.quantification.ranges.schemas import AmountRange, FrequencyRange, ProbabilityRange
from shared.http.fields import Input


class ThreatEventFrequency(Input):
    """How often a year a threat acts against the asset: `estimate`, or both of its factors."""

    estimate: FrequencyRange | None = None
    contact_frequency: FrequencyRange | None = Field(default=None, description="How often a year they meet")
    probability_of_action: ProbabilityRange | None = Field(
        default=None, description="The probability that the threat acts when they meet"
    )


class Susceptibility(Input):
    """The probability that a threat event becomes a loss event (vulnerability): `estimate`, or both of its factors.

    From the factors it is P(threat capability ≥ resistance strength), both on one percentile scale from 0 to 1.
    """

    estimate: ProbabilityRange | None = None
    threat_capability: ProbabilityRange | None = None
    resistance_strength: ProbabilityRange | None = None


class LossEventFrequency(Input):
    """How often a year the loss happens: `estimate`, or both of its factors."""

    estimate: FrequencyRange | None = None
    threat_event_frequency: ThreatEventFrequency | None = None
    susceptibility: Susceptibility | None = None


class LossForms(Input):
    """What one event costs: `estimate`, or one or more of the six forms of loss."""

    estimate: AmountRange | None = None
    productivity: AmountRange | None = None
    response: AmountRange | None = None
    replacement: AmountRange | None = None
    fines_and_judgments: AmountRange | None = None
    competitive_advantage: AmountRange | None = None
    reputation: AmountRange | None = None


class SecondaryLoss(Input):
    """What others do to the organisation in answer to some of the events, and what that costs."""

    loss_event_frequency: ProbabilityRange = Field(
        description="The share of the primary loss events that have secondary effects, from 0 to 1; not events a year"
    )
    magnitude: LossForms


class LossMagnitude(Input):
    """What one event costs: `estimate`, or `primary` with or without `secondary`."""

    estimate: AmountRange | None = None
    primary: LossForms | None = None
    secondary: SecondaryLoss | None = None


class Estimate(Input):
    """A tree of factors. A factor has either its own `estimate` or the factors below it, never both.

    The annual loss is `annual_loss`, or the product of how often the loss happens and what one event costs.
    """

    annual_loss: AmountRange | None = Field(
        default=None, description="The loss of a year as a whole, where it is not divided into events"
    )
    loss_event_frequency: LossEventFrequency | None = None
    loss_magnitude: LossMagnitude | None = None
