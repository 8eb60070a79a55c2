"""A timestamping authority of the tests' own: OpenSSL behind a small server, as a real one answers."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

_CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/leaf.pem
signer_key = {folder}/leaf.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


@dataclass(slots=True)
class Authority:
    """Where it answers and whom it is trusted by; `instead` is answered in the place of a timestamp."""

    folder: Path
    url: str = ""
    asked: int = 0
    instead: bytes | None = None

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].split()[0])
        query = await reader.readexactly(length)
        self.asked += 1
        body = self.instead if self.instead is not None else await asyncio.to_thread(self._stamp, query)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n")
        writer.write(b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    def _stamp(self, query: bytes) -> bytes:
        asked, answered = self.folder / "query", self.folder / "reply"
        asked.write_bytes(query)
        _openssl(
            *("ts", "-reply", "-config", str(self.folder / "config"), "-section", "here"),
            *("-queryfile", str(asked), "-out", str(answered)),
        )
        return answered.read_bytes()


@asynccontextmanager
async def authority(folder: Path) -> AsyncIterator[Authority]:
    """An authority that answers until the block ends."""
    await asyncio.to_thread(_certify, folder)
    here = Authority(folder)
    server = await asyncio.start_server(here.answer, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/tsa"
    async with server:
        yield here


def _certify(folder: Path) -> None:
    """A root, and a certificate below it that may stamp and nothing else."""
    folder.mkdir()
    config = folder / "config"
    config.write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "rsa:2048", "-nodes", "-days", "2", "-config", str(config))
    _openssl(
        *("req", "-x509", *key, "-subj", "/CN=Root of tests", "-extensions", "root"),
        *("-keyout", str(folder / "root.key"), "-out", str(folder / "root.pem")),
    )
    _openssl(
        *("req", "-x509", *key, "-subj", "/CN=Clock of tests", "-extensions", "leaf"),
        *("-CA", str(folder / "root.pem"), "-CAkey", str(folder / "root.key")),
        *("-keyout", str(folder / "leaf.key"), "-out", str(folder / "leaf.pem")),
    )


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)  # noqa: S603, S607 - words of ours
