"""What a programme itself lacks of what its standard asks. Pure.

1. SOC 2: the principal service commitments and system requirements (DC 200, DC2), at least one of each, because the
   opinion says whether these were met; and for every criterion that is in scope and relevant at least one of them,
   because a criterion that judges none of them has no part in the opinion.
2. ISO/IEC 27001: the interested parties with their requirements (4.2), and objectives (6.2).
3. SOC 1: the control objectives are the requirements of the organisation's own framework. Each says which assertions in
   the financial statements of user entities it is relevant to, as the auditors of these need to know (AT-C 320).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.controls.programmes.commitments.models import CommitmentKind
from services.controls.programmes.programme_lacks.schemas import Missing
from shared.events.catalogue.controls import ReasonCode

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment in force: its kind and the criteria that it belongs to."""

    kind: CommitmentKind
    criteria: Sequence[str]


def missing_of_soc2(programme_id: UUID, promises: Sequence[Promise], relevant: Sequence[str]) -> Iterator[Missing]:
    """What a SOC 2 programme lacks; `relevant` are the criteria in scope that no decision takes out, in order."""
    path = f"/v1/programmes/{programme_id}/commitments"
    judged = {ref for promise in promises for ref in promise.criteria}
    kinds = {promise.kind for promise in promises if not {*promise.criteria}.isdisjoint(relevant)}
    if CommitmentKind.SERVICE_COMMITMENT not in kinds:
        words = "No service commitment is recorded for the criteria in scope."
        yield Missing(code=ReasonCode.NO_COMMITMENT, text=words, path=path)
    if CommitmentKind.SYSTEM_REQUIREMENT not in kinds:
        words = "No system requirement is recorded for the criteria in scope."
        yield Missing(code=ReasonCode.NO_SYSTEM_REQUIREMENT, text=words, path=path)
    bare = [ref for ref in relevant if ref not in judged]
    if kinds and bare:
        words = f"No commitment belongs to {listed(bare)}."
        yield Missing(code=ReasonCode.CRITERION_WITHOUT_COMMITMENT, text=words, path=path)


def missing_of_iso27001(programme_id: UUID, *, has_party: bool, has_objective: bool) -> Iterator[Missing]:
    """What an ISO/IEC 27001 programme lacks. Its scope (4.3) is there from the beginning."""
    path = f"/v1/programmes/{programme_id}"
    if not has_party:
        words = "No interested party is recorded."
        yield Missing(code=ReasonCode.NO_INTERESTED_PARTY, text=words, path=f"{path}/interested-parties")
    if not has_objective:
        words = "No information security objective is set."
        yield Missing(code=ReasonCode.NO_SECURITY_OBJECTIVE, text=words, path=f"{path}/security-objectives")


def missing_of_soc1(framework_id: UUID, bare: Sequence[str]) -> Iterator[Missing]:
    """What a SOC 1 programme lacks; `bare` are the relevant control objectives without assertions, in order."""
    if bare:
        words = f"No assertion is named by {listed(bare)}. Import a version that names them, and upgrade to it."
        path = f"/v1/frameworks/{framework_id}/versions"
        yield Missing(code=ReasonCode.OBJECTIVE_WITHOUT_ASSERTION, text=words, path=path)


def listed(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
