"""A client that does what the contract tells a client to do when an answer does not come: send the same again."""

import asyncio
import uuid

import httpx

_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_SECONDS = 120.0
_PAUSE = 0.05


class Retrying(httpx.AsyncBaseTransport):
    """Gives each POST an Idempotency-Key and sends a request again until it is answered for good."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.retries = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and "oauth" not in request.url.path:
            request.headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        deadline = asyncio.get_running_loop().time() + _SECONDS
        while True:
            answer = await self._once(request)
            if answer is not None or asyncio.get_running_loop().time() > deadline:
                return answer or httpx.Response(503, request=request)
            self.retries += 1
            await asyncio.sleep(_PAUSE)

    async def _once(self, request: httpx.Request) -> httpx.Response | None:
        try:
            answer = await self._inner.handle_async_request(request)
            await answer.aread()
        except httpx.TransportError:
            return None
        in_flight = answer.status_code == httpx.codes.CONFLICT and b"/problems/in-flight" in answer.content
        return None if answer.status_code in _TRANSIENT or in_flight else answer

    async def aclose(self) -> None:
        """Stay open: the organisation's clients share it, and the run ends with the process."""
