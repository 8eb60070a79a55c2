"""The verb of an item test: it decides the item of the sample, in the same transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.papers.item_tests.models import ItemTest
from services.audit.papers.item_tests.queries import test_of_item
from services.audit.papers.item_tests.rules import decision_of, faults_of_item_test
from services.audit.papers.item_tests.schemas import ItemTestDraft
from services.audit.papers.papers.actions import edited, paper_in_work
from services.audit.papers.papers.models import Paper
from services.audit.papers.tested_engagements.queries import TESTED
from services.audit.sampling.sample_items.actions import decide
from services.audit.sampling.samples.models import Sample, SampleItem
from shared.data.records import found
from shared.data.transactions import raise_version
from shared.events.catalogue.papers import ItemTested
from shared.events.trail import announce
from shared.identity.callers import Caller
from shared.problems import Invalid, NotFound


async def test_item(
    session: AsyncSession, paper_id: UUID, item_id: UUID, *, draft: ItemTestDraft, caller: Caller, at: datetime
) -> UUID:
    """Test an item of the paper's sample, or test it anew; the id of the test.

    `NotFound` for an item of another sample. What the sample refuses of a decision is refused here.
    """
    paper, _ = await paper_in_work(session, paper_id, caller, "test an item", phases=TESTED)
    sample = await _sample_of(session, paper)
    item = await found(session, SampleItem, item_id)
    if sample is None or item is None or item.sample_id != sample.id:
        raise NotFound(f"There is no item {item_id} in the sample of this paper.")
    codes = [attribute["code"] for attribute in sample.attributes]
    labels, marks = {each["label"] for each in paper.evidence}, {each["mark"] for each in paper.legend}
    if faults := [*faults_of_item_test(draft, codes=codes, labels=labels, marks=marks)]:
        raise Invalid("The test of the item is not complete.", faults=faults)
    await decide(session, item_id, decision=decision_of(draft), caller=caller, at=at)
    test = await test_of_item(session, paper_id, item_id)
    if test is None:
        test = ItemTest(
            org_id=paper.org_id,
            engagement_id=paper.engagement_id,
            paper_id=paper.id,
            sample_id=sample.id,
            sample_item_id=item_id,
            attributes=[],
            tick_marks=[],
            evidence=[],
            tested_by=caller.actor.recorded,
            created_at=at,
            updated_at=at,
        )
        session.add(test)
    else:
        raise_version(session, test)
    test.attributes = [each.model_dump(mode="json") for each in draft.attributes]
    test.tick_marks, test.evidence, test.note = draft.tick_marks, draft.evidence, draft.note
    test.tested_by = caller.actor.recorded
    edited(session, paper, by=caller.actor, at=at)
    event = ItemTested(
        engagement_id=paper.engagement_id, paper_id=paper.id, sample_item_id=item_id, outcome=draft.outcome
    )
    announce(session, event, about=test, by=caller.actor, at=at)
    return test.id


async def _sample_of(session: AsyncSession, paper: Paper) -> Sample | None:
    sample_id = (paper.extent or {}).get("sample_id")
    return await found(session, Sample, UUID(sample_id)) if sample_id else None
