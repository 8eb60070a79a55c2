"""How an engagement and what its description names are held while a verb changes the description."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.models import Described
from services.audit.description.described_engagements.rules import DESCRIBED
from services.audit.engagements.engagements.models import Engagement
from services.audit.engagements.engagements.rules import OPEN
from shared.data.records import found, locked
from shared.problems import Conflict, NotFound, not_allowed

D = TypeVar("D", bound=Described)


class NotDescribed(Conflict):
    """The report of this engagement does not describe this."""


async def described_engagement(session: AsyncSession, engagement_id: UUID, verb: str) -> Engagement:
    """The engagement, locked, so that its description is changed by one transaction at a time.

    `NotDescribed` when its report has no system description, `Conflict` once the report is issued.
    """
    engagement = await locked(session, Engagement, engagement_id, noun="engagement")
    require_described(engagement)
    if engagement.phase not in OPEN:
        raise not_allowed(verb, engagement.phase, [])
    return engagement


def require_described(engagement: Engagement) -> None:
    """`NotDescribed` when the report of the engagement has no system description."""
    if engagement.kind not in DESCRIBED:
        raise NotDescribed("Only the report of a SOC 1 or SOC 2 has a system description.")


async def described(
    session: AsyncSession, model: type[D], key: UUID, *, noun: str, verb: str, expected: int
) -> tuple[Engagement, D]:
    """The thing as recorded, locked after its engagement; `Conflict` when it is in its last state."""
    seen = await found(session, model, key)
    if seen is None:
        raise NotFound(f"There is no {noun} {key}.")
    engagement = await described_engagement(session, seen.engagement_id, f"{verb} a {noun}")
    row = await locked(session, model, key, noun=noun, expected=expected)
    if row.status != model.model_fields["status"].default:
        raise not_allowed(verb, row.status, [])
    return engagement, row
