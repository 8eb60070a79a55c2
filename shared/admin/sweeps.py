"""Sweeps over HTTP: have what is due by the clock done now, not at the next turn. The time stays the real one."""

from collections.abc import Sequence

from fastapi import Request
from pydantic import BaseModel, Field

from shared.http.doors import platform_of
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.schedule import Sweep, run_now


class SweepRun(BaseModel):
    """What was due, and is done."""

    done: dict[str, int] = Field(examples=[{"announce_expired_evidence": 3}])


def sweep_routes(service: str, sweeps: Sequence[Sweep]) -> Routes:
    """The sweeps of one service."""
    routes = Routes("sweeps")

    @routes.post(f"/v1/services/{service}/sweeps", permission=P.SWEEPS_RUN, response_model=SweepRun)
    async def run_sweeps(request: Request) -> SweepRun:
        """Do now what is due in the caller's organisation."""
        return SweepRun(done=await run_now(platform_of(request), sweeps, request.state.caller.org_id))

    return routes
