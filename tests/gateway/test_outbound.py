"""Fetching from an address that somebody outside named."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from services.gateway import outbound
from services.gateway.outbound import OutboundRefused, fetch, may_contact
from tests.gateway.support import ALLOWED_HOST

ALLOW = (ip_network(f"{ALLOWED_HOST}/32"),)
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(answer: Answer, host: str = ALLOWED_HOST) -> AsyncIterator[tuple[str, list[str]]]:
    """An address that answers so, and who asked it."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, host, 0)
    try:
        yield f"http://{host}:{listening.sockets[0].getsockname()[1]}/keys", asked
    finally:
        listening.close()


def saying(*parts: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return answer


OK = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


async def test_an_allowed_address_is_fetched() -> None:
    async with server(OK) as (url, asked):
        assert await fetch(url, allow=ALLOW) == b"{}"
    assert asked[0].startswith("GET /keys HTTP/1.1")
    assert "authorization" not in asked[0].lower()


async def test_loopback_and_plain_http_are_refused_unasked() -> None:
    async with server(OK, "127.0.0.1") as (url, asked):
        for each in (url, url.replace("http://", "https://"), url.replace("127.0.0.1", "localhost")):
            with pytest.raises(OutboundRefused):
                await fetch(each, allow=ALLOW)
    with pytest.raises(OutboundRefused):
        await fetch("http://192.0.2.1/keys", allow=())
    assert asked == []


async def test_a_redirect_is_not_followed() -> None:
    async with server(OK, "127.0.0.1") as (inside, asked_inside):
        moved = b"HTTP/1.1 302 Found\r\nLocation: " + inside.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        async with server(saying(moved)) as (url, _):
            with pytest.raises(OutboundRefused, match="302"):
                await fetch(url, allow=ALLOW)
    assert asked_inside == []


async def test_dns_cannot_change_between_check_and_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is an allowed address, every later one is not: what was checked is what is connected to."""
    loop = asyncio.get_running_loop()
    real, names = loop.getaddrinfo, []

    async def rebinding(host: str | bytes | None, port: Any, **options: Any) -> Any:
        if host != "rebind.example":
            return await real(host, port, **options)
        names.append(host)
        address = ALLOWED_HOST if len(names) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(loop, "getaddrinfo", rebinding)
    async with server(OK) as (url, asked):
        named = url.replace(ALLOWED_HOST, "rebind.example")
        assert await fetch(named, allow=ALLOW) == b"{}"
        assert names == ["rebind.example"]
        with pytest.raises(OutboundRefused):
            await fetch(named, allow=ALLOW)
    assert len(asked) == 1
    assert "Host: rebind.example" in asked[0]


async def test_one_inside_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    async def mixed(_host: str, port: Any, **_options: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in (ALLOWED_HOST, "10.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", mixed)
    with pytest.raises(OutboundRefused):
        await fetch("http://mixed.example/keys", allow=ALLOW)


async def test_size_and_time_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = saying(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 65536] * 16)
    async with server(endless) as (url, _):
        with pytest.raises(OutboundRefused, match="larger"):
            await fetch(url, allow=ALLOW)

    async def slow(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(20):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    monkeypatch.setattr(outbound, "_SECONDS", 0.5)
    async with server(slow) as (url, _):
        with pytest.raises(OutboundRefused, match="TimeoutError"):
            await fetch(url, allow=ALLOW)


@pytest.mark.parametrize("body", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"])
async def test_whatever_else_it_answers_is_a_refusal(body: bytes) -> None:
    async with server(saying(body)) as (url, _):
        with pytest.raises(OutboundRefused):
            await fetch(url, allow=ALLOW)


async def test_https_is_verified() -> None:
    """A server that speaks no TLS, or with a certificate of nobody we know, is not believed."""
    async with server(OK) as (url, asked):
        with pytest.raises(OutboundRefused):
            await fetch(url.replace("http://", "https://"), allow=ALLOW)
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "192.0.2.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
        "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1",
        "2001:0:53aa:64c::1", "2001:db8::1", "168.63.129.16", "192.0.0.8", "192.88.99.1", "198.51.100.1", "203.0.113.1",
        "239.255.255.250", "::127.0.0.1", "fec0::1", "3fff::1", "5f00::1", "2001:2::1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_no_address_inside_any_network_is_contacted(address: str) -> None:
    assert not may_contact(ip_address(address), allow=(), only_allowed=False)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1"]
)
def test_public_addresses_are_contacted_by_https_only(address: str) -> None:
    assert may_contact(ip_address(address), allow=(), only_allowed=False)
    assert not may_contact(ip_address(address), allow=(), only_allowed=True)
    assert may_contact(ip_address(address), allow=(ip_network("0.0.0.0/0"), ip_network("::/0")), only_allowed=True)
