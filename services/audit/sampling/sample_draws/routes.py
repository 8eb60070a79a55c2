from uuid import UUID

from fastapi import Response

from services.audit.sampling.sample_draws import actions
from services.audit.sampling.sample_draws.schemas import DrawDraft
from services.audit.sampling.samples.actions import PopulationNotReliable
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.jobs.routes import JobOut
from shared.jobs.starting import TooManyJobs, start
from shared.problems import NotFound

routes = Routes("sample draws")


@routes.post(
    "/v1/samples/{sample_id}/draws",
    permission=P.SAMPLES_WRITE,
    auditors=True,
    status_code=202,
    response_model=JobOut,
    refuses=(NotFound, PopulationNotReliable, actions.Seeded, TooManyJobs),
)
async def draw_sample(sample_id: UUID, draft: DrawDraft, write: Write) -> Response:
    """Give a designed sample its seed and have a job draw it. The seed stays, also when the job fails: then draw again.

    It fails where the population has too few items, none of a picked key or stratum, or where every item of a
    systematic selection falls on the same weekday (`/problems/cannot-select`).
    """
    given = await actions.seed(write.session, sample_id, draft=draft, caller=write.caller, at=write.at)
    return await start(write, actions.SAMPLE_DRAW, given)


@routes.post(
    "/v1/samples/{sample_id}/verifications",
    permission=P.SAMPLES_READ,
    auditors=True,
    status_code=202,
    response_model=JobOut,
    refuses=(NotFound, actions.NotSeeded, TooManyJobs),
)
async def verify_sample(sample_id: UUID, write: Write) -> Response:
    """Have a job draw a sample again from the kept frame. Its result is `equal`, or the first difference."""
    given = await actions.require_drawn_by_seed(write.session, sample_id, write.caller)
    return await start(write, actions.SAMPLE_VERIFICATION, given)
