"""What may be decided of a requirement, and what then counts.

1. Only what the pinned version of the framework asks for, and the programme's categories bring into scope, can be
   decided on, and by one decision at a time.
2. Clauses of a management system standard are never out of scope: whoever claims conformity to ISO/IEC 27001 meets all
   of its clauses 4 to 10. Annex A controls, and criteria of a SOC 2, may be not relevant with a reason.
3. That a requirement is not relevant counts once someone other than the author has approved it. Why one is relevant
   takes nothing out of scope, and counts at once.
"""

from collections.abc import Collection, Iterator, Mapping

from services.controls.programmes.scope_decisions.models import DecisionStatus
from services.controls.programmes.scope_decisions.schemas import ScopeDecisionTerms
from shared.problems import Fault

CLAUSE = "clause"


def faults_of(
    decision: ScopeDecisionTerms, *, at: str, in_scope: Mapping[str, str], decided: Collection[str]
) -> Iterator[Fault]:
    """What is wrong with a decision. `in_scope` is the kind of each requirement by its reference."""
    kind = in_scope.get(decision.requirement)
    if kind is None:
        yield Fault(f"{at}/requirement", f"{decision.requirement} is not in the scope of this programme.")
    if kind == CLAUSE and not decision.relevant:
        yield Fault(
            f"{at}/relevant", "A clause of the standard is always relevant; only controls of Annex A can be left out."
        )
    if decision.requirement in decided:
        yield Fault(
            f"{at}/requirement", f"{decision.requirement} already has a decision; withdraw that decision first."
        )
    if decision.grounds and not decision.relevant:
        yield Fault(
            f"{at}/grounds", "Grounds are for a requirement that is relevant, and this decision says that it is not."
        )


def status_of(*, relevant: bool) -> DecisionStatus:
    """Where a decision begins, or begins anew when its reason has changed."""
    return DecisionStatus.IN_FORCE if relevant else DecisionStatus.PROPOSED
