"""How many items a policy asks for. Pure.

A size is for a year. Where the control was performed less often in the period, it is scaled down accordingly, but never
below what a low risk asks for. It is never more than there are items.
"""

from services.audit.sampling.sampling_policies.models import ControlRisk, SampledFrequency
from services.audit.sampling.sampling_policies.schemas import EventBand, FrequencySize, SamplingPolicyTerms

_WHOLE = 100  # percent


def size_by_policy(terms: SamplingPolicyTerms, frequency: SampledFrequency, risk: ControlRisk, items: int) -> int:
    """How many of so many items are tested at least, by the firm's policy."""
    if frequency == SampledFrequency.ON_EVENT:
        band = next(band for band in terms.event_bands if band.most is None or items <= band.most)
        return min(items, _of_band(band, risk, items))
    (row,) = (row for row in terms.frequencies if row.frequency == frequency)
    return min(items, max(row.low, _scaled(row, risk, items)))


def _scaled(row: FrequencySize, risk: ControlRisk, items: int) -> int:
    size = row.high if risk == ControlRisk.HIGH else row.low
    a_year = row.occurrences_a_year
    return size if a_year is None or items >= a_year else -(-size * items // a_year)


def _of_band(band: EventBand, risk: ControlRisk, items: int) -> int:
    if band.percent is not None:
        return -(-items * band.percent // _WHOLE)
    size = band.high if risk == ControlRisk.HIGH else band.low
    return items if size is None else size
