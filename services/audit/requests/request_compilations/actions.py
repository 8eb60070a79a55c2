"""The verb of a compilation. The transaction is the firm's, and reads what the client calls its controls."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.engagements.engagements.models import Engagement
from services.audit.requests.request_compilations.queries import (
    controls_called,
    engagement_before,
    items_to_ask_for,
)
from services.audit.requests.request_compilations.rules import (
    Compiled,
    from_controls,
    from_requests,
    from_sample,
    from_template,
    without_taken,
)
from services.audit.requests.request_compilations.schemas import (
    Compilation,
    CompilationOut,
    FromControls,
    FromPreviousEngagement,
    FromSample,
    FromTemplate,
)
from services.audit.requests.request_templates.models import RequestTemplate, TemplateStatus
from services.audit.requests.request_templates.schemas import TemplateLine
from services.audit.requests.requests.actions import asking, draft_all
from services.audit.requests.requests.models import RequestOrigin
from services.audit.requests.requests.queries import codes_of, requests_of
from services.audit.sampling.samples.models import Sample, SampleStatus
from shared.data.records import found, one_at_a_time
from shared.data.sessions import in_organisation
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed


class NothingToRollForward(Conflict):
    """The firm made no requests in an earlier engagement of this client."""


async def compile_drafts(
    session: AsyncSession, engagement_id: UUID, *, given: Compilation, by: Actor, at: datetime
) -> CompilationOut:
    """Draft what a template, an earlier engagement, the controls in scope or a sample say, once.

    `NotFound` for a template or engagement that is not the firm's, `NothingToRollForward` when there is none.
    """
    engagement = await asking(session, engagement_id, "draft requests for")
    await one_at_a_time(session, engagement_id)
    compiled = await _compiled(session, engagement, given, at=at)
    fresh, left_out = without_taken(compiled, await codes_of(session, engagement_id))
    drafted = await draft_all(
        session,
        engagement_id,
        drafts=[each.draft for each in fresh],
        below=[f"/{place}" for place in range(len(fresh))],
        origin=RequestOrigin(given.source),
        origin_ids=[each.origin_id for each in fresh],
        item_ids=[each.item_ids for each in fresh],
        by=by,
        at=at,
    )
    return CompilationOut(drafted=len(drafted), request_ids=[each.id for each in drafted], left_out=left_out)


async def _compiled(
    session: AsyncSession, engagement: Engagement, given: Compilation, *, at: datetime
) -> list[Compiled]:
    match given:
        case FromTemplate():
            template = await found(session, RequestTemplate, given.template_id)
            if template is None:
                raise NotFound(f"There is no request template {given.template_id}.")
            if template.status != TemplateStatus.ACTIVE:
                raise not_allowed("draft requests from", template.status, [])
            lines = [TemplateLine.model_validate(line) for line in template.lines]
            return from_template(lines, template.id, due_on=given.due_on, today=at.astimezone(UTC).date())
        case FromPreviousEngagement():
            before = await _engagement_before(session, engagement, given.engagement_id)
            return from_requests(await requests_of(session, before), engagement.control_ids, due_on=given.due_on)
        case FromControls():
            return await _of_controls(session, engagement, given)
        case FromSample():
            return await _of_sample(session, engagement, given)


async def _engagement_before(session: AsyncSession, engagement: Engagement, named: UUID | None) -> UUID:
    """The earlier engagement to roll forward. One that is named has to be of the same client."""
    if named is not None:
        earlier = await found(session, Engagement, named)
        if earlier is None or earlier.firm_id != engagement.firm_id or earlier.org_id != engagement.org_id:
            raise NotFound(f"There is no engagement {named} of this client that the firm conducted.")
        return named
    before = await engagement_before(session, engagement.id, client_id=engagement.org_id)
    if before is None:
        raise NothingToRollForward("There are no requests of an earlier engagement of this client.")
    return before


async def _of_sample(session: AsyncSession, engagement: Engagement, given: FromSample) -> list[Compiled]:
    sample = await found(session, Sample, given.sample_id)
    if sample is None or sample.engagement_id != engagement.id:
        raise NotFound(f"There is no sample {given.sample_id} in this engagement.")
    if sample.status not in {SampleStatus.RELEASED, SampleStatus.TESTING}:
        raise not_allowed("ask for the items of", sample.status, [])
    return from_sample(given, sample, await items_to_ask_for(session, sample.id))


async def _of_controls(session: AsyncSession, engagement: Engagement, given: FromControls) -> list[Compiled]:
    control_ids = given.control_ids or engagement.control_ids
    scope = set(engagement.control_ids)
    if faults := [
        Fault(f"/control_ids/{place}", "not in scope") for place, key in enumerate(control_ids) if key not in scope
    ]:
        raise Invalid("Requests are about controls in scope.", faults=faults)
    async with in_organisation(session, engagement.org_id):
        called = await controls_called(session, control_ids)
    return from_controls(given, control_ids, called)
