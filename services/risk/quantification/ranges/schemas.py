from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from shared.http.fields import Input
from shared.money import MinorUnits

MOST_EVENTS_A_YEAR = 10_000


class Shape(StrEnum):
    """Which distribution a range stands for, and so which of its members are given."""

    PERT = "pert"
    PERT_PERCENTILES = "pert_percentiles"
    LOGNORMAL = "lognormal"
    UNIFORM = "uniform"
    CONSTANT = "constant"


Rate = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False, examples=[0.5], description="Events a year")]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, examples=[0.4])]
N = TypeVar("N", int, float)


class _Range(Input, Generic[N]):
    """`shape` says which members are given.

    * `pert`: `minimum`, `most_likely` and `maximum`; the ends are absolute bounds (PERT with λ = 4).
    * `pert_percentiles`: `p5`, `most_likely` and `p95`; a PERT whose 5th and 95th percentiles these are.
    * `lognormal`: `p5` and `p95`, the 90 % interval of a calibrated estimate.
    * `uniform`: `minimum` and `maximum`.
    * `constant`: `value`.
    """

    shape: Shape
    minimum: N | None = None
    p5: N | None = Field(default=None, description="One in twenty is below this")
    most_likely: N | None = Field(default=None, description="The mode")
    p95: N | None = Field(default=None, description="One in twenty is above this")
    maximum: N | None = None
    value: N | None = None


class FrequencyRange(_Range[Rate]):
    __doc__ = f"How many events a year there are. {_Range.__doc__}"


class ProbabilityRange(_Range[Share]):
    __doc__ = (
        f"A probability, a share or a place on the percentile scale, from 0 to 1; never lognormal. {_Range.__doc__}"
    )


class AmountRange(_Range[MinorUnits]):
    __doc__ = (
        "An amount of money in minor units of the scenario's currency. A lognormal one may have `at_most`: the"
        f" distribution is then truncated there. {_Range.__doc__}"
    )

    at_most: MinorUnits | None = Field(
        default=None, description="Of a lognormal one: no loss is larger than this", examples=[500_000_000]
    )


AnyRange = FrequencyRange | ProbabilityRange | AmountRange
