"""What the risks of an organisation lack before they are assessed. Pure.

The register is the organisation's, so every programme of it asks for the same: at least one risk, each of them rated
(CC3.2; ISO/IEC 27001, 6.1.2), and each that is not accepted, avoided or transferred linked to a control (CC5.1;
ISO/IEC 27001, 6.1.3).
"""

from collections.abc import Iterator, Sequence

from services.controls.programmes.known_risks.models import KnownRisk
from services.controls.programmes.programme_lacks.rules import listed
from services.controls.programmes.programme_lacks.schemas import Missing
from shared.events.catalogue.controls import ReasonCode
from shared.events.catalogue.risk import RiskStatus

_PATH = "/v1/risks"
_NEEDING_CONTROLS = frozenset({"mitigate", "untreated"})


def missing_of_risks(risks: Sequence[KnownRisk]) -> Iterator[Missing]:
    """What is missing of these risks, which are all that the organisation has, by code. Closed ones count no more."""
    risks = [risk for risk in risks if risk.status != RiskStatus.CLOSED]
    if not risks:
        yield Missing(code=ReasonCode.NO_RISK, text="No risk is written down.", path=_PATH)
    if unrated := [risk.code for risk in risks if risk.rated_at is None]:
        words = f"Not rated: {listed(unrated)}."
        yield Missing(code=ReasonCode.RISK_NOT_RATED, text=words, path=_PATH)
    if bare := [risk.code for risk in risks if risk.treatment in _NEEDING_CONTROLS and not risk.controls]:
        words = f"No control is linked to {listed(bare)}."
        yield Missing(code=ReasonCode.RISK_WITHOUT_CONTROL, text=words, path=_PATH)
