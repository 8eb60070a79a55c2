"""How a risk is treated. A pure function of its acceptance, its treatments, its controls and its limits.

1. While an acceptance is in force the risk is retained.
2. Else it is treated as the treatments under way do it: avoided before mitigated, mitigated before transferred.
3. Else, while it is within its appetite, as the treatment did it that was closed last, or it is mitigated by the
   controls that lower it.
4. Else it is untreated.
"""

from collections.abc import Collection

from services.risk.register.risks.models import Risk, RiskTreatment
from services.risk.treatments.treatments.models import Strategy

_BEFORE = (Strategy.AVOID, Strategy.MITIGATE, Strategy.TRANSFER)


def treatment_of(risk: Risk, under_way: Collection[str], closed: str | None) -> RiskTreatment:
    """How a risk is treated, given the strategies of its treatments under way and of the one that was closed last."""
    if risk.acceptance_id is not None:
        return RiskTreatment.ACCEPT
    for strategy in _BEFORE:
        if strategy in under_way:
            return RiskTreatment(strategy)
    if risk.within_appetite and closed is not None:
        return RiskTreatment(closed)
    return RiskTreatment.MITIGATE if risk.within_appetite and _lowered(risk) else RiskTreatment.UNTREATED


def _lowered(risk: Risk) -> bool:
    inherent = risk.inherent_likelihood, risk.inherent_impact
    return (risk.computed_likelihood, risk.computed_impact) != inherent
