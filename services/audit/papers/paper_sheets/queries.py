from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.item_tests.queries import tests_on
from services.audit.papers.paper_sheets.rules import SheetItem
from services.audit.papers.papers.models import Paper
from services.audit.sampling.samples.models import ItemStatus, Sample, SampleItem
from shared.data.base import table_of

_I = table_of(SampleItem).c


async def sheet_items(session: AsyncSession, paper: Paper, sample: Sample) -> Sequence[SheetItem]:
    """The items of the paper's sample in their order, with what the paper says of each so far."""
    tests = {test.sample_item_id: test for test in await tests_on(session, paper.id)}
    columns = (_I.id, _I.place, _I.key, _I.status, _I.reason, _I.alternatives)
    found = []
    for row in await session.execute(select(*columns).where(_I.sample_id == sample.id).order_by(_I.place)):
        test = tests.get(row.id)
        attributes = test.attributes if test else []
        found.append(
            SheetItem(
                id=row.id,
                place=row.place,
                key=row.key,
                status=ItemStatus(row.status),
                reason=row.reason,
                alternatives=row.alternatives,
                attributes={each["code"]: (each["result"], each["tick_marks"]) for each in attributes},
                tick_marks=test.tick_marks if test else [],
                evidence=test.evidence if test else [],
                note=test.note if test else None,
            )
        )
    return found
