from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.frameworks.models import Scheme
from services.controls.programmes.commitments.models import CommitmentKind
from services.controls.programmes.commitments.queries import in_force
from services.controls.programmes.interested_parties.queries import has_relevant
from services.controls.programmes.programme_lacks.rules import (
    Promise,
    missing_of_iso27001,
    missing_of_soc1,
    missing_of_soc2,
)
from services.controls.programmes.programme_lacks.schemas import Missing
from services.controls.programmes.security_objectives.queries import has_in_force


async def missing(
    session: AsyncSession, programme_id: UUID, *, scheme: Scheme, framework_id: UUID, relevant: Sequence[Any]
) -> list[Missing]:
    """What the programme itself lacks; `relevant` are the requirements in scope that no decision takes out."""
    if scheme == Scheme.SOC2:
        promises = [Promise(CommitmentKind(row.kind), row.criteria) for row in await in_force(session, programme_id)]
        return list(missing_of_soc2(programme_id, promises, [requirement.ref for requirement in relevant]))
    if scheme == Scheme.ISO27001:
        has = {
            "has_party": await has_relevant(session, programme_id),
            "has_objective": await has_in_force(session, programme_id),
        }
        return list(missing_of_iso27001(programme_id, **has))
    if scheme == Scheme.SOC1:
        bare = [requirement.ref for requirement in relevant if not requirement.assertions]
        return list(missing_of_soc1(framework_id, bare))
    return []
