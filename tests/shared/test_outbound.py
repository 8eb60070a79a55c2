"""Requests to an address that somebody outside named."""

import asyncio
import json
import logging
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from shared.outbound import client
from shared.outbound.addresses import Reach, is_host, may_contact
from shared.outbound.client import LONGEST_SECONDS, Method, send
from shared.outbound.failures import AddressNotAllowed, AnswerTooLarge, NotReachable, OutboundFailed, TooSlow
from tests.gateway.support import ALLOWED_HOST

ALLOW = Reach((ip_network(f"{ALLOWED_HOST}/32"),))
Says = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def server(
    says: Says, host: str = ALLOWED_HOST, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[str, list[str]]]:
    """An address that answers so, and what it was asked."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
            asked.append(head + (await reader.readexactly(int(length[1]) if length else 0)).decode())
            await says(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, host, 0, ssl=tls)
    try:
        port = listening.sockets[0].getsockname()[1]
        yield f"{'https' if tls else 'http'}://{host}:{port}/keys", asked
    finally:
        listening.close()


def resolving(monkeypatch: pytest.MonkeyPatch, answers: Callable[[str], list[str] | None]) -> None:
    """Let names have other addresses than they have; None: the real ones."""
    real = socket.getaddrinfo

    def looked_up(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        found = answers(host)
        if found is None:
            return real(host, port, *args, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)


def saying(*parts: bytes) -> Says:
    async def says(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return says


OK = saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


async def test_an_allowed_address_is_asked() -> None:
    async with server(OK) as (url, asked):
        answer = await send("GET", url, reach=ALLOW)
    assert (answer.status, answer.body) == (200, b"{}")
    assert asked[0].startswith("GET /keys HTTP/1.1")
    assert "authorization" not in asked[0].lower()
    assert "content-length" not in asked[0].lower()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_request_carries_its_headers_and_body(method: Method) -> None:
    said = saying(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nVary: a\r\nvary: b\r\nContent-Length: 4\r\n\r\nwait")
    async with server(said) as (url, asked):
        answer = await send(
            method, url, reach=ALLOW, headers={"accept": "text/plain", "Webhook-Id": "1"}, body=b'{"a":1}'
        )
    assert (answer.status, answer.body) == (429, b"wait")
    assert (answer.headers["retry-after"], answer.headers["vary"]) == ("7", "a, b")
    head, _, body = asked[0].partition("\r\n\r\n")
    assert head.startswith(f"{method} /keys HTTP/1.1")
    assert {"Webhook-Id: 1", "accept: text/plain", "User-Agent: Attest", "Accept-Encoding: identity"} <= {
        *head.split("\r\n")
    }
    assert body == '{"a":1}'


async def test_an_empty_body_of_a_post_has_a_length() -> None:
    async with server(OK) as (url, asked):
        await send("POST", url, reach=ALLOW)
    assert "content-length: 0" in asked[0].lower()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "inside"),
        ("content-length", "1"),
        ("Transfer-Encoding", "chunked"),
        ("X y", "1"),
        ("X", "s3cret\r\nY: 1"),
    ],
)
async def test_headers_that_would_change_the_message_are_refused(name: str, value: str) -> None:
    async with server(OK) as (url, asked):
        with pytest.raises(ValueError, match="header") as refused:
            await send("GET", url, reach=ALLOW, headers={name: value})
    assert asked == []
    assert "s3cret" not in str(refused.value)


async def test_loopback_and_plain_http_are_refused_unasked() -> None:
    async with server(OK, "127.0.0.1") as (url, asked):
        for each in (url, url.replace("http://", "https://"), url.replace("127.0.0.1", "localhost")):
            with pytest.raises(AddressNotAllowed):
                await send("GET", each, reach=ALLOW)
    with pytest.raises(AddressNotAllowed):
        await send("GET", "http://192.0.2.1/keys", reach=Reach())
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        *(
            "ftp://example.com/",
            "//example.com/",
            "https://",
            "https://user:s3cret@example.com/",
            "https://@example.com/",
        ),
        *(
            "https://example.com:99999/",
            "https://example.com:0/",
            "https://exa mple.com/",
            "https://example.com/\r\nX: 1",
        ),
        *("https://127.1/", "https://0x7f000001/", "https://2130706433/", "https://[::1]/"),
        # Public addresses in notations that systems read differently, and names that are none.
        *("https://0x08080808/", "https://134744072/", "https://8.8.2056/", "https://010.8.8.8/", "https://8.8.8.8.9/"),
        *("https://exa%6dple.com/", "https://-example.com/", "https://example..com/", "https://[fe80::1%25eth0]/"),
        *(f"https://{'a' * 64}.com/", f"https://{'a.' * 127}com/", "https://1.0x/", "https://./"),
    ],
)
async def test_an_address_that_hides_where_it_leads_is_refused(url: str) -> None:
    with pytest.raises(AddressNotAllowed) as refused:
        await send("GET", url, reach=ALLOW)
    assert "s3cret" not in str(refused.value)


async def test_a_redirect_is_not_followed() -> None:
    async with server(OK, "127.0.0.1") as (inside, asked_inside):
        moved = b"HTTP/1.1 302 Found\r\nLocation: " + inside.encode() + b"\r\nContent-Length: 0\r\n\r\n"
        async with server(saying(moved)) as (url, _):
            assert (await send("GET", url, reach=ALLOW)).status == 302
    assert asked_inside == []


async def test_dns_cannot_change_between_check_and_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer is an allowed address, every later one is not: what was checked is what is connected to."""
    names = []

    def rebinding(host: str) -> list[str] | None:
        if host != "rebind.example":
            return None
        names.append(host)
        return [ALLOWED_HOST if len(names) == 1 else "127.0.0.1"]

    resolving(monkeypatch, rebinding)
    async with server(OK) as (url, asked):
        named = url.replace(ALLOWED_HOST, "rebind.example")
        assert (await send("GET", named, reach=ALLOW)).body == b"{}"
        assert names == ["rebind.example"]
        with pytest.raises(AddressNotAllowed):
            await send("GET", named, reach=ALLOW)
    assert len(asked) == 1
    assert "Host: rebind.example" in asked[0]


async def test_a_real_resolver_cannot_change_its_answer_between_check_and_connection() -> None:
    """The system's resolver asks a DNS server on loopback whose answers live for 0 seconds and change each time."""
    alone = await asyncio.create_subprocess_exec(
        *("unshare", "--user", "--map-root-user", "--mount", "--net", sys.executable, "-m", "tests.shared.rebinding"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, complaint = await alone.communicate()
    if b"unshare failed" in complaint:
        pytest.skip("this system gives no namespaces to a program without rights")
    assert alone.returncode == 0, complaint.decode()
    found = json.loads(said)
    assert found["changing"] == {"outcome": "200", "answered": ["127.0.0.2"], "had": ["127.0.0.2"]}
    assert found["inside"] == {"outcome": "address_not_allowed", "answered": ["127.0.0.1"], "had": []}


async def test_one_inside_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, lambda _: [ALLOWED_HOST] * 50 + ["10.0.0.1"])
    with pytest.raises(AddressNotAllowed):
        await send("GET", "http://mixed.example/keys", reach=ALLOW)


async def test_three_of_a_names_addresses_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    reach = Reach((ip_network("127.0.0.0/24"),))
    dead = ["127.0.0.3", "127.0.0.4", "127.0.0.5"]
    async with server(OK) as (url, asked):
        named = url.replace(ALLOWED_HOST, "many.example")
        resolving(monkeypatch, lambda host: [*dead[:2], ALLOWED_HOST] if host == "many.example" else None)
        assert (await send("GET", named, reach=reach)).status == 200
        resolving(monkeypatch, lambda host: [*dead, ALLOWED_HOST] if host == "many.example" else None)
        with pytest.raises(NotReachable):
            await send("GET", named, reach=reach)
    assert len(asked) == 1


async def test_size_is_limited() -> None:
    endless = saying(b"HTTP/1.1 201 Made\r\n\r\n", *[b"x" * 65536] * 16)
    async with server(endless) as (url, _):
        with pytest.raises(AnswerTooLarge) as refused:
            await send("POST", url, reach=ALLOW)
    assert refused.value.status == 201
    async with server(OK) as (url, _):
        assert (await send("GET", url, reach=ALLOW, largest=2)).body == b"{}"
        with pytest.raises(AnswerTooLarge):
            await send("GET", url, reach=ALLOW, largest=1)


async def test_time_is_limited() -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        for _ in range(20):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.1)

    async with server(slow) as (url, _):
        with pytest.raises(TooSlow):
            await send("GET", url, reach=ALLOW, seconds=0.5)
        with pytest.raises(ValueError, match="no longer"):
            await send("GET", url, reach=ALLOW, seconds=LONGEST_SECONDS + 1)


async def test_a_name_that_is_resolved_slowly_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(_host: str) -> list[str]:
        asyncio.run_coroutine_threadsafe(answered.wait(), loop).result()
        return [ALLOWED_HOST]

    resolving(monkeypatch, slow)
    try:
        with pytest.raises(TooSlow):
            await send("GET", "http://slow.example/", reach=ALLOW, seconds=0.2)
    finally:
        answered.set()


@pytest.mark.parametrize("body", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"])
async def test_an_answer_that_is_no_http_is_none(body: bytes) -> None:
    async with server(saying(body)) as (url, _):
        with pytest.raises(NotReachable):
            await send("GET", url, reach=ALLOW)


async def test_nobody_listening_is_not_reachable() -> None:
    async with server(OK) as (url, _):
        pass
    with pytest.raises(NotReachable):
        await send("GET", url, reach=ALLOW)


async def test_no_secret_is_logged_or_told(caplog: pytest.LogCaptureFixture) -> None:
    async with server(saying(b"nonsense\r\n\r\n")) as (url, _):
        with caplog.at_level(logging.DEBUG), pytest.raises(OutboundFailed) as failed:
            await send("POST", f"{url}?s3cret", reach=ALLOW, headers={"Authorization": "s3cret"}, body=b"s3cret")
    assert "s3cret" not in str(failed.value)
    assert "s3cret" not in "".join(record.getMessage() for record in caplog.records if record.name != "asyncio")


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's certificate that nobody signed, and a client that trusts it all the same."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    names = ("-subj", "/CN=test", "-addext", f"subjectAltName=IP:{ALLOWED_HOST}")
    made = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names, "-keyout", key, "-out", certificate)
    subprocess.run(made, check=True, capture_output=True)  # noqa: S603 - our own arguments
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    return tls, ssl.create_default_context(cafile=certificate)


async def test_https_is_verified(
    certified: tuple[ssl.SSLContext, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that speaks no TLS, or with a certificate of nobody we know, is not believed."""
    async with server(OK) as (url, asked):
        with pytest.raises(TooSlow):
            await send("GET", url.replace("http://", "https://"), reach=ALLOW, seconds=1)
    tls, trusting = certified
    async with server(OK, tls=tls) as (url, asked_by_tls):
        with pytest.raises(NotReachable):
            await send("GET", url, reach=ALLOW)
        assert (asked, asked_by_tls) == ([], [])
        monkeypatch.setattr(client, "_tls", lambda: trusting)
        assert (await send("GET", url, reach=ALLOW)).body == b"{}"


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - refused, not bound
        "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "192.0.2.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1",
        "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1",
        "2001:0:53aa:64c::1", "2001:db8::1", "168.63.129.16", "192.0.0.8", "192.88.99.1", "198.51.100.1", "203.0.113.1",
        "239.255.255.250", "::127.0.0.1", "fec0::1", "3fff::1", "5f00::1", "2001:2::1", "64:ff9b::a9fe:a9fe",
        "ff0e::1", "2001:20::1", "2620:4f:8000::1", "192.31.196.1", "192.52.193.1", "192.175.48.1", "100::1",
        "fe80::1%1",
    ],
)  # fmt: skip
def test_no_address_inside_any_network_is_contacted(address: str) -> None:
    assert not may_contact(ip_address(address), 443, Reach(), only_allowed=False)


@pytest.mark.parametrize(
    "host",
    [
        *("example.com", "example.com.", "a-b.example", "xn--bcher-kva.example", "_dmarc.example.com"),
        *("1.1.1.1", "1.example", "2606:4700::1111", "localhost"),
    ],
)
def test_a_host_that_every_system_reads_alike_is_one(host: str) -> None:
    assert is_host(host)


async def test_a_name_with_more_addresses_than_a_host_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, lambda _: [f"1.1.1.{n}" for n in range(100)])
    with pytest.raises(AddressNotAllowed):
        await send("GET", "https://many.example/keys", reach=ALLOW)


def test_the_installations_own_public_addresses_are_not_contacted() -> None:
    own = Reach(allow=(ip_network("1.1.0.0/16"),), deny=(ip_network("1.1.1.0/24"),))
    assert not may_contact(ip_address("1.1.1.1"), 443, own, only_allowed=False)
    assert not may_contact(ip_address("::ffff:1.1.1.1"), 443, own, only_allowed=False)
    assert may_contact(ip_address("1.1.2.1"), 443, own, only_allowed=False)


_EVERYWHERE = Reach((ip_network("0.0.0.0/0"), ip_network("::/0")))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1", "::ffff:1.1.1.1"]
)
def test_public_addresses_are_contacted_by_https_only(address: str) -> None:
    assert may_contact(ip_address(address), 443, Reach(), only_allowed=False)
    assert not may_contact(ip_address(address), 443, Reach(), only_allowed=True)
    assert may_contact(ip_address(address), 443, _EVERYWHERE, only_allowed=True)


@pytest.mark.parametrize(("port", "allowed"), [(443, True), (8443, True), (80, False), (22, False), (6379, False)])
def test_public_addresses_are_contacted_on_the_ports_of_https_only(port: int, *, allowed: bool) -> None:
    assert may_contact(ip_address("1.1.1.1"), port, Reach(), only_allowed=False) is allowed
    assert may_contact(ip_address("1.1.1.1"), port, Reach((ip_network("1.1.1.1/32"),)), only_allowed=False)
