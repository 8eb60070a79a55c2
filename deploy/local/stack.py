"""The whole of Attest on this machine: one object for `make run`, tests, demo, bench and chaos.

stack = Stack(state=Path(".attest"), ports=Ports.free())
await stack.up()
...
await stack.down()
"""

import asyncio
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from deploy.local import postgres, running, servers, services
from deploy.local.command import run_to_end
from deploy.local.errors import StackError
from deploy.local.ports import Ports
from deploy.local.process import Part, Process
from deploy.local.progress import Phase, Report, Step, silent
from deploy.local.secrets import Secrets
from deploy.local.services import Service, Wiring
from deploy.local.state import State


class Stack:
    """PostgreSQL, NATS, Traefik and the services: started in order, restarted when they die, ended in order."""

    def __init__(
        self,
        *,
        state: Path,
        ports: Ports,
        report: Report = silent,
        with_services: Iterable[Service] | None = None,
        patience: int | None = 10,
        window: float = 30.0,
        durable: bool = True,
    ) -> None:
        """`durable=False` waits for no disk, and loses data when the machine stops: for tests that ask other things."""
        self.state = State(state)
        self.ports = ports
        self.report = report
        self.services = tuple(services.all_services() if with_services is None else with_services)
        self.patience, self.window = patience, window
        self.durable = durable
        self._processes: dict[str, Process] = {}
        self._wiring: Wiring | None = None
        self._failure: asyncio.Future[None] | None = None

    @property
    def url(self) -> str:
        """The address of the edge, which is the one that clients use."""
        scheme = "https" if os.environ.get("ATTEST_TLS_CERT") else "http"
        return f"{scheme}://127.0.0.1:{self.ports.edge}"

    @property
    def processes(self) -> Mapping[str, Process]:
        """The processes by name: postgres, nats, traefik and the services."""
        return MappingProxyType(self._processes)

    def service_url(self, name: str) -> str:
        """Return the direct address of a service, past the edge."""
        return f"http://127.0.0.1:{self.ports.internal[name]}"

    def environment(self, name: str) -> dict[str, str]:
        """Return a service's variables, with the owner's and the superuser's, which it never gets itself."""
        return self._require_wiring().provisioning(name)

    def operator(self) -> dict[str, str]:
        """Return the variables with which the seed, the demo and the tests act as the operator."""
        return {"ATTEST_URL": self.url, **self._require_wiring().operator()}

    async def up(self) -> None:
        """Start everything and return when it is ready, or raise a StackError and leave nothing running."""
        self.state.open()
        try:
            await self.state.clear(self._tell_leftover)
            self._arrange()
            await self._start_all()
            running.note(self._require_wiring(), os.getpid())
        except BaseExceptionGroup as group:
            await self.down()
            raise first_reason(group) from group
        except BaseException:
            await self.down()
            raise

    async def prepare(self) -> None:
        """Make every database as its service needs it, and stop again: a state folder to begin from."""
        self.state.open()
        try:
            await self.state.clear(self._tell_leftover)
            self._arrange()
            await self._start_database()
            await asyncio.gather(*(self._provision(service) for service in self.services))
        finally:
            await self.down()

    async def down(self) -> None:
        """Stop the services, which finish what they began, and then what they stand on."""
        if self._failure:
            self._failure.cancel()
        running.cross_out(self.state)
        names = [service.name for service in self.services]
        await asyncio.gather(*(self._stop(name) for name in names))
        for name in ("traefik", "nats", "postgres"):
            await self._stop(name)
        self._processes.clear()
        self.state.close()

    async def failed(self) -> None:
        """Wait until a part has died too often to go on, which raises the StackError that says so."""
        if self._failure:
            await asyncio.shield(self._failure)

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.down()

    def _arrange(self) -> None:
        """Choose the ports and read the secrets, which together say how everything finds everything."""
        if self.state.postgres.exists() and not self.state.secrets.exists():
            raise StackError(
                f"{self.state.secrets} is missing and the database cannot be opened without its passwords: "
                f"bring it back from a copy, or move {self.state.folder} away to begin anew."
            )
        self.ports.require_edge()
        for name in ("postgres", "nats", "nats-monitor", "edge-ping", *(one.name for one in self.services)):
            self.ports.settle(name)
        names = tuple(service.name for service in self.services)
        secrets = Secrets.load(self.state.secrets, names)
        self._wiring = Wiring(self.state, secrets, self.ports, self.url)
        self._failure = asyncio.get_running_loop().create_future()

    async def _start_all(self) -> None:
        """Start each part as soon as those it needs are there."""
        wiring, port = self._require_wiring(), self.ports.internal
        addresses = {service.name: port[service.name] for service in self.services}
        nats = servers.describe_nats(
            self.state, wiring.secrets, port["nats"], port["nats-monitor"], durable=self.durable
        )
        traefik = servers.describe_traefik(self.state, self.ports.edge, port["edge-ping"], addresses)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._start(traefik))
            broker = group.create_task(self._start(nats))
            database = group.create_task(self._start_database())
            for service in self.services:
                group.create_task(self._start_service(service, after=(database, broker)))

    async def _start_database(self) -> None:
        """Make the data folder the first time, and start PostgreSQL on it."""
        password = self._require_wiring().secrets["postgres"]
        part = postgres.describe(self.state, self.ports.internal["postgres"], password, durable=self.durable)
        if not self.state.postgres.exists():
            self.report(Step("postgres", Phase.STARTING, "making a new database"))
        await postgres.initialise(self.state, part.command, password)
        await self._start(part)

    async def _start_service(self, service: Service, after: Iterable[asyncio.Task[None]]) -> None:
        """Start a service once its database is as it needs it."""
        await asyncio.gather(*after)
        await self._provision(service)
        await self._start(services.describe(service, self._require_wiring()))

    async def _provision(self, service: Service) -> None:
        """Make what the service's database is missing."""
        if service.provision:
            self.report(Step(service.name, Phase.STARTING, "preparing its database"))
            command = services.provision(service, service.provision, self._require_wiring())
            await run_to_end(f"provision-{service.name}", command, self.state)

    async def _start(self, part: Part) -> None:
        process = Process(part, self.state, self.report, self.patience, self.window, self._failing())
        self._processes[part.name] = process
        await process.start()

    async def _stop(self, name: str) -> None:
        if name in self._processes:
            await self._processes[name].stop()

    def _tell_leftover(self, name: str, pid: int) -> None:
        self.report(Step(name, Phase.NOTE, f"waiting for process {pid}, left by a run that was killed, to end"))

    def _require_wiring(self) -> Wiring:
        if self._wiring is None:
            raise StackError("The stack is not up yet.")
        return self._wiring

    def _failing(self) -> asyncio.Future[None]:
        if self._failure is None:
            raise StackError("The stack is not up yet.")
        return self._failure


def first_reason(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error a person should read out of those that several tasks raised."""
    flat = [error for error in leaves(group) if not isinstance(error, asyncio.CancelledError)]
    explained = [error for error in flat if isinstance(error, StackError)]
    refused = [StackError(f"This machine refuses something: {error}.") for error in flat if isinstance(error, OSError)]
    return (explained or refused or flat or [group])[0]


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterable[BaseException]:
    """Walk through an exception group's errors."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error
