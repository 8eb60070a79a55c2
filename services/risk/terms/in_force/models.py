from dataclasses import dataclass

from services.risk.terms.method_terms.schemas import MethodTerms


@dataclass(frozen=True, slots=True)
class InForce:
    """The method that ratings follow now. Number 0 is the default preset, while the organisation has set none."""

    terms: MethodTerms
    number: int
