"""Opinions and commitments for the tests of what comes after judgement, and of judgement itself."""

from uuid import UUID, uuid4

from services.audit.description.known_commitments.models import KnownCommitment
from services.audit.engagements.engagements.models import Engagement
from services.audit.judgement.opinions.models import Opinion
from shared.data.records import locked
from shared.data.sessions import Database, instant_of
from shared.data.transactions import raise_version
from shared.events.catalogue.judgement import OpinionDecided
from shared.events.trail import announce
from tests.support import acting

CLEAN = {"description": "unmodified", "design": "unmodified", "operation": "unmodified"}


async def opined(database: Database, firm_id: str, engagement_id: str) -> None:
    """An unmodified opinion of the firm on an engagement, past what it rests on."""
    by = acting("partner")
    async with database.transaction(UUID(firm_id)) as session:
        at = instant_of(session)
        opinion = Opinion(
            org_id=UUID(firm_id),
            engagement_id=UUID(engagement_id),
            kind="unmodified",
            subjects=CLEAN,
            proposed=CLEAN,
            reason="Sufficient evidence was obtained.",
            signed_as={"name": "Hale & Partners LLP", "city": "Denver", "state": "Colorado"},
            rests_on=[],
            decided_by=by.recorded,
            created_at=at,
            updated_at=at,
        )
        session.add(opinion)
        event = OpinionDecided(engagement_id=opinion.engagement_id, kind=opinion.kind, subjects=CLEAN, departs=False)
        announce(session, event, about=opinion, by=by, at=at)


async def committed(database: Database, org_id: str, engagement_id: str, *criteria: str) -> str:
    """A service commitment of the client that these criteria judge; its programme becomes the engagement's."""
    commitment, programme = uuid4(), uuid4()
    async with database.transaction(UUID(org_id)) as session:
        known = KnownCommitment(
            org_id=UUID(org_id),
            id=commitment,
            programme_id=programme,
            kind="service_commitment",
            text="Documents are available.",
            criteria=[*criteria],
            version=1,
        )
        session.add(known)
        row = await locked(session, Engagement, UUID(engagement_id), noun="engagement")
        row.programme_id = programme
        raise_version(session, row)
    return str(commitment)
