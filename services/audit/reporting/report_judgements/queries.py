from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.judgement.conclusions.queries import grounds_of
from services.audit.judgement.opinions.queries import matters_of, standing_opinions
from services.audit.papers.findings.queries import findings_of
from services.audit.reporting.report_judgements.rules import judgements_of, responses_to
from services.audit.wording.contents import Judgement, ManagementsResponse, Office, ReportedControl


async def opinion_in(session: AsyncSession, engagement: Engagement, *, criteria: Sequence[str]) -> dict[str, Any]:
    """The judgements of a report and the office that it is signed at; nothing while no opinion is decided.

    The transaction is the auditing party's. `criteria` are those of the report.
    """
    opinion = next(iter(await standing_opinions(session, [engagement.id])), None)
    if opinion is None:
        return {}
    grounds = await grounds_of(session, engagement, commitments=False)
    office = Office(city=opinion.signed_as["city"], state=opinion.signed_as["state"])
    return {"judgements": judgements_of(opinion, matters_of(grounds), criteria=criteria), "office": office}


async def responses_of(
    session: AsyncSession, engagement_id: UUID, controls: Sequence[ReportedControl], judgements: Sequence[Judgement]
) -> list[ManagementsResponse]:
    """What management answered to the findings on controls of which the report tells deviations or matters."""
    return responses_to(await findings_of(session, engagement_id), controls, judgements)
