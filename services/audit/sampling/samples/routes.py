from uuid import UUID

from fastapi import Response

from services.audit.sampling.samples import actions, queries
from services.audit.sampling.samples.schemas import SampleDraft, SampleOut, SampleSummary, SampleVoiding
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("samples")


routes.list(
    "list_samples",
    "/v1/samples",
    queries.samples,
    SampleSummary,
    permission=P.SAMPLES_READ,
    auditors=True,
    description="The samples of the firm's engagements, those that were voided as well, newest first.",
)


routes.one(
    "get_sample",
    "/v1/samples/{sample_id}",
    queries.sample,
    SampleOut,
    permission=P.SAMPLES_READ,
    auditors=True,
    description="One sample, with how it was designed and drawn, and what came of its items.",
)


@routes.post(
    "/v1/samples",
    permission=P.SAMPLES_WRITE,
    auditors=True,
    status_code=201,
    response_model=SampleOut,
    refuses=(actions.PopulationNotReliable, actions.SampleStands),
)
async def design_sample(draft: SampleDraft, write: Write) -> Response:
    """Decide how many items of a reliable population are tested and how they are selected. Nothing is drawn yet."""
    sample = await actions.design(write.session, draft=draft, caller=write.caller, at=write.at)
    return await write.created(queries.sample, sample.id, f"/v1/samples/{sample.id}")


@routes.post(
    "/v1/samples/{sample_id}/releases",
    permission=P.SAMPLES_WRITE,
    auditors=True,
    response_model=SampleOut,
    refuses=(NotFound,),
)
async def release_sample(sample_id: UUID, write: Write) -> Response:
    """Release a sample that was drawn: its items may be asked for at the client, and tested."""
    await actions.release(write.session, sample_id, caller=write.caller, at=write.at)
    return await write.changed(queries.sample, sample_id)


@routes.post(
    "/v1/samples/{sample_id}/voidings",
    permission=P.SAMPLES_WRITE,
    auditors=True,
    response_model=SampleOut,
    refuses=(NotFound,),
)
async def void_sample(sample_id: UUID, voiding: SampleVoiding, write: Write) -> Response:
    """Void a sample, with a reason. It stays on record, and its seed counts among the draws made."""
    await actions.void(write.session, sample_id, reason=voiding.reason, caller=write.caller, at=write.at)
    return await write.changed(queries.sample, sample_id)
