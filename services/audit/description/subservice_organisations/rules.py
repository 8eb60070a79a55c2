"""What each method says of a subservice organisation (DC 200, DC7). Pure."""

from collections.abc import Iterator

from services.audit.description.subservice_organisations.models import SubserviceMethod
from shared.problems import Fault


def faults_of(method: str, *, has_controls: bool, has_agreement: bool) -> Iterator[Fault]:
    """What does not go with the method. What is still missing is said when the description is approved."""
    if method == SubserviceMethod.INCLUSIVE and has_controls:
        yield Fault("/controls", "only for a carved-out one: the inclusive method describes its own controls")
    if method == SubserviceMethod.CARVE_OUT and has_agreement:
        yield Fault("/agreement", "only for the inclusive method: a carved-out one makes no assertion")
