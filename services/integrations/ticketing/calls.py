"""Requests to a system of tickets, through the guarded client; each is noted with what came of it."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from services.integrations.ticketing.terms.models import Refused, TicketCode
from services.integrations.ticketing.terms.rules import detail_of, refusal_of, rest_of
from shared.clock import now
from shared.outbound.addresses import Reach
from shared.outbound.client import Method, send
from shared.outbound.failures import AnswerTooLarge, OutboundFailed
from shared.telemetry import ticket_calls
from shared.version import VERSION

_SECONDS = 10.0
_LARGEST_ANSWER = 4 * 1024 * 1024  # a page of a hundred issues with long descriptions
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and what came of it: a status, or a code when it was refused or not answered."""

    step: str
    started_at: datetime
    milliseconds: int
    status: int | None
    code: TicketCode | None


@dataclass(slots=True)
class Calls:
    """The requests of one piece of work. `writes` counts those that may have changed something outside."""

    base_url: str
    reach: Reach
    headers: Mapping[str, str] = field(repr=False)
    made: list[Call] = field(default_factory=list)
    writes: int = 0

    async def ask(
        self,
        step: str,
        method: Method,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        media_type: str = "application/json",
        writes: bool | None = None,
    ) -> Any:
        """The JSON that is answered, None for nothing; `Refused` otherwise. A search by POST does not write."""
        at, began = now(), time.monotonic()
        status, code = None, None
        self.writes += method in _WRITES if writes is None else writes
        try:
            status, answer = await self._sent(method, path, query, body, media_type, at)
        except Refused as refused:
            status, code = refused.status, refused.code
            raise
        finally:
            milliseconds = round((time.monotonic() - began) * 1000)
            self.made.append(Call(step, at, milliseconds, status, code))
            ticket_calls.add(1, {"outcome": "answered" if code is None else "failed"})
        return answer

    async def _sent(
        self,
        method: Method,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        media_type: str,
        at: datetime,
    ) -> tuple[int, Any]:
        url = self.base_url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"User-Agent": f"Attest-Tickets/{VERSION}", **self.headers}
        if body is not None:
            headers["Content-Type"] = media_type
        try:
            answer = await send(
                method, url, reach=self.reach, headers=headers, body=content, seconds=_SECONDS, largest=_LARGEST_ANSWER
            )
        except OutboundFailed as failed:
            status = failed.status if isinstance(failed, AnswerTooLarge) else None
            raise Refused(TicketCode(failed.code), status=status) from failed
        if code := refusal_of(answer.status, answer.headers):
            rest = rest_of(code, answer.headers, at=at)
            raise Refused(code, detail_of(answer.body), status=answer.status, rest=rest)
        return answer.status, _parsed(answer.status, answer.body)


def _parsed(status: int, body: bytes) -> Any:
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(TicketCode.UNREADABLE, "no JSON", status=status) from error
