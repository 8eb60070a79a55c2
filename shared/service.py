"""The service factory: what a service names in `app.py` becomes an application with every shared part in place."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from prometheus_client import make_asgi_app
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import ASGIApp

from shared import health, telemetry
from shared.admin.dead_letters import dead_letter_routes
from shared.admin.sweeps import sweep_routes
from shared.admin.trail import trail_routes
from shared.admin.witnesses import witness_routes
from shared.data.transactions import Recompute
from shared.events.backlog import Measure
from shared.events.event import Handler
from shared.http import declared, problems
from shared.http.operations import Routes
from shared.http.reads_first import ReadsFirst
from shared.identity.callers import Caller
from shared.jobs.routes import job_routes
from shared.jobs.work import Job
from shared.jobs.worker import forget_old_jobs
from shared.loops import Loop
from shared.people.duties import Duty, duty_routes, handing_over
from shared.people.known import know_people
from shared.platform import Platform
from shared.schedule import Sweep
from shared.settings import Role, Settings
from shared.trail.stamps import stamp_heads
from shared.trail.witness import witness, witnessing
from shared.version import LICENSE, VERSION
from shared.withdrawals import keep_withdrawals_fresh, withdraw_tokens
from shared.worker import Worker

Prepare = Callable[[Platform, FastAPI], Awaitable[None]]
BeforeWrite = Callable[[AsyncSession, Caller], Awaitable[None]]


async def _prepare_nothing(_platform: Platform, _app: FastAPI) -> None:
    return None


async def _no_more_checks(_session: AsyncSession, _caller: Caller) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Service:
    """A service in words: its name, its operations, what it hears, what it does by the clock.

    `duties` are what people answer for here; the service knows the people of the directory if there are any.
    `loops` are work that is taken up as soon as it is there, by one process of the service.
    `measures` set gauges of its own, every few seconds in every process, by a look that is cheap.
    `recompute` runs once before each commit, with what the transaction touched. `before_write` runs first in the
    transaction of each write, and may refuse it. `names_controls` says that all its words are the client's, so
    that auditors are answered without the names of controls outside the scope (`shared.data.outside`).
    """

    name: str
    summary: str
    routes: Sequence[Routes]
    handlers: Sequence[Handler] = ()
    sweeps: Sequence[Sweep] = ()
    duties: Sequence[Duty] = ()
    jobs: Sequence[Job[Any]] = ()
    loops: Sequence[Loop] = ()
    measures: Sequence[Measure] = ()
    recompute: Recompute | None = None
    prepare: Prepare = field(default=_prepare_nothing)
    before_write: BeforeWrite = field(default=_no_more_checks)
    names_controls: bool = False

    def all_routes(self) -> list[Routes]:
        """The service's own operations and those that every service has."""
        return [
            *self.routes,
            *([duty_routes(self.name, self.duties)] if self.duties else []),
            *([job_routes(self.name, self.jobs)] if self.jobs else []),
            witness_routes(self.name),
            trail_routes(self.name),
            dead_letter_routes(self.name, self.all_handlers()),
            sweep_routes(self.name, self.all_sweeps()),
        ]

    def all_handlers(self) -> list[Handler]:
        """The service's own, and those by which services know people, keep heads of trails and withdraw tokens."""
        people = [know_people, handing_over(self.duties)] if self.duties else []
        return [*self.handlers, *people, witness(self.name), withdraw_tokens]

    def all_sweeps(self) -> list[Sweep]:
        """The service's own, and those by which every service has its trail witnessed and stamped."""
        own = [*self.sweeps, *([forget_old_jobs] if self.jobs else [])]
        return [*own, witnessing(self.name), stamp_heads]

    def worker(self, platform: Platform) -> Worker:
        """What does the service's work behind HTTP."""
        return Worker(platform, self.all_handlers(), self.all_sweeps(), self.jobs, self.loops, self.measures)


def _freeze_startup_objects() -> None:
    """Let the garbage collector look no more at what lives as long as the process: routes, models, compiled code.

    A full collection goes through all of it, which takes longer than most requests do.
    """
    gc.collect()
    gc.freeze()


def describe(service: Service) -> FastAPI:
    """The application without anything running behind it: enough to write its contract."""
    app = FastAPI(
        title=f"Attest {service.name}",
        summary=service.summary,
        version=VERSION,
        license_info=LICENSE,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        separate_input_output_schemas=False,
        openapi_tags=[{"name": routes.tag, "description": routes.about} for routes in service.all_routes()],
    )
    for routes in service.all_routes():
        routes.install(app)
    return app


def create_app(service: Service, settings: Settings | None = None) -> ASGIApp:
    """The application of a service process, ready for Uvicorn."""
    settings = settings or Settings()
    config = telemetry.start(service.name, settings.log_level)
    platform = Platform.of(service.name, settings, service.recompute)
    worker = service.worker(platform) if Role.WORKER in settings.roles else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await service.prepare(platform, app)
        watching = [
            asyncio.create_task(platform.verifier.keep_fresh()),
            asyncio.create_task(keep_withdrawals_fresh(platform)),
            asyncio.create_task(platform.database.close_idle()),
        ]
        if worker:
            worker.start()
        _freeze_startup_objects()
        yield
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        if worker:
            await worker.stop()
        await platform.close()

    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        telemetry=config,
    )
    app.state.platform = platform
    app.state.before_write = service.before_write
    app.state.names_controls = service.names_controls
    problems.install(app)
    declared.install(app, settings.problems_file)
    health.install(app, platform, [worker.missing] if worker else [])
    app.mount("/metrics", make_asgi_app())
    if Role.API in settings.roles:
        for routes in service.all_routes():
            routes.install(app)
    return ReadsFirst(app, traced=bool(config.get("tracing")))
