"""The verb of result records: hand in what a result file came to, for each expectation that asks for its source."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.collecting.expectations.queries import fed_by
from services.evidence.items.evidence.actions import submit
from services.evidence.items.result_records.rules import draft_of
from shared.data.sessions import instant_of
from shared.events.catalogue.integrations import ResultFileReceived
from shared.events.event import Heard

_AT_ONCE = 50  # expectations of one item


async def hand_in(session: AsyncSession, heard: Heard[ResultFileReceived]) -> None:
    """Hand in a result file as evidence, by whoever sent it. A file is announced once, and so handed in once."""
    asked = await fed_by(session, heard.event.source)
    for begin in range(0, len(asked), _AT_ONCE):
        draft = draft_of(
            heard.event,
            file_id=heard.subject,
            expectation_ids=asked[begin : begin + _AT_ONCE],
            received_at=heard.occurred_at,
        )
        await submit(session, None, draft=draft, by=heard.actor, at=instant_of(session))
