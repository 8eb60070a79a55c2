"""One request to an outside address that an organisation named: hostile until shown otherwise.

Redirects are not followed, no connection is kept, and the size of the answer and the time for all of it are limited.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

import httpcore

from shared.outbound.addresses import Guarded, Reach, is_host
from shared.outbound.failures import AddressNotAllowed, AnswerTooLarge, NotReachable, TooSlow

LONGEST_SECONDS = 15.0
# What frames the message or asks for another protocol is ours to say.
OUR_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "expect", "host", "te", "trailer", "transfer-encoding"}
    | {"keep-alive", "proxy-authorization", "proxy-connection", "upgrade"}
)
_SECONDS = 5.0
# Connecting to an address and the TLS handshake have less each, so that they end by themselves and their connection
# is closed.
_STEP_SECONDS = 2.0
_LARGEST = 256 * 1024
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_URL = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"([\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?)?")

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the outside answered: any status, headers by lower-case name (repeated ones joined by commas), the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def send(
    method: Method,
    url: str,
    *,
    reach: Reach,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = _SECONDS,
    largest: int = _LARGEST,
) -> Answer:
    """Send one request, by https except inside `reach.allow`; `OutboundFailed` when there is no answer.

    `ValueError` for a header that `checked_headers` refuses, and for more than `LONGEST_SECONDS`.
    """
    if seconds > LONGEST_SECONDS:
        raise ValueError(f"an outside address is waited for no longer than {LONGEST_SECONDS} s")
    sent = [("Accept-Encoding", "identity"), *_with_defaults(headers or {}).items()]
    content = body if body or method in _WITH_BODY else None  # an empty body has a length too, no body has none
    network = Guarded(reach, only_allowed=_is_plain(url))
    step = min(_STEP_SECONDS, seconds / 2)
    timeouts = {"connect": step, "pool": step, "read": seconds, "write": seconds}
    try:
        async with (
            asyncio.timeout(seconds),
            httpcore.AsyncConnectionPool(_tls(), network_backend=network) as pool,
            pool.stream(method, url, headers=sent, content=content, extensions={"timeout": timeouts}) as answer,
        ):
            return Answer(answer.status, _joined(answer.headers), await _limited(answer, largest))
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise TooSlow(f"{_host(url)} did not answer in time") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
        raise NotReachable(f"{_host(url)} cannot be reached: {type(error).__name__}") from error


def checked_headers(headers: Mapping[str, str]) -> None:
    """`ValueError` for a header that is ours to say or that HTTP does not allow; it never holds the header's value."""
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in OUR_HEADERS:
            raise ValueError(f"the header {name!r} cannot be sent")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"the value of the header {name!r} has a character that HTTP does not allow")


def _with_defaults(headers: Mapping[str, str]) -> Mapping[str, str]:
    checked_headers(headers)
    named = {name.lower() for name in headers}
    defaults = {"Accept": "application/json", "User-Agent": "Attest"}
    return {**{name: value for name, value in defaults.items() if name.lower() not in named}, **headers}


def _is_plain(url: str) -> bool:
    """Whether it is http without TLS; `AddressNotAllowed` for what is neither, or hides where it leads."""
    try:
        parts = urlsplit(url)
        named = parts.hostname is not None and is_host(parts.hostname)
        if _URL.fullmatch(url) and named and parts.username is None and parts.port != 0:
            return parts.scheme == "http"
    except ValueError:
        pass
    raise AddressNotAllowed("not an http or https address of a host, without a user name")


def _host(url: str) -> str | None:
    return urlsplit(url).hostname


def _joined(headers: list[tuple[bytes, bytes]]) -> Mapping[str, str]:
    joined: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("ascii").lower(), value.decode("latin-1")
        joined[key] = f"{joined[key]}, {text}" if key in joined else text
    return joined


async def _limited(answer: httpcore.Response, largest: int) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_stream():
        body += chunk
        if len(body) > largest:
            raise AnswerTooLarge(f"the answer is larger than {largest} bytes", answer.status)
    return bytes(body)


@cache
def _tls() -> ssl.SSLContext:
    """Made once, since it reads all certificates. `SSL_CERT_FILE` adds an authority of one's own."""
    return httpcore.default_ssl_context()
