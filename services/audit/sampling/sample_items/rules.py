"""What has to be said of an item that is decided. Pure."""

from collections.abc import Collection, Iterator

from services.audit.sampling.sample_items.schemas import ItemDecision
from services.audit.sampling.samples.models import ItemStatus
from shared.problems import Fault


def faults_of_decision(decision: ItemDecision, attributes: Collection[str]) -> Iterator[Fault]:
    """What is missing, or goes beyond, with the attributes that the sample has."""
    if decision.status != ItemStatus.PASSED and decision.reason is None:
        yield Fault("/reason", f"required for {decision.status}")
    is_unavailable = decision.status == ItemStatus.UNAVAILABLE
    if is_unavailable and decision.alternatives is None:
        yield Fault("/alternatives", "required for unavailable")
    if not is_unavailable and decision.alternatives is not None:
        yield Fault("/alternatives", f"not for {decision.status}")
    if decision.status != ItemStatus.DEVIATION:
        if decision.attributes:
            yield Fault("/attributes", f"not for {decision.status}")
    elif attributes and not decision.attributes:
        yield Fault("/attributes", "required: name the attributes that deviated")
    elif unknown := sorted(set(decision.attributes) - set(attributes)):
        yield Fault("/attributes", f"the sample has no attribute {', '.join(unknown)}")
    elif len(set(decision.attributes)) < len(decision.attributes):
        yield Fault("/attributes", "names one twice")
