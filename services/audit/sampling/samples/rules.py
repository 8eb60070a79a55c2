"""How large a sample is, and whether its parts go together. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from services.audit.sampling.sample_sizes.rules import AttributePlan, attribute_size
from services.audit.sampling.samples.schemas import ByAttributes, SampleDraft
from services.audit.sampling.sampling_policies.models import SampledFrequency
from services.audit.sampling.sampling_policies.rules import size_by_policy
from services.audit.sampling.sampling_policies.schemas import SamplingPolicyTerms
from services.audit.sampling.selections.rules import SEEDED, STATISTICAL, SelectionMethod
from shared.problems import Fault

_PERCENT, _PER_MILLE = 100, 1000


@dataclass(frozen=True, slots=True)
class Sized:
    """The size, and what was planned: null without a plan."""

    size: int
    planned: int | None
    deviations: int | None


def plan_of(given: ByAttributes, population: int | None) -> AttributePlan:
    """The exact shares of an attribute sample."""
    return AttributePlan(
        risk=1 - Fraction(given.confidence_percent, _PERCENT),
        tolerable=Fraction(given.tolerable_per_mille, _PER_MILLE),
        expected=Fraction(given.expected_per_mille, _PER_MILLE),
        population=population,
    )


def sized(draft: SampleDraft, items: int, terms: SamplingPolicyTerms) -> Sized:
    """How many of so many items are tested; 0 where the draft does not say. ValueError for a plan beyond all sizes."""
    planned, deviations = None, None
    if draft.by_policy is not None:
        planned = size_by_policy(terms, draft.by_policy.frequency, draft.by_policy.risk, items)
    elif draft.by_attributes is not None:
        plan = attribute_size(plan_of(draft.by_attributes, items))
        if plan is None:
            raise ValueError("needs more items than a sample may have: accept a higher rate or more risk")
        planned, deviations = plan.size, plan.deviations
    return Sized(draft.size or planned or 0, planned, deviations)


def faults_of_design(draft: SampleDraft, sized: Sized, items: int) -> list[Fault]:
    """What does not go together in a design of so many items."""
    return [
        *_faults_of_size(draft, sized, items),
        *_faults_of_strata(draft, sized.size),
        *_faults_of_picks(draft, sized.size),
    ]


def _faults_of_size(draft: SampleDraft, sized: Sized, items: int) -> Iterator[Fault]:
    if draft.by_policy is not None and draft.by_attributes is not None:
        yield Fault("/by_attributes", "not beside by_policy: a size comes from one of them")
    if draft.by_attributes is not None and draft.method not in STATISTICAL:
        yield Fault("/by_attributes", f"not for {draft.method}: only random and systematic selections are statistical")
    if draft.method == SelectionMethod.TARGETED and draft.by_policy is not None:
        yield Fault("/by_policy", "not for targeted: specific items are no sample, and no size follows from a policy")
    if not sized.size:
        yield Fault("/size", "required without by_policy and by_attributes")
    elif sized.size > items:
        yield Fault("/size", f"the population has {items} items")
    if draft.size_reason is None and _needs_reason(draft, sized):
        yield Fault("/size_reason", "required for this size")


def _needs_reason(draft: SampleDraft, sized: Sized) -> bool:
    automated = draft.by_policy is not None and draft.by_policy.frequency == SampledFrequency.AUTOMATED
    return automated or sized.planned is None or sized.size < sized.planned


def _faults_of_strata(draft: SampleDraft, size: int) -> Iterator[Fault]:
    if draft.method == SelectionMethod.STRATIFIED:
        if draft.stratum_column is None:
            yield Fault("/stratum_column", "required for stratified")
        if draft.strata is not None and sum(draft.strata.values()) != size:
            yield Fault("/strata", f"their sizes must add up to {size}")
    elif draft.stratum_column is not None or draft.strata is not None:
        yield Fault("/stratum_column", f"not for {draft.method}")


def _faults_of_picks(draft: SampleDraft, size: int) -> Iterator[Fault]:
    given = {"picks": draft.picks, "selection_reason": draft.selection_reason}
    if draft.method in SEEDED:
        yield from (Fault(f"/{name}", f"not for {draft.method}") for name, value in given.items() if value is not None)
        return
    yield from (Fault(f"/{name}", f"required for {draft.method}") for name, value in given.items() if value is None)
    if draft.picks is not None and len(draft.picks) < size:
        yield Fault("/picks", f"{len(draft.picks)} items cannot make a sample of {size}")
